"""A service at work, made once and copied for each killing: a case in delivery with a timer due, another in triage."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from tests.builders.walked_case import Town, load_one_programme
from tests.builders.ways_in import referral, referral_answers, triage_answers
from tests.builders.worker_processes import cases_on
from tests.crash.acts import Request, Requests
from tests.crash.other_side import HOOKS, told_by_text_and_call
from workers.jobs import remind
from workflows.actions import api_access, climbing, diagrams, outside_work, webhooks
from workflows.actions.buttons import BY_KEY
from workflows.actions.programmes import load_programme
from workflows.actions.referrals import submit_referral
from workflows.actions.ways import Wish, choose_ways
from workflows.assembly import Office, open_office
from workflows.casework.access import Actor, Post
from workflows.casework.diagram import CaseRun
from workflows.casework.ladder import NAMES
from workflows.clock import FixedClock
from workflows.demonstration import loading
from workflows.settings import Settings

ASKS = Path(__file__).parent.parent / "api" / "diagrams" / "asks_another_system.bpmn"
BEGINS = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
IN_DELIVERY, SECOND, THIRD, FOURTH = "ACM-000001", "9990001383", "9990002754", "9990041016"
IN_BOTH, IN_HASTE = "9990200009", "9990000425"


def office_on(url: str, folder: Path, now: datetime, others: str = "") -> Office:
    """Open the office on a database, its mail in the folder, at a time; texts and calls go to others, if any."""
    given = {"DATA": str(folder), "DATABASE": url, "SECRET": "a secret for tests only"}
    settings = Settings.from_environment({f"ROUNDTABLE_{name}": value for name, value in given.items()})
    return open_office(told_by_text_and_call(settings, others) if others else settings, FixedClock(now))


def prepare(url: str, folder: Path, others: str) -> tuple[datetime, Requests]:
    """Fill a new database; return the time it is there, and what systems are going to send."""
    office = office_on(url, folder, BEGINS, others)
    office.migrate()
    load_one_programme(office)
    town = Town(office)
    town.refer()
    while town.case(IN_DELIVERY).stage != "active":
        town.do(IN_DELIVERY, town.open_tasks(IN_DELIVERY)[0].key)
    due: datetime = town.ask(lambda session: session.scalar(select(func.min(CaseRun.next_due_at))))
    office.close()
    later = office_on(
        url, folder, due + timedelta(days=7, hours=-6), others
    )  # the same day a week later, in the morning
    remind.daily_digest(later)  # so that notices lie in the outbox
    town = Town(later)
    number = town.refer(nhs_number=SECOND)
    later.clock.advance(timedelta(days=7))  # so that its triage is overdue, and nobody has heard of it
    requests = _requests(town, number) | {
        "take back": _taking_back(town),
        "tell": _telling(town),
    }
    requests |= _outside(town)
    _new_words(later)
    _texts_and_calls(town, others)
    now = later.clock.now()
    later.close()
    return now, requests


def _new_words(office: Office) -> None:
    """A release comes out in which one label says something else; everything begun before stays on the other."""
    operator = office.desk(Actor(None, "an operator", (Post("sysadmin", None, None),)))
    drawn = (diagrams.SHIPPED["bpmn"] / "intake.bpmn").read_text("utf-8").replace("Triage the referral", "Triage now")
    diagrams.publish_files(operator, {"intake.bpmn": drawn.encode()}, "other words")


def _texts_and_calls(town: Town, others: str) -> None:
    """A text and a call lie in the outbox: nobody answered what is urgent by its time, nor in the two hours after."""
    for name, number in (("Siobhan Kelly", "07700 900123"), ("Adaeze Nwosu", "07700 900124")):
        choose_ways(town.office.desk(town.who(name)), Wish(["text"], ["email"], number))
    hub = webhooks.NewWebhook("A hub", f"{others}{HOOKS}", tuple(NAMES), "L1")
    webhooks.register(town.office.desk(town.who("Malik")), "acm", hub)
    first = town.open_tasks(town.refer(nhs_number=IN_HASTE, immediate_danger=True))[0]
    town.office.clock.move_to(first.due_at)
    climbing.climb(town.office.desk(), first.id)
    town.office.clock.advance(timedelta(hours=2))  # so that its manager is to hear of it, and has not


def _requests(town: Town, number: str) -> Requests:
    (triage,) = town.open_tasks(number)
    secrets = {
        name: api_access.make_token(desk, "a system", tuple(api_access.scopes_of(desk.actor)), 30).secret
        for name in ("Ifeoma", "Kelly")
        for desk in (town.office.desk(town.who(name)),)
    }
    admission = {
        "message_id": "one admission",
        "type": "hospital_admission",
        "nhs_number": "9990000018",
        "dob": "1941-03-27",
        "occurred_at": (town.office.clock.now() - timedelta(hours=1)).isoformat(),
        "source": "a hospital",
        "payload": {"hospital": "North"},
    }
    referral = {"programme": "acm", "answers": referral_answers(town, nhs_number=THIRD)}
    task = f"/api/v1/tasks/{triage.id}"
    return {
        "refer": Request("the-key-to-refer", "/api/v1/referrals", secrets["Ifeoma"], referral),
        "claim": Request("the-key-to-claim", f"{task}/claim", secrets["Kelly"], {}),
        "complete": Request(
            "the-key-to-complete", f"{task}/complete", secrets["Kelly"], {"answers": triage_answers(town, number)}
        ),
        "message": Request("the-key-to-message", "/api/v1/messages", secrets["Ifeoma"], admission),
    }


def _outside(town: Town) -> Requests:
    """Another system has just fetched the steps of two cases, and has done the one and gives up the other."""
    cases_on(town, ASKS, 2)
    desk = town.office.desk(town.who("Malik"))
    done, hopeless = outside_work.fetch(desk, outside_work.Wanted(["risk-score"], "a scorer", timedelta(hours=1), 2))
    secret = api_access.make_token(desk, "a scorer", ("outside:work",), 30).secret
    answer = {"fence": done.fence, "variables": {"risk_score": 7}}
    why = {"fence": hopeless.fence, "why": "no connection", "tries_left": 0}
    return {
        "answer": Request("the-key-to-answer", f"/api/v1/outside/{done.id}/complete", secret, answer),
        "give up": Request("the-key-to-give-up", f"/api/v1/outside/{hopeless.id}/fail", secret, why),
    }


def _telling(town: Town) -> Request:
    """Somebody whose person has a case in another programme too writes down that they are in hospital."""
    other = json.loads((loading.FOLDER / "mcm.json").read_text("utf-8"))
    load_programme(town.office.desk(loading.OFFICE), other)
    number = town.refer(nhs_number=IN_BOTH)
    raw = referral(town, nhs_number=IN_BOTH, gp_registered="unknown", gp_practice=None)
    submit_referral(town.office.desk(town.who("Ifeoma")), "mcm", raw)
    said = {"hospital": "North", "planned": "emergency", "admitted_at": town.office.clock.now().isoformat()[:16]}
    answers = town.answers(town.office.desk().forms.form(BY_KEY["hospital"].form), town.case(number), said)
    return Request("the mark of a page", number, str(town.who("Ifeoma").id), dict(answers))


def _taking_back(town: Town) -> Request:
    """Somebody has just completed a task, and takes it back."""
    number = town.refer(nhs_number=FOURTH)
    (triage,) = town.open_tasks(number)
    town.do(number, triage.key)
    desk = town.office.desk(town.who("Kelly"))
    token = api_access.make_token(desk, "a second system", tuple(api_access.scopes_of(desk.actor)), 30)
    return Request("the-key-to-take-back", f"/api/v1/tasks/{triage.id}/take-back", token.secret, {})
