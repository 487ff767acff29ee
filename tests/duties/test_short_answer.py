"""What a referrer hears where the person’s sharing does not reach them: that it was discussed, and no more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from workflows.actions.told_in_short import told_in_short
from workflows.casework.case import Case
from workflows.casework.notice import Letter
from workflows.duties.consent import share
from workflows.duties.letter_words import AS_AGREED
from workflows.duties.narrowing import narrow_at_once
from workflows.duties.register import Asking, on_behalf
from workflows.duties.short_answer import NO_FURTHER

EVERYBODY = ["gp", "community_health", "hospital", "adult_social_care", "vcse", "other"]


@pytest.fixture
def town(one_programme: Town) -> Town:
    return one_programme


def outcome_to(town: Town, recipient: str) -> Letter:
    query = (
        select(Letter)
        .where(Letter.template.in_(("L04", "L04p")), Letter.recipient == recipient)
        .order_by(Letter.id.desc())
    )
    return town.ask(lambda session: session.scalars(query.limit(1)).one())


def discussed(town: Town, referral: dict[str, Any], consent: dict[str, Any]) -> str:
    """A case whose meeting has decided, with what the person said of sharing."""
    number = town.refer(consent_stage="no_not_asked", not_asked_reason="She had gone.", **referral)
    town.walk_until(number, "record_consent")
    town.do(number, "record_consent", **consent)
    town.walk_until(number, "record_mdt_decision")
    why = {"rationale": "She sees her nurse.", "reason_to_person": "Your nurse comes to you."}
    town.do(number, "record_mdt_decision", decision="advice_to_referrer", **why)
    return number


@pytest.mark.parametrize(
    ("source", "named", "told"),
    [
        ({"source": "gp"}, [], True),
        ({"source": "housing"}, [], False),
        ({"source": "family_carer", "referrer_name": "Ruth Khan"}, [], False),
        ({"source": "family_carer", "referrer_name": "Ruth Khan"}, ["carer"], False),
        ({"source": "family_carer", "referrer_name": "Ruth Khan"}, ["referrer"], True),
    ],
)
def test_the_reasons_go_to_a_referrer_only_where_the_sharing_reaches_them(
    town: Town, source: dict[str, str], named: list[str], told: bool
) -> None:
    consent = {
        "share_with": EVERYBODY,
        "share_other": "My sister Anna Khan, not my daughter Ruth",
        "share_family": named,
    }
    discussed(town, source, consent)
    text = outcome_to(town, "referrer").text
    assert "discussed" in text
    why = "Your nurse comes to you." if source["source"] == "family_carer" else "She sees her nurse."
    assert (why in text, "Agreed actions" in text) == (told, told)
    assert "She sees her nurse." in outcome_to(town, "gp").text


@pytest.mark.both_databases
def test_what_waits_for_a_referrer_becomes_the_short_answer_when_less_is_shared(town: Town) -> None:
    number = discussed(town, {"source": "vcse"}, {"share_with": EVERYBODY, "share_other": "A friend"})
    assert "She sees her nurse." in outcome_to(town, "referrer").text
    town.press(number, "consent", by="Siobhan", choice="given", share_with=["gp"])
    assert "She sees her nurse." not in outcome_to(town, "referrer").text


def test_what_a_huddle_advised_before_anybody_was_asked_reaches_the_referrer_once_the_person_agrees(town: Town) -> None:
    unasked = {"consent_stage": "no_not_asked", "not_asked_reason": "She had gone."}
    number = town.refer(suicidal_now=True, **unasked)
    town.do(number, "triage_referral", priority="urgent")
    advice = {"decision": "advice_to_referrer", "rationale": "She sees her nurse.", "actions": None}
    assert "not shared with them" in warned(town, number, "F16", advice)["decision"]
    town.do(number, "record_mdt_decision", held_as="huddle", **advice)
    assert "not shared with them" in warned(town, number, "F32", {})["letter_read"]
    town.do(number, "check_outcome_letters")
    before = outcome_to(town, "referrer")
    assert (before.status, NO_FURTHER in before.text) == ("ready", True)
    assert "is the team" not in before.text + outcome_to(town, "person").text
    town.do(number, "record_consent", choice="given")
    after = outcome_to(town, "referrer")
    assert (after.id, after.status, NO_FURTHER in after.text) == (before.id, "ready", False)
    assert "She sees her nurse." in after.text
    assert not warned(town, number, "F16", advice)


def warned(town: Town, number: str, form: str, said: dict[str, Any]) -> dict[str, str]:
    with town.office.desk().work() as work:
        return told_in_short(work, work.session.get_one(Case, town.case(number).id), form, said)


def on_behalf_of(town: Town, number: str, act: Callable[[Asking], None]) -> None:
    with town.office.desk().work() as work:
        act(on_behalf(work, work.session.get_one(Case, town.case(number).id)))
        work.commit()


@pytest.mark.both_databases
def test_a_referrer_hears_nothing_while_sharing_is_stopped_and_the_short_answer_afterwards(town: Town) -> None:
    number = discussed(town, {"source": "vcse"}, {"share_with": EVERYBODY, "share_other": "A friend"})
    town.do(number, "check_outcome_letters")
    assert outcome_to(town, "referrer").status == "ready"
    on_behalf_of(town, number, lambda asking: narrow_at_once(asking, "refused"))
    assert outcome_to(town, "referrer").status == "withheld"
    on_behalf_of(town, number, lambda asking: share(asking, "limited", ["gp"]))
    answer = outcome_to(town, "referrer")
    assert (answer.status, NO_FURTHER in answer.text, AS_AGREED in answer.text) == ("ready", True, False)
    assert "She sees her nurse." not in answer.text


@pytest.mark.both_databases
@pytest.mark.parametrize("ending", ["withdrawal", "error"])
def test_after_a_withdrawal_or_a_mistake_nothing_that_lies_ready_goes_out(town: Town, ending: str) -> None:
    number = discussed(town, {"source": "gp"}, {"share_with": EVERYBODY, "share_other": "A friend"})
    town.do(number, "check_outcome_letters")
    waiting = select(Letter.template).where(Letter.status.in_(("draft", "ready", "held")))
    assert set(town.ask(lambda session: session.scalars(waiting).all())) >= {"L04", "L04p"}
    town.press(number, ending, by="Adaeze")
    of_the_ending = {"consent_withdrawn"}  # who holds a copy is told that sharing has ended
    assert set(town.ask(lambda session: session.scalars(waiting).all())) <= of_the_ending
