"""`roundtable check`: what is wrong with diagrams and decision tables, on a machine that needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from workflows.check import asking
from workflows.check.asking import Answer
from workflows.check.families import FAMILIES
from workflows.check.finding import UNREADABLE, Finding
from workflows.check.known import Known
from workflows.check.question import Question
from workflows.check.shipped import shipped_diagrams


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print one JSON object a line, one for each file")
@click.option("--only", "only", default="", metavar="FAMILY,…", help=f"of {', '.join(FAMILIES)}")
def check(files: tuple[Path, ...], as_json: bool, only: str) -> None:
    """Say whether diagrams (.bpmn) and decision tables (.dmn) could be published, and what is wrong with them.

    They are looked at beside what came with Roundtable; `roundtable diagrams import` looks beside what is published
    here. Ends with 0 when all are fit to run, with 1 when one is not.
    """
    families = _families(only)
    contents, missing = _read(files)
    known = _this_service() if {"service", "data"} & set(families) else None
    asked = Question(contents, shipped_diagrams(), known, families, give_way=True)
    answers = _in_order(files, (*missing, *asking.check(asked)))
    for answer in answers:
        click.echo(json.dumps(asking.told(answer), ensure_ascii=False) if as_json else _said(answer))
    sys.exit(0 if all(answer.runnable for answer in answers) else 1)


def _this_service() -> Known:
    """What came with Roundtable; its duties and forms are loaded only where they matter."""
    from workflows.check.here import as_shipped

    return as_shipped()


def _families(only: str) -> tuple[str, ...]:
    wanted = [family.strip() for family in only.split(",") if family.strip()]
    for family in wanted:
        if family not in FAMILIES:
            raise click.BadParameter(f"“{family}” is none of {', '.join(FAMILIES)}", param_hint="--only")
    return tuple(wanted) or tuple(FAMILIES)


def _read(files: tuple[Path, ...]) -> tuple[dict[str, bytes], list[Answer]]:
    """What stands in the files, by the names they were given by, and an answer for each that is none."""
    contents, missing = {}, []
    for path in files:
        try:
            if not path.is_file():  # a folder, or a device that never ends
                raise FileNotFoundError
            contents[str(path)] = path.read_bytes()
        except OSError:
            missing.append(
                Answer(str(path), (Finding("", UNREADABLE, "There is no such file, or it may not be read."),))
            )
    return contents, missing


def _in_order(files: tuple[Path, ...], answers: tuple[Answer, ...]) -> list[Answer]:
    """An answer for each file, in the order they were given, and last what is between them, if anything is."""
    names = [str(path) for path in files]
    return sorted(
        (one for one in answers if one.file or one.findings),
        key=lambda one: names.index(one.file) if one.file else len(names),
    )


def _said(answer: Answer) -> str:
    name = answer.file or "All of them together"
    verdict = "fit to run" if answer.runnable else "not fit to run"
    lines = [f"{name}: {verdict}"]
    for one in answer.findings:
        where = f" {one.element}:" if one.element else ""
        lines.append(f"  {one.severity}{where} {one.message} [{one.rule}]")
        if one.fix:
            lines.append(f"    It could be mended: {one.fix.words}")
    return "\n".join(lines)
