"""What the process is today: its diagrams and tables, each with its versions, and two of them compared."""

from __future__ import annotations

from flask import Response, render_template, request, url_for

from webapp.actor import desk
from webapp.cases.outline_words import kind_words, with_roles_named
from webapp.guard import permission
from webapp.process import difference_words as words
from webapp.process.room import FILE, SORTS, kind_of, room
from workflows.casework.errors import NotFound
from workflows.casework.process_change import BEING_EDITED
from workflows.questions import process_changes, process_compared, process_models, process_shown
from workflows.questions.process_compared import ADDED, CHANGED, MOVED, REMOVED, REWORDED, Beside
from workflows.questions.process_models import ModelPage


@room.get("")
@permission("process.see")
def all_models() -> str:
    """List the diagrams and tables of today."""
    sort, typed = request.args.get("sort", ""), request.args.get("words", "").strip()
    return render_template(
        "process/all.html",
        models=process_models.models(desk(), kind_of(sort) if sort else "", typed),
        under_way=process_changes.changes(desk()),
        sort=sort,
        typed=typed,
        sorts=SORTS,
    )


@room.get("/<sort>/<key>")
@permission("process.see")
def model(sort: str, key: str) -> str:
    """Show one diagram or table as it is today, drawn and in words, with its versions."""
    kind = kind_of(sort)
    page = process_models.model_page(desk(), kind, key)
    number = _number(page, "version", (page.current or page.versions[0]).number)
    xml = process_models.version_xml(desk(), kind, key, number)
    return render_template(
        "process/model.html",
        page=page,
        sort=sort,
        shown=next(one for one in page.versions if one.number == number),
        drawing=url_for("process.drawing", sort=sort, key=key, number=number),
        open_changes=process_changes.changes(desk(), BEING_EDITED),
        **shown_in_words(kind, xml),
    )


@room.get("/<sort>/<key>/versions/<int:number>/drawing")
@permission("process.see")
def drawing(sort: str, key: str, number: int) -> Response:
    """Hand out a version to be drawn, with the roles named as people do."""
    xml = process_models.version_xml(desk(), kind_of(sort), key, number)
    return Response(with_roles_named(xml), mimetype=FILE)


@room.get("/<sort>/<key>/versions/<int:number>/file")
@permission("process.see")
def version_file(sort: str, key: str, number: int) -> Response:
    """Hand out a version as the file it is."""
    kind = kind_of(sort)
    return as_file(process_models.version_xml(desk(), kind, key, number), f"{key}-{number}.{kind}")


@room.get("/<sort>/<key>/compare")
@permission("process.see")
def compared(sort: str, key: str) -> str:
    """Show what differs between two versions: `one` and `other` in the address."""
    kind = kind_of(sort)
    page = process_models.model_page(desk(), kind, key)
    other = _number(page, "other", page.versions[0].number)
    before = [version.number for version in page.versions if version.number < other]
    one = _number(page, "one", before[0] if before else other)
    found = process_compared.versions_beside(desk(), kind, key, one, other)
    drawings = [url_for("process.drawing", sort=sort, key=key, number=number) for number in (one, other)]
    return render_template(
        "process/compared.html",
        page=page,
        sort=sort,
        one=one,
        other=other,
        choices=[(version.number, _chosen(version.number, version.current)) for version in page.versions],
        **compared_in_words(found, *drawings),
    )


def shown_in_words(kind: str, xml: bytes) -> dict[str, object]:
    """Return what a page needs to show a diagram or table in words."""
    told = process_shown.outlines(xml) if kind == "bpmn" else ()
    return {"outlines": told, "grid": process_shown.grid(xml) if kind == "dmn" else None, "kind_words": kind_words}


def compared_in_words(found: Beside, was: str, now: str) -> dict[str, object]:
    """Return what a page needs to show what differs. was, now: the addresses of the drawings."""
    before = words.marks(found.compared, REMOVED, CHANGED)
    after = words.marks(found.compared, ADDED, CHANGED, REWORDED, MOVED)
    return {
        "groups": words.groups(found.compared, process_compared.names_known(desk())),
        "in_short": words.in_short(found.compared),
        "drawings": ((was, before), (now, after)) if found.kind == "bpmn" and found.compared.differences else (),
    }


def as_file(xml: bytes, name: str) -> Response:
    """Hand out a content to be kept under a name."""
    answer = Response(xml, mimetype=FILE)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _number(page: ModelPage, name: str, otherwise: int) -> int:
    number = request.args.get(name, otherwise, int)
    if number not in [version.number for version in page.versions]:
        raise NotFound(process_models.NO_VERSION)
    return number


def _chosen(number: int, current: bool) -> str:
    return f"Version {number}{' (counts today)' if current else ''}"
