"""Commands that open the office: the service itself, its database, its people, its programmes and its diagrams."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import click

from webapp.command_office import COMMAND_LINE, the_office
from workflows.assembly import Office
from workflows.casework.access import ROLES


@click.command()
def serve() -> None:
    """Start web and worker; in a demonstration, load it first and print the sign-ins."""
    from webapp.serving import serve_office

    with the_office() as office:
        serve_office(office)


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to this version's schema, and publish this version's diagrams and tables."""
    from workflows.actions.diagrams import publish_shipped
    from workflows.actions.new_settings import add_new_settings
    from workflows.actions.programmes import end_idle_settings

    with the_office() as office:
        office.migrate()
        add_new_settings(office.desk(COMMAND_LINE))
        end_idle_settings(office.desk(COMMAND_LINE))
        new = publish_shipped(office.desk(COMMAND_LINE))
    click.echo("The database is up to date." + (" A new release of the diagrams is published." if new else ""))


@db.command("backup")
@click.argument("copy", type=click.Path(dir_okay=False, path_type=Path))
def back_up(copy: Path) -> None:
    """Write a COPY of the SQLite database, as it stands at this moment; nobody has to stop working."""
    with the_office() as office:
        office.back_up(copy)
    click.echo(f"{copy} holds everything but the file “secret” of the data folder: keep that with it.")


@db.command("move")
@click.option("--to", "url", required=True, help="the address of an empty PostgreSQL: postgresql://user@host/name")
def move(url: str) -> None:
    """Move everything into an empty PostgreSQL, and check it there; what is here stays as it is.

    Stop the service first. Afterwards set ROUNDTABLE_DATABASE to the new address and start again.
    """
    from workflows.questions.audit import verify_chain

    with the_office() as office:
        here = verify_chain(office.desk())
        if not here.whole:
            raise click.ClickException(
                "The audit trail is broken here: see `roundtable audit verify`. Nothing is moved."
            )
        click.echo(f"The audit trail is whole here: {here.entries} entries in {here.chains} chains.")
        there = office.move_to(url, lambda table, moved, all_: click.echo(f"  {table}: {moved} of {all_}"))
        try:
            found = verify_chain(there.desk())
        finally:
            there.close()
    if found != here:
        raise click.ClickException("The audit trail is not the same there. Do not use that database; stay with this.")
    click.echo(f"The audit trail is whole there, too: {found.entries} entries in {found.chains} chains.")
    click.echo("Every row is there. Set ROUNDTABLE_DATABASE to the new address, and start again.")


@click.group()
def staff() -> None:
    """Look after accounts."""


@staff.command("add")
@click.argument("name")
@click.argument("email")
@click.option("--profession", default="", help="for example “District nurse”")
@click.option("--role", type=click.Choice(sorted(ROLES)), help="a first post")
@click.option("--programme", default="", help="the key of the post's programme, for example acm")
def add_staff(name: str, email: str, profession: str, role: str | None, programme: str) -> None:
    """Open an account for NAME with EMAIL; a link to choose a password is printed, and goes to that address."""
    from workflows.actions import accounts, sign_in

    with the_office() as office:
        desk = office.desk(COMMAND_LINE)
        programme_id = _programme_id(office, programme) if programme else None
        staff_id = accounts.open_account(desk, name, email, profession)
        if role:
            accounts.give_post(desk, staff_id, accounts.NewPost(role, programme_id))
        link = sign_in.send_reset_link(desk, email)
    # Printed as well, so that a first administrator gets in before mail works.
    click.echo(f"The account of {name} is open. To choose a password, once and within 30 minutes:")
    click.echo(link)
    click.echo(f"The same link goes to {email}. If it has run out: roundtable staff link {email}")


@staff.command("link")
@click.argument("email")
def print_link(email: str) -> None:
    """Print a new link with which the person with EMAIL chooses a password; links from before count no longer."""
    from workflows.actions import sign_in

    with the_office() as office:
        link = sign_in.hand_out_link(office.desk(COMMAND_LINE), email)
    click.echo("To choose a password, once and within 30 minutes:")
    click.echo(link)


@click.group()
def programme() -> None:
    """Look after programmes of care."""


@programme.command("load")
@click.argument("file", type=click.File("rb"))
def load_file(file: BinaryIO) -> None:
    """Set a programme up from its FILE: adds what is missing, changes nothing that is there."""
    from workflows.actions.programmes import load_programme

    with the_office() as office:
        load_programme(office.desk(COMMAND_LINE), json.load(file))
    click.echo(f"Loaded {Path(file.name).name}.")


