"""`roundtable ladder`: reminders and escalation as a table, tried before it counts."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from webapp.command_office import COMMAND_LINE, the_office
from webapp.ladder_tried_words import summary
from workflows.actions import ladders
from workflows.assembly import Office
from workflows.casework.errors import AnswersRefused
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import LadderRefused, read_ladder, written
from workflows.questions.ladder_found import Tried, as_told
from workflows.questions.ladder_tried import Asked, try_ladder
from workflows.questions.ladders import ladder_today
from workflows.questions.programmes import all_programmes

THREE_MONTHS = timedelta(days=91)
A_TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
A_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def ladder() -> None:
    """Look after reminders and escalation."""


@ladder.command("show")
@click.option("--programme", default="", help="the key of the programme; without it, the only one")
def show(programme: str) -> None:
    """Print the table that counts today, as a CSV file to change in a spreadsheet."""
    with the_office() as office:
        desk = office.desk(COMMAND_LINE)
        click.echo(written(ladder_today(desk, _programme(office, programme))), nl=False)


@ladder.command("simulate")
@click.option("--ladder", "file", required=True, type=A_TABLE, help="the draft: a table such as “show” prints")
@click.option("--from", "first", required=True, type=A_DAY, help="the first day, such as 2026-08-01")
@click.option("--to", "last", required=True, type=A_DAY, help="the last day; it counts too")
@click.option("--programme", default="", help="the key of the programme; without it, each of them")
@click.option("--json", "as_json", is_flag=True, help="one JSON object instead of sentences")
def simulate(file: Path, first: datetime, last: datetime, programme: str, as_json: bool) -> None:
    """Say what a draft would have told whom in a time that is past, beside what counts today. Nothing is changed."""
    draft = _read(file)
    with the_office() as office:
        keys = [_programme(office, programme)] if programme else _programmes(office)
        try:
            tries = {key: _try(office, key, draft, (first.date(), last.date())) for key in keys}
        except AnswersRefused as refused:
            raise click.ClickException(". ".join(refused.errors.values())) from refused
    told = {key: as_told(tried) for key, tried in tries.items()}
    if as_json:
        click.echo(json.dumps(told if len(told) > 1 else next(iter(told.values()), {})))
        return
    for key, tried in tries.items():
        click.echo("\n".join([f"Programme {key}", *summary(tried)] if len(tries) > 1 else summary(tried)))


@ladder.command("publish")
@click.argument("file", type=A_TABLE)
@click.option("--programme", required=True, help="the key of the programme, for example acm")
@click.option("--reason", required=True, help="why: it stands in the history of the reminders")
def publish(file: Path, programme: str, reason: str) -> None:
    """Let the table in FILE count from now on; what it would have done in the last three months is said first."""
    draft = _read(file)
    with the_office() as office:
        key, desk = _programme(office, programme), office.desk(COMMAND_LINE)
        tried = _try(office, key, draft, (desk.today - THREE_MONTHS, desk.today))
        click.echo("\n".join(summary(tried)))
        if sys.stdin.isatty():  # a script has no one who could say no
            click.confirm("Let it count from now on?", abort=True)
        number = ladders.publish(desk, key, draft, reason)
    click.echo(f"Version {number} counts from now on. The worker goes through the open tasks; nothing is told twice.")


def _try(office: Office, programme: str, draft: Ladder, days: tuple[date, date]) -> Tried:
    asked = Asked(programme, draft, *days)
    with click.progressbar(length=1, label="Tasks", file=sys.stderr) as bar:

        def tell(done: int, in_all: int) -> None:
            bar.length = max(in_all, 1)
            bar.update(max(done, 1 if not in_all else 0) - bar.pos)

        return try_ladder(office.desk(COMMAND_LINE), asked, tell)


def _read(file: Path) -> Ladder:
    try:
        return read_ladder(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as wrong:
        raise click.ClickException(f"{file.name} is no table of text in UTF-8.") from wrong
    except LadderRefused as refused:
        faults = "\n".join(f"  {fault}" for fault in refused.faults)
        raise click.ClickException(f"{file.name} is no ladder:\n{faults}") from refused


def _programmes(office: Office) -> list[str]:
    return [one.key for one in all_programmes(office.desk(COMMAND_LINE))]


def _programme(office: Office, key: str) -> str:
    known = _programmes(office)
    if key in known or (not key and len(known) == 1):
        return key or known[0]
    said = f"There is no programme “{key}”." if key else "Say which programme with --programme."
    raise click.ClickException(f"{said} There are: {', '.join(known) or 'none'}.")
