"""Who is invited to a meeting gets an email or stands to be told by hand; nobody with whom the case is not shared."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from workflows.actions import tasks
from workflows.casework.errors import LookAgain
from workflows.casework.notice import Letter, Notice
from workflows.casework.task import Task
from workflows.questions.invited import Invited, invited
from workflows.questions.known import known_for

INVITATION = "mdt_invitation"
ONLY_HEALTH = {
    "choice": "partial",
    "share_with": ["gp", "community_health"],
    "limits": "Nobody else",
    "capacity_doubt": "no",
}
CONSTABLE = {"name": "PC Plod", "organisation": "Police", "sector": "police_fire", "email": "plod@example.org"}
FALLS_TEAM = {"name": "Nia Falls", "organisation": "Falls team", "sector": "community_health"}
QUIET = {"needed_roles": ["nurse"], "person_attends": "no", "invite_referrer": "no", "invite": None}


def sent(town: Town, number: str) -> Invited:
    """What completing the invitation sent, as its page says."""
    query = select(Task.id).where(Task.key == "invite_to_mdt", Task.status == "completed")
    told = invited(town.office.desk(town.who("Ifeoma")), town.ask(lambda session: session.scalars(query).one()))
    assert told is not None
    return told


def notices(town: Town) -> dict[str, dict[str, Any]]:
    query = select(Notice).where(Notice.kind.startswith(INVITATION))
    return {notice.address: notice.words for notice in town.ask(lambda session: session.scalars(query).all())}


def by_hand(town: Town) -> dict[str, Letter]:
    query = select(Letter).where(Letter.template == INVITATION)
    return {letter.recipient: letter for letter in town.ask(lambda session: session.scalars(query).all())}


def only_health(town: Town) -> str:
    """A case that may be shared with health only, when it is to be prepared for its meeting."""
    number = walked_to(town, "prepare_mdt")
    town.press(number, "consent", by="Siobhan", **ONLY_HEALTH)
    return number


def test_colleagues_are_invited_by_an_email_that_names_nobody(town: Town) -> None:
    number = town.once(walked_to, "invite_to_mdt")
    social_worker = str(town.who("Farah").id)
    invite = [{"user": social_worker}]
    town.do(number, "invite_to_mdt", **QUIET | {"invite": invite}, meeting_at="2026-11-25T14:00")
    mails = notices(town)
    assert len(mails) >= 2
    assert {tuple(sorted(words)) for words in mails.values()} == {("case_number", "programme_name", "when")}
    assert {words["when"] for words in mails.values()} == {"25 November 2026, 14:00"}
    assert {"Siobhan Kelly", "Farah Siddiqui"} <= set(sent(town, number).by_mail)


def test_whoever_has_no_account_and_the_person_stand_to_be_told_by_hand(town: Town) -> None:
    number = town.once(walked_to, "invite_to_mdt")
    said = QUIET | {"person_attends": "person", "invite": [FALLS_TEAM], "meeting_where": "Elm Street, room 2"}
    town.do(number, "invite_to_mdt", **said, meeting_at="2026-11-25T14:00")
    told = by_hand(town)
    outside = "invited:community_health:Nia Falls; Falls team"
    assert set(told) == {"person", outside}
    assert {(one.status, one.route) for one in told.values()} == {("ready", "tell")}
    assert "would like Nia Falls to take part: 25 November 2026, 14:00." in told[outside].text
    assert all("Elm Street, room 2" in one.text for one in told.values())
    assert "We would like you to be there" in told["person"].text
    assert set(sent(town, number).by_hand) == {"person", outside}


def test_the_referrer_is_invited_by_an_email_with_the_number_of_the_referral(town: Town) -> None:
    number = town.once(walked_to, "invite_to_mdt")
    town.do(number, "invite_to_mdt", **QUIET | {"invite_referrer": "yes"})
    assert sent(town, number).to_referrer
    assert not any("referrer" in recipient for recipient in by_hand(town))


def test_whoever_referred_themselves_is_invited_by_hand(town: Town) -> None:
    number = town.refer(source="self", referrer_email=None)
    town.walk_until(number, "invite_to_mdt")
    town.do(number, "invite_to_mdt", **QUIET | {"invite_referrer": "yes"})
    assert (sent(town, number).to_referrer, sent(town, number).by_hand) == (False, ("person",))


def test_an_invitation_is_needless_once_the_meeting_has_decided(town: Town) -> None:
    number = town.once(walked_to, "invite_to_mdt")
    town.do(number, "invite_to_mdt", **QUIET | {"person_attends": "person"})
    town.do(number, "record_mdt_decision", decision="case_manage", actions=None)
    assert by_hand(town)["person"].status == "overtaken"


@pytest.mark.both_databases
def test_nobody_is_invited_with_whom_the_case_is_not_shared(town: Town) -> None:
    number = town.once(only_health)
    town.walk_until(number, "invite_to_mdt")
    town.do(number, "invite_to_mdt", **QUIET | {"needed_roles": ["nurse", "mh_practitioner"], "invite": [CONSTABLE]})
    assert {one.status for one in by_hand(town).values()} == {"withheld"}
    told = sent(town, number)
    assert told.by_hand == ()
    assert told.by_mail
    assert [who.partition(" (")[0] for who in told.not_shared] == ["Mental health practitioner", "PC Plod"]


def test_whoever_invites_them_is_asked_once_and_reads_with_whom_it_is_shared(town: Town) -> None:
    number = town.once(only_health)
    town.walk_until(number, "invite_to_mdt")
    (task,) = [one for one in town.open_tasks(number) if one.key == "invite_to_mdt"]
    desk = town.office.desk(town.who("Ifeoma"))
    wanted = QUIET | {"needed_roles": ["nurse", "mh_practitioner"], "invite": [CONSTABLE, FALLS_TEAM]}
    raw = town.answers(desk.forms.form("F15"), town.case(number), wanted)
    with pytest.raises(LookAgain) as doubt:
        tasks.complete_task(desk, task.id, raw, checked=())
    assert set(doubt.value.warnings) == {"needed_roles", "invite.0.sector"}
    assert all("The person agreed to: GP practice, Community health" in one for one in doubt.value.warnings.values())
    assert known_for(desk, task.id).sharing.share_with == "GP practice, Community health services"


def test_whoever_records_that_they_were_there_is_asked_too(town: Town) -> None:
    number = town.once(only_health)
    town.walk_until(number, "record_mdt_decision")
    (task,) = [one for one in town.open_tasks(number) if one.key == "record_mdt_decision"]
    desk = town.office.desk(town.who("Tomasz"))
    there = [{"user": str(town.who("Naomi").id)}, {"name": "PC Plod", "role": "mh_practitioner"}]
    said = {"present": there, "social_care_present": 1, "decision": "case_manage", "actions": None}
    raw = town.answers(desk.forms.form("F16"), town.case(number), said)
    with pytest.raises(LookAgain) as doubt:
        tasks.complete_task(desk, task.id, raw, checked=())
    assert {"present.0.user", "present.1.role", "social_care_present"} <= set(doubt.value.warnings)


def test_whoever_completes_a_step_of_another_kind_may_have_no_case_to_look_at_any_more(town: Town) -> None:
    number = town.refer()
    (task,) = [one for one in town.open_tasks(number) if one.key == "triage_referral"]
    town.do(number, "triage_referral")
    assert invited(town.office.desk(town.who("Blessing")), task.id) is None
