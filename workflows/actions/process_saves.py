"""Saving the models of a change: nothing is written over that its writer has not seen, and nothing typed is lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from workflows.actions.process_changes import edited
from workflows.casework.errors import AnswersRefused, NotFound, OutOfDate
from workflows.casework.process_change import ChangedMeanwhile, ChangedModel, ModelSave, Place
from workflows.desk import Desk, Work
from workflows.engine.documents import read_document
from workflows.engine.refusals import DiagramRefused
from workflows.storage.process_changes import model_of

NO_SAVE = "This save is not kept any more."


def save_model(desk: Desk, place: Place, xml: bytes, seen: int) -> int:
    """Save a model as it is now, in the actor's hands for some minutes more; returns its new mark. Twice is once.

    seen: the mark of what was edited. Raises ChangedMeanwhile where somebody saved another since or has taken it over:
    then this one is kept beside it. Raises AnswersRefused where it is no document at all: nothing is kept of that.
    """
    _refuse_unreadable(place, xml)
    with desk.work() as work:
        edited(work, place.change_id)
        model = model_of(work.session, place)
        other = model.in_other_hands(work.actor, work.now)
        beside = None
        if model.xml != xml and (other or seen != model.mark):
            beside = _beside(model, model.put_aside(xml, seen, work.actor, work.now), by=other.by if other else "")
        elif model.xml != xml:
            model.keep(xml, work.actor, work.now)
            _forget_overtaken(model, seen, work)
        elif not other:
            model.hold(work.actor, work.now)
        work.commit()
    if beside is not None:
        raise beside
    return model.mark


def hold_model(desk: Desk, place: Place, over: bool = False) -> datetime:
    """Take a model in hand, or keep it there; returns until when. Raises InOtherHands unless it is to be taken over."""
    with desk.work() as work:
        model = _free_for(work, place, over)
        model.hold(work.actor, work.now)
        work.commit()
        return work.now if model.held_until is None else model.held_until


def let_go(desk: Desk, place: Place) -> None:
    """Leave a model to whoever comes next; what a colleague holds stays with them."""
    with desk.work() as work:
        edited(work, place.change_id)
        model = model_of(work.session, place)
        if model.held_by_id == work.actor.id:
            model.let_go()
        work.commit()


def restore_save(desk: Desk, place: Place, save_id: UUID, seen: int, over: bool = False) -> int:
    """Let an earlier save stand again, or what was kept beside: as a new save, so the present one can be had back.

    seen: the mark of the save that it takes the place of. over: though somebody else has it in hand. Returns the mark.
    """
    with desk.work() as work:
        model = _free_for(work, place, over)
        save = _save(model, save_id)
        if model.mark != seen:
            raise OutOfDate("Somebody saved another version meanwhile. Look at it, then decide again.")
        if model.xml != save.xml:
            model.keep(save.xml, work.actor, work.now)
            model.change.happened("change went back", model=place.name, mark=save.mark)
        if save.aside:
            model.saves.remove(save)
        work.commit()
        return model.mark


def drop_copy(desk: Desk, place: Place, save_id: UUID) -> None:
    """Throw away what was kept beside a model: the other version stands."""
    with desk.work() as work:
        change = edited(work, place.change_id)
        model = model_of(work.session, place)
        save = next((one for one in model.saves if one.id == save_id and one.aside), None)
        if save is not None:
            model.saves.remove(save)
            change.touched(work.actor, work.now)
            change.happened("change threw a copy away", model=place.name, by=save.by)
        work.commit()


def _refuse_unreadable(place: Place, xml: bytes) -> None:
    try:
        read_document(xml)
    except DiagramRefused as refused:
        raise AnswersRefused({"file": f"{place.file}: {refused}"}) from refused


def _free_for(work: Work, place: Place, over: bool) -> ChangedModel:
    """Return a model that may be edited now: nobody else does, or it is to be taken over."""
    edited(work, place.change_id)
    model = model_of(work.session, place)
    other = model.in_other_hands(work.actor, work.now)
    if other and not over:
        raise other
    return model


def _beside(model: ChangedModel, copy: ModelSave, by: str) -> ChangedMeanwhile:
    return ChangedMeanwhile(by or model.edited_by, model.edited_at, model.mark, copy.id, saved=copy.mark != model.mark)


def _forget_overtaken(model: ChangedModel, seen: int, work: Work) -> None:
    """What they wrote from here while somebody else had it in hand is part of what they save now."""
    for copy in [one for one in model.saves if one.aside and (one.by_id, one.mark) == (work.actor.id, seen)]:
        model.saves.remove(copy)


def _save(model: ChangedModel, save_id: UUID) -> ModelSave:
    found = next((one for one in model.saves if one.id == save_id), None)
    if found is None:
        raise NotFound(NO_SAVE)
    return found
