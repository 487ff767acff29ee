"""The command line: `roundtable serve`, and what an administrator does without a page."""

from __future__ import annotations

from importlib import import_module

import click

# Where each command stands. It is loaded when it is asked for: to check a file takes less time than to open an office.
COMMANDS = {
    "audit": "webapp.commands",
    "check": "webapp.check_command",
    "db": "webapp.commands",
    "diagrams": "webapp.commands",
    "downtime": "webapp.commands",
    "ladder": "webapp.ladder_commands",
    "programme": "webapp.commands",
    "serve": "webapp.commands",
    "staff": "webapp.commands",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Roundtable: active case management for neighbourhood teams."""
