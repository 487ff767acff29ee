"""What every command begins with: the office that the environment describes, and who acts."""

from __future__ import annotations

import logging
import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

import click

from workflows.assembly import Office, open_office
from workflows.casework.access import Actor, Post
from workflows.casework.errors import AnswersRefused, CaseworkError
from workflows.demonstration import keep_apart
from workflows.log_lines import to_stderr
from workflows.settings import Settings, SettingsError


def _account() -> str:
    """Return the account of the operating system, so that the trail tells who; some containers give it no name."""
    try:
        return f" ({pwd.getpwuid(os.getuid()).pw_name})"
    except KeyError:
        return f" (account {os.getuid()})"


COMMAND_LINE = Actor(None, f"the command line{_account()}", (Post("sysadmin", None, None),))


@contextmanager
def the_office() -> Iterator[Office]:
    """Open the office that the environment describes; say in a sentence what stands in the way."""
    to_stderr(logging.WARNING)
    try:
        office = open_office(Settings.from_environment())
    except SettingsError as wrong:
        raise click.ClickException(str(wrong)) from wrong
    try:
        keep_apart(office.desk())
        yield office
    except AnswersRefused as refused:
        raise click.ClickException(" ".join(refused.errors.values())) from refused
    except CaseworkError as refused:
        raise click.ClickException(str(refused)) from refused
    finally:
        office.close()
