"""What a case leaves nothing to answer to is not asked."""

from __future__ import annotations

from tests.builders.walked_case import Town
from workflows.questions.task_form import task_form


def test_nobody_is_let_back_who_was_never_left_out(one_programme: Town) -> None:
    town = one_programme
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.")
    town.walk_until(number, "record_consent")
    (talk,) = (one for one in town.open_tasks(number) if one.key == "record_consent")
    desk = town.office.desk(town.who("Siobhan"))
    assert "exclusions_ended" in task_form(desk, talk.id).unasked
    town.shut_out(number, "Marta")
    assert "exclusions_ended" not in task_form(desk, talk.id).unasked