@click.group()
def diagrams() -> None:
    """Look after diagrams and decision tables."""


@diagrams.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--publish", is_flag=True, help="publish what is fit; without it the files are only checked")
@click.option("--reason", default="", help="why: it stands in the history of the diagram")
def import_diagrams(files: tuple[Path, ...], publish: bool, reason: str) -> None:
    """Check diagrams (.bpmn) and decision tables (.dmn) and publish them beside what is published already."""
    from workflows.actions import diagrams as acts

    contents = {path.name: path.read_bytes() for path in files}
    with the_office() as office:
        desk = office.desk(COMMAND_LINE)
        if not publish:
            acts.try_files(desk, contents)
            for topic, step in acts.outside_steps(contents):
                click.echo(f"Another system does the step {step}: it fetches the topic {topic}.")
            click.echo("Fit to publish. Add --publish and --reason to do so.")
            return
        done = acts.publish_files(desk, contents, reason)
    if done.changed:
        click.echo(f"Published release {done.number} with {', '.join(done.changed)}.")
    else:
        click.echo(f"Nothing is new: release {done.number} already holds these.")


@diagrams.command("move")
@click.option("--to", "release", required=True, type=int, help="the number of the release to which cases go")
@click.option("--case", "numbers", multiple=True, help="the number of a case; without it, all that run on another")
@click.option(
    "--instead", "choices", multiple=True, metavar="OLD=NEW", help="the step that stands for one that is gone"
)
@click.option("--dry-run", is_flag=True, help="move each case, look, and keep nothing")
def move_diagrams(release: int, numbers: tuple[str, ...], choices: tuple[str, ...], dry_run: bool) -> None:
    """Move open cases to another release of the diagrams; a line a case says what became of it.

    With `--instead late=` (nothing behind the sign) a date or a message beside a step is no longer waited for. Ends
    with 1 when a case stayed where it was.
    """
    from webapp.moving_words import line, summary
    from workflows.actions import moving_cases as acts

    wanted = acts.Wanted(release, dict(_chosen(choice) for choice in choices), keep=not dry_run)
    told = []
    with the_office() as office:
        desk = office.desk(COMMAND_LINE)
        for passage in acts.move_cases(desk, numbers or acts.cases_elsewhere(desk, release), wanted):
            click.echo(line(passage))
            told.append(passage)
    click.echo(summary(told, dry_run))
    sys.exit(0 if dry_run or all(one.settled for one in told) else 1)


def _chosen(choice: str) -> tuple[str, str]:
    old, sign, new = (part.strip() for part in choice.partition("="))
    if not old or not sign:
        raise click.BadParameter(f"“{choice}” is no choice: write OLD=NEW", param_hint="--instead")
    return old, new


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command()
@click.option("--case", "number", default="", help="only the trail of the case with this number")
def verify(number: str) -> None:
    """Work every seal of the trail out again; ends with 1 when it is broken somewhere."""
    from workflows.questions.audit import chain_of_case, verify_chain

    with the_office() as office:
        desk = office.desk(COMMAND_LINE)
        found = verify_chain(desk, chain_of_case(desk, number) if number else None)
    for broken in found.breaks:
        click.echo(f"Broken: chain {broken.chain}, entry {broken.seq}: {broken.why}.")
    click.echo(f"Checked {found.entries} entries in {found.chains} chains: {'whole' if found.whole else 'BROKEN'}.")
    sys.exit(0 if found.whole else 1)


@click.group()
def downtime() -> None:
    """Look after the downtime packs: what each team needs on paper when the system is down."""


@downtime.command("write")
def write_downtime() -> None:
    """Write the packs of today now, into the folder that ROUNDTABLE_DOWNTIME_FOLDER names."""
    from workflows.downtime import write_now

    with the_office() as office:
        done = write_now(office.desk(COMMAND_LINE))
    click.echo(f"{done.folder} holds the packs of {done.teams} teams. They name people: see who may read them.")
    for place in done.failed:
        click.echo(f"There is none for {place.team}, {place.programme}: it failed, and the log says why.", err=True)
    sys.exit(1 if done.failed else 0)


def _programme_id(office: Office, key: str) -> UUID:
    from workflows.questions.programmes import all_programmes

    for known in all_programmes(office.desk(COMMAND_LINE)):
        if known.key == key:
            return known.id
    raise click.ClickException(f"There is no programme “{key}”.")
