"""Changing the process: a change is opened, models are taken into it, and it is sent for approval as a whole."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from uuid import UUID

from workflows.actions.change_check import check_change
from workflows.casework.access import may
from workflows.casework.base import new_id
from workflows.casework.diagram import ModelVersion
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, OutOfDate, RuleBroken
from workflows.casework.process_change import ChangedModel, ModelSave, Place, ProcessChange
from workflows.desk import Desk, Work
from workflows.engine.blank import blank
from workflows.storage import runs
from workflows.storage.process_changes import change_of, model_of, published_in

NOT_YOURS = "Your role does not include changing the process."
LONGEST_TITLE = 120
MINE, THEIRS = "mine", "theirs"
_KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")


def open_change(desk: Desk, title: str, why: str = "") -> UUID:
    """Open a change, which begins with nothing in it; returns its id."""
    with desk.work() as work:
        _must_draft(work)
        release = runs.current_release(work.session)
        change = ProcessChange(
            id=new_id(), title=_title(title), why=why.strip(), began_from=release.number,
            opened_by=work.actor.name, opened_at=work.now,
        )  # fmt: skip
        change.touched(work.actor, work.now)
        change.happened("change opened", title=change.title)
        work.session.add(change)
        work.commit()
        return change.id


def describe_change(desk: Desk, change_id: UUID, title: str, why: str) -> None:
    """Say anew what it is called and why it is made."""
    with desk.work() as work:
        change = edited(work, change_id)
        named = _title(title)
        if (change.title, change.why) != (named, why.strip()):
            change.title, change.why = named, why.strip()
            change.touched(work.actor, work.now)
            change.happened("change described", title=named)
        work.commit()


def take_in(desk: Desk, place: Place) -> None:
    """Take a published diagram or table into the change: a copy to be edited. There already, it stays as it is."""
    with desk.work() as work:
        change = edited(work, place.change_id)
        if not _holds(change, place):
            release = runs.release_numbered(work.session, change.began_from)
            version = published_in(work.session, release, place)
            if version is None:
                raise NotFound("There is no such diagram or table in the release this change began from.")
            _add(work, change, place, version.xml, version)
        work.commit()


def begin_new(desk: Desk, place: Place, title: str) -> None:
    """Begin a new diagram or table within the change: the smallest that runs."""
    with desk.work() as work:
        change = edited(work, place.change_id)
        named = _title(title)
        if not _KEY.fullmatch(place.key):
            raise AnswersRefused({"key": "Use small letters, digits and _, beginning with a letter"})
        known = place.name in runs.current_release(work.session).contents
        if known or _holds(change, place):
            raise AnswersRefused({"key": "There is one of this name already; choose another"})
        _add(work, change, place, blank(place.kind, place.key, named), None)
        work.commit()


def leave_out(desk: Desk, place: Place) -> None:
    """Take a model out of the change, with everything that was saved of it; what is published stays as it is."""
    with desk.work() as work:
        change = edited(work, place.change_id)
        model = model_of(work.session, place)
        if other := model.in_other_hands(work.actor, work.now):
            raise other
        change.models.remove(model)
        change.touched(work.actor, work.now)
        change.happened("change left a model out", title=change.title, model=place.name)
        work.commit()


def bring_up(desk: Desk, change_id: UUID, choices: Mapping[str, str]) -> None:
    """Let the change begin from the newest release. choices: by model (“bpmn:intake”), MINE or THEIRS.

    Models that others have published anew since need a choice where they were edited here as well: AnswersRefused
    names those that lack one. THEIRS: what was published takes its place; what stood here stays among its saves.
    """
    with desk.work() as work:
        change = edited(work, change_id)
        release = runs.current_release(work.session)
        news = {model: published_in(work.session, release, model.place) for model in change.models}
        moved = {model: now for model, now in news.items() if now and now.id != model.base_version_id}
        undecided = [
            model for model in moved if _differs(work, model) and choices.get(model.place.name) not in _CHOICES
        ]
        if undecided:
            raise AnswersRefused({model.place.name: "Say which of the two is to stand" for model in undecided})
        for model, now in moved.items():
            if choices.get(model.place.name) != MINE or not _differs(work, model):
                model.keep(now.xml, work.actor, work.now)
            model.base_version_id = now.id
        change.began_from = release.number
        change.touched(work.actor, work.now)
        change.happened("change brought up", title=change.title, release=release.number, choices=dict(choices))
        work.commit()


_CHOICES = (MINE, THEIRS)


def send(desk: Desk, change_id: UUID, why: str) -> None:
    """Send the change for approval, as it stands and once it passes the check."""
    if not why.strip():
        raise AnswersRefused({"why": "Say why: it stands in the history of the diagrams"})
    checked = check_change(desk, change_id)
    if not checked.runnable:
        raise AnswersRefused({"check": "It does not pass the check"})
    with desk.work() as work:
        change = edited(work, change_id)
        if {model.place.name: model.mark for model in change.models} != checked.marks:
            raise OutOfDate("Somebody saved another version while it was checked. Send it again.")
        if change.began_from != runs.current_release(work.session).number:
            raise OutOfDate("Others have published since: bring the change up to the newest release first.")
        differing = [model for model in change.models if _differs(work, model)]
        if not differing:
            raise RuleBroken("Nothing in this change differs from what is published.")
        change.touched(work.actor, work.now)
        for model in change.models:
            model.let_go()
        change.send(why.strip(), work.actor.name, work.now, {one.place.name: seal(one.xml) for one in differing})
        work.commit()


def take_back(desk: Desk, change_id: UUID) -> None:
    """Take a change back that waits for approval."""
    with desk.work() as work:
        _must_draft(work)
        change = change_of(work.session, change_id, held=True)
        change.take_back()
        change.touched(work.actor, work.now)
        work.commit()


def send_back(desk: Desk, change_id: UUID, comment: str) -> None:
    """Give a change back to its editors, as its approver, with what is to be done."""
    if not may(desk.actor, "diagram.publish"):
        raise NotAllowed("Your role does not include approving changes of the process.")
    if not comment.strip():
        raise AnswersRefused({"comment": "Say what is to be changed"})
    with desk.work() as work:
        change_of(work.session, change_id, held=True).send_back(comment.strip(), work.actor.name, work.now)
        work.commit()


def withdraw(desk: Desk, change_id: UUID, why: str = "") -> None:
    """Give a change up; it stays to be read."""
    with desk.work() as work:
        _must_draft(work)
        change = change_of(work.session, change_id, held=True)
        change.withdraw(why.strip(), work.actor.name, work.now)
        change.touched(work.actor, work.now)
        work.commit()


def edited(work: Work, change_id: UUID) -> ProcessChange:
    """Hold a change that the actor may edit; raises RuleBroken where it was sent or has ended."""
    _must_draft(work)
    change = change_of(work.session, change_id, held=True)
    change.refuse_unless_edited()
    return change


def seal(xml: bytes) -> str:
    """Return what tells one content from every other: its SHA-256."""
    return hashlib.sha256(xml).hexdigest()


def _must_draft(work: Work) -> None:
    if not may(work.actor, "process.draft"):
        raise NotAllowed(NOT_YOURS)


def _title(typed: str) -> str:
    title = " ".join(typed.split())
    if not title:
        raise AnswersRefused({"title": "Say in a few words what it is about"})
    if len(title) > LONGEST_TITLE:
        raise AnswersRefused({"title": f"Use at most {LONGEST_TITLE} characters"})
    return title


def _holds(change: ProcessChange, place: Place) -> bool:
    return any(model.place.name == place.name for model in change.models)


def _add(work: Work, change: ProcessChange, place: Place, xml: bytes, base: ModelVersion | None) -> None:
    who, now = work.actor, work.now
    model = ChangedModel(
        kind=place.kind, key=place.key, base_version_id=base.id if base else None, xml=xml, mark=1,
        edited_by=base.author if base else who.name, edited_at=base.made_at if base else now,
    )  # fmt: skip
    model.saves.append(ModelSave(mark=1, xml=xml, by=model.edited_by, at=model.edited_at))
    change.models.append(model)
    change.touched(who, now)
    change.happened("change took a model in", title=change.title, model=place.name)


def _differs(work: Work, model: ChangedModel) -> bool:
    """Whether a model says anything else than the version it began from."""
    if model.base_version_id is None:
        return True
    return seal(model.xml) != work.session.get_one(ModelVersion, model.base_version_id).sha256
