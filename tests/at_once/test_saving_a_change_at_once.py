"""Two people save the same diagram of a change at the same moment: one version stands, the other is kept beside."""

from __future__ import annotations

from functools import partial

import pytest

from tests.at_once.pairs import at_once
from tests.builders.walked_case import Town
from workflows.actions import process_changes, process_saves
from workflows.assembly import Office
from workflows.casework.access import Actor
from workflows.casework.process_change import Place
from workflows.questions.process_changes import change_page, content, model_row


@pytest.fixture
def people(offices: tuple[Office, Office]) -> tuple[Actor, Actor]:
    """Two who may change the process."""
    editor, manager = (Town(offices[0]).who(name) for name in ("Joanna", "Shabana"))
    return editor, manager


@pytest.fixture
def place(offices: tuple[Office, Office], people: tuple[Actor, Actor]) -> Place:
    """Where a change is to hold a diagram."""
    change_id = process_changes.open_change(offices[0].desk(people[0]), "Other words")
    return Place(change_id, "bpmn", "action")


def test_of_two_saves_at_once_none_is_lost(
    offices: tuple[Office, Office], people: tuple[Actor, Actor], place: Place
) -> None:
    here, there = (office.desk(actor) for office, actor in zip(offices, people, strict=True))
    process_changes.take_in(here, place)
    mine, theirs = (content(here, place).xml + f"<!-- {one} -->".encode() for one in ("mine", "theirs"))
    saves = [partial(process_saves.save_model, one, place, xml, 1) for one, xml in ((here, mine), (there, theirs))]
    one, other = at_once(saves[0], 1, saves[1], offices[1].database.engine)
    assert (one.done, other.done, other.waited) == (True, False, True)
    assert "Yours is kept beside it" in other.words
    assert (content(here, place).xml, content(here, place).mark) == (mine, 2)
    assert [copy.by for copy in model_row(here, place).copies] == [people[1].name]


def test_taken_in_by_two_at_once_it_is_there_once(
    offices: tuple[Office, Office], people: tuple[Actor, Actor], place: Place
) -> None:
    here, there = (office.desk(actor) for office, actor in zip(offices, people, strict=True))
    acts = [partial(process_changes.take_in, desk, place) for desk in (here, there)]
    one, other = at_once(acts[0], 1, acts[1], offices[1].database.engine)
    assert (one.done, other.done) == (True, True)
    assert [model.place for model in change_page(here, place.change_id).models] == [place]
