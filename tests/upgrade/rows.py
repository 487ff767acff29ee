"""A row in every table that the cases themselves leave empty: each by the act that writes it in earnest."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any
from unittest.mock import patch
from uuid import UUID

from tests.builders.errands import APPROVER, EDITOR
from tests.builders.walked_case import Town
from tests.builders.ways_in import a_message, nhs_numbers
from tests.builders.worker_processes import cases_on
from tests.crash.stage import ASKS
from workers.jobs import deliver_messages, move_cases, remind
from workflows.actions import (
    accounts,
    agenda,
    api_access,
    asking_referrer,
    attachments,
    calendar_feed,
    calendars,
    drafts,
    duty_rota,
    filters,
    impacts,
    ladder_tries,
    ladders,
    messages,
    passing,
    process_changes,
    process_saves,
    publishing,
    sent_pages,
    sign_in,
    webhooks,
)
from workflows.actions.agenda_round import Round, send_round
from workflows.actions.ladder_drafts import draft_from
from workflows.casework.case import Case
from workflows.casework.errors import RuleBroken, SetUpWrong
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_table import standard
from workflows.casework.process_change import Place
from workflows.demonstration.loading import PASSWORD
from workflows.duties import REGISTER
from workflows.questions.process_changes import content
from workflows.questions.task_form import draft_name

NURSE, MANAGER, CHAIR = "Siobhan", "Shabana", "Zielinski"
DAY = timedelta(days=1)
_LAST_OF_C = max((rung.ladder, rung.level) for rung in standard().of("C"))


def add_rows(town: Town, number: str, fresh: str) -> None:
    """Write what surrounds casework. number: a case whose work is long overdue; fresh: one that is being triaged."""
    _sign_in(town)
    _keep_for_oneself(town, number)
    _speak_as_a_system(town, number)
    _change_the_programme(town)
    _discuss(town, number)
    _ask(town, fresh)
    _hand_on(town, number)
    _fail_to_write(town)
    town.shut_out(fresh, "Farah")
    _change_a_process(town, cases_on(town, ASKS, 1))


def _sign_in(town: Town) -> None:
    office, address = town.office, "siobhan.kelly@example.org"
    sign_in.sign_in(office.desk(), address, PASSWORD, "192.0.2.1")
    with suppress(sign_in.SignInRefused):
        sign_in.sign_in(office.desk(), address, "a slip of the finger", "192.0.2.1")
    sign_in.send_reset_link(office.desk(), address)


def _keep_for_oneself(town: Town, number: str) -> None:
    desk = town.office.desk(town.who(NURSE))
    assert desk.actor.id is not None
    accounts.enter_leave(desk, desk.actor.id, desk.today + 30 * DAY, desk.today + 40 * DAY)
    filters.save_filter(desk, "My team", "tab=team")
    filters.watch_case(desk, number)
    calendar_feed.make_feed(desk)
    task = town.open_tasks(number)[0]
    drafts.save_draft(desk, draft_name(task.id), task.form_key, 1, {"note": ["Half a sen"]})
    letter = attachments.looked_at("consent.pdf", b"%PDF-1.4\n%%EOF\n")
    form = desk.forms.form("F05")
    attachments.keep_with_draft(desk, f"case:{number}:F05", form, {}, {"signed_form": [letter]})
    with sent_pages.recorded_once(desk, "a page that was sent") as page:
        page.keep(sent_pages.Answered("/inbox", ()))


def _speak_as_a_system(town: Town, number: str) -> None:
    known = town.ask(lambda session: session.get_one(Case, town.case(number).id).person.nhs_number)
    desk = town.office.desk(town.who("Ifeoma"))
    token = api_access.make_token(desk, "a system", tuple(api_access.scopes_of(desk.actor)), 30)
    asked = api_access.Asked(token.id, "a key", "0" * 64, new=True)
    with api_access.answered_once(desk, asked) as answering:
        answering.keep(201, {"name": "a system"})
    messages.receive(desk, a_message("ed_attendance", nhs_number=known, occurred_at=desk.clock.now()))
    unknown = next(islice(nhs_numbers(), 900, None))
    messages.receive(desk, a_message("hospital_admission", nhs_number=unknown, occurred_at=desk.clock.now()))
    deliver_messages.work(town.office)


def _change_the_programme(town: Town) -> None:
    desk = town.office.desk(town.who(MANAGER))
    nurse = town.who(NURSE).id
    assert nurse is not None
    duty_rota.name_on_duty(desk, calendars.Whose("acm", "east"), duty_rota.Turn(nurse, desk.today, desk.today + DAY))
    calendars.ask_to_close(desk, calendars.Whose("acm"), desk.today + 2 * DAY, "Training of all teams")
    hub = webhooks.NewWebhook("Hub", "https://hooks.example.org/roundtable", ("S", "review"), "L2")
    webhooks.register(desk, "acm", hub)
    draft_from(desk, "acm", standard())
    ladder_tries.ask_to_try(desk, "acm", desk.today - 28 * DAY, desk.today - DAY)
    fewer = Ladder(tuple(rung for rung in standard().rungs if (rung.ladder, rung.level) != _LAST_OF_C))
    ladders.publish(desk, "acm", fewer, "Fewer reminders of what is not urgent")


def _discuss(town: Town, number: str) -> None:
    remind.climb(town.office)
    desk = town.office.desk(town.who(CHAIR))
    said = agenda.Said(desk.today, "Siobhan visits instead", desk.today + 7 * DAY)
    team = town.case(number).team_id
    assert team is not None
    assert desk.actor.id is not None
    send_round(desk, team, Round(desk.clock.now() + DAY, {desk.actor.id: 1}, 0))
    for task in town.open_tasks(number):
        with suppress(RuleBroken):
            agenda.note_discussed(desk, task.id, said)
            return
    raise AssertionError("nothing overdue stands on the agenda")


def _ask(town: Town, fresh: str) -> None:
    (task,) = town.open_tasks(fresh)
    asking_referrer.ask_referrer(town.office.desk(town.who("Kelly")), task.id, "Which pharmacy?")


def _hand_on(town: Town, number: str) -> None:
    coordinator, desk = town.case(number).coordinator_id, town.office.desk(town.who("Adaeze"))
    assert coordinator is not None
    passing.write_note(desk, coordinator, number, passing.Written("Ring her sister first.", None))


def _fail_to_write(town: Town) -> None:
    def fail(asking: Any, **given: Any) -> None:
        raise SetUpWrong("There is no letter template “L99”.")

    with patch.dict(REGISTER, {"letters.send": replace(REGISTER["letters.send"], perform=fail)}):
        town.refer(nhs_number=next(islice(nhs_numbers(), 901, None)))


def _change_a_process(town: Town, begun: Sequence[UUID]) -> None:
    """One draws, the worker works out what it would mean, another approves; the cases that have begun go over."""
    editor, approver = (town.office.desk(town.who(name)) for name in (EDITOR, APPROVER))
    change = process_changes.open_change(editor, "Read the score with somebody")
    place = Place(change, "bpmn", ASKS.stem)
    process_changes.take_in(editor, place)
    drawn = ASKS.read_bytes().replace(b"look at it.", b"look at it with a colleague.")
    process_saves.save_model(editor, place, drawn, content(editor, place).mark)
    impacts.work_out(town.office.desk(), impacts.ask_for_impact(editor, change))
    process_changes.send(editor, change, "Two see more than one")
    publishing.approve(approver, change, publishing.Start(None, None, {case_id: {} for case_id in begun}))
    move_cases.ITEMS.work(town.office)
