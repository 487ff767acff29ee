"""Hands: what people do on the pages, and what other systems send to the interface for them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.walk.browser import Browser, Page, Refused
from tests.walk.pen import Pen, Raw
from tests.walk.people import Person, Staff
from workflows.actions import buttons
from workflows.assembly import Office
from workflows.casework.access import Actor
from workflows.casework.case import Case
from workflows.casework.referral import Referral
from workflows.casework.signing import signature
from workflows.casework.task import Task

REFERENCE = re.compile(r"R-[A-Z0-9]{4}-[A-Z0-9]{4}")
SECRET = re.compile(r"rt_[A-Za-z0-9_-]{10,}")
MOST_ROWS_ADDED = 20


@dataclass
class Hands:
    """Acts for everybody in a scenario, each in a browser of their own."""

    app: Flask
    office: Office
    staff: Staff
    pen: Pen
    browsers: dict[tuple[str, date], Browser] = field(default_factory=dict)
    secret: str = ""
    calls: int = 0

    def of(self, who: Person) -> Browser:
        """Return somebody's browser; the first time on a day they sign in."""
        today = who.name, self.office.desk().today
        if today not in self.browsers:
            browser = Browser(self.app.test_client())
            browser.sign_in(who.email)
            self.browsers[today] = browser
        return self.browsers[today]

    def refer(self, who: Person, answers: Mapping[str, Any]) -> str:
        """Fill in a referral, check it, send it. Returns the number of its case."""
        browser, address = self.of(who), f"/referrals/new/{self.pen.programme}"
        page = browser.open(address)
        raw = self.pen.fill(self.office.desk().forms.form("F01"), answers)
        check = browser.send(address, _fitting(page, raw), page.token)
        if not check.address.endswith("/check"):
            raise Refused(check.problems())
        sent = browser.send(f"{address}/send", {}, check.token)
        return self._case_of(sent.address.rpartition("/")[2])

    def refer_from_outside(self, answers: Mapping[str, Any]) -> str:
        """Refer without an account: part by part, to the end. Returns the number of the case."""
        browser, address = Browser(self.app.test_client()), f"/refer/{self.pen.programme}"
        page = browser.send(f"{address}/start", {}, browser.open(address).token)
        raw = self.pen.fill(self.office.desk().forms.form("F01"), answers)
        page, left = browser.open(f"{address}/part/urgency"), set(raw)
        while "/part/" in page.address:
            part, here = page.address, {name: values for name, values in raw.items() if name in page.inputs()}
            left -= here.keys()
            page = browser.send(part, here, page.token)
            if page.address == part:
                raise Refused(page.problems())
        if left:
            raise Refused(f"no part asks {', '.join(sorted(left))}")
        if not page.address.endswith("/check"):
            raise Refused(page.words)
        sent = browser.send(f"{address}/send", {}, page.token)
        return self._case_of(_found(REFERENCE, sent))

    def do(self, who: Person, number: str, key: str, answers: Mapping[str, Any]) -> None:
        """Find a task in one's inbox, open it, fill in its form and complete it."""
        task, browser = self._task(number, key), self.of(who)
        address = f"/tasks/{task.id}"
        if not self.in_inbox(who, number, address, mine=task.assignee_id == who.id):
            raise Refused(f"{key} is not in the inbox of {who.name} (it is for the {task.role})")
        page = browser.open(address)
        signed = dict.fromkeys(signature(Actor(who.id, who.name), key), who.name)
        raw = self.pen.fill(self.office.desk().forms.form(task.form_key), {**signed, **answers}, number, task.sections)
        page = self._with_rows(browser, page, raw, f"{address}/keep")
        sent, filled_in = f"{address}/complete", _fitting(page, raw)
        _looked_at_again(browser, sent, filled_in, browser.send(sent, filled_in, page.token))
        if self._still_open(task):
            raise Refused(f"{key} was sent and is still open")

    def press(self, who: Person, number: str, key: str, answers: Mapping[str, Any]) -> None:
        """Press a button of the case, and confirm where the page asks."""
        browser, button = self.of(who), buttons.BY_KEY[key]
        address = f"/cases/{number}/do/{key}"
        if not browser.open(f"/cases/{number}").links_to(address):
            raise Refused(f"{who.name} has no button “{button.label}” on {number}")
        page = browser.open(address)
        raw = self.pen.fill(self.office.desk().forms.form(button.form), answers, number, button.sections)
        filled_in = _fitting(page, raw)
        done = _looked_at_again(browser, address, filled_in, browser.send(address, filled_in, page.token))
        if button.grave:
            done = browser.send(address, {**done.hidden(), "confirmed": "yes"}, done.token)
        if done.address == address:
            raise Refused(done.problems())

    def message(self, envelope: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send a message as another system, with a token that a coordinator made."""
        self.calls += 1
        headers = {"Authorization": f"Bearer {self._token()}", "Idempotency-Key": f"walk-call-{self.calls:04d}"}
        answered = self.app.test_client().post("/api/v1/messages", json=dict(envelope), headers=headers)
        if answered.status_code >= 400:
            raise Refused(answered.text)
        told: Mapping[str, Any] = answered.get_json()
        return told

    def leave(self, who: Person, first: str, last: str, cover: Person | None) -> None:
        """Enter one's own leave, with cover."""
        browser = self.of(who)
        page = browser.open("/account/leave")
        days = {**_boxes("first_day", first), **_boxes("last_day", last), "cover": str(cover.id) if cover else ""}
        browser.send("/account/leave", {**page.hidden(), **days}, page.token)

    def choose_ways(self, who: Person, ways: Mapping[str, str]) -> None:
        """Choose by which ways one is told."""
        browser = self.of(who)
        browser.send("/account/told", {"at_once": "email", **ways}, browser.open("/account/told").token)

    def register_address(self, who: Person, asked: Mapping[str, str]) -> None:
        """Let another system be told of rungs."""
        browser, page = self.of(who), f"/programme/{self.pen.programme}/webhooks"
        browser.send(page, dict(asked), browser.open(page).token)

    def post_letters(self, who: Person, number: str) -> None:
        """Send every letter of a case that is ready, one after the other, those to the person first."""
        browser = self.of(who)
        page = browser.open(f"/cases/{number}/letters")
        found = sorted(set(page.tree.xpath("//main//a/@href")))
        letters = [browser.open(address) for address in found if re.fullmatch(r"/letters/[0-9a-f-]{36}", address)]
        for letter in sorted(letters, key=lambda one: "To the person," not in one.tree.text_content()):
            for act in letter.actions("/sent"):
                browser.send(act, {}, letter.token)

    def bring_list(self, who: Person, source: str, name: str, content: bytes) -> None:
        """Upload a list of candidates, look it through, and let it be taken in."""
        browser = self.of(who)
        page = browser.open("/lists")
        sent = {"programme": self.pen.programme, "source": source, "file": (BytesIO(content), name)}
        shown = browser.send("/lists", sent, page.token)
        browser.send(f"{shown.address}/confirm", {}, shown.token)

    def sees(self, who: Person, number: str) -> bool:
        """Say whether somebody can open a case."""
        status = self.of(who).open(f"/cases/{number}").status
        if status not in (200, 403, 404):
            raise Refused(f"the page of {number} answers {status}")
        return status == 200

    def read(self, who: Person, number: str, title: str) -> str:
        """Read the newest document of a case on the form of this title."""
        browser = self.of(who)
        return browser.open(browser.open(f"/cases/{number}/documents").named(f"{title}, number ")).words

    def agenda(self, who: Person) -> str:
        """Read the agenda of the next meeting of somebody's team."""
        return self.of(who).open("/agenda").words

    def in_inbox(self, who: Person, number: str, address: str, mine: bool) -> bool:
        """Say whether a task stands in somebody's inbox: their own tasks (`mine`: looked at first), or their pool.

        Where it is not on the first page, it is searched for.
        """
        browser, views = self.of(who), ("mine", "pool") if mine else ("pool", "mine")
        first = browser.open("/inbox", view=views[0])
        if first.links_to(address):
            return True
        found = browser.send("/inbox", {"q": number}, first.token)
        return any(browser.open(found.leads_to(f"/inbox?view={view}&search=")).links_to(address) for view in views)

    def _with_rows(self, browser: Browser, page: Page, raw: Raw, keep: str) -> Page:
        """Press “add” until the page has a row for each that is to be filled in."""
        for name, (count,) in [(name, values) for name, values in raw.items() if name.endswith(".count")]:
            rows = name.removesuffix(".count")
            for _ in range(MOST_ROWS_ADDED):
                if int(count) == 0 or any(one.startswith(f"{rows}.{int(count) - 1}.") for one in page.inputs()):
                    break
                page = browser.send(keep, {**page.hidden(), "add": rows}, page.token)
        return page

    def _task(self, number: str, key: str) -> Task:
        with self.office.desk().looking() as session:
            asked = select(Task).join(Case).where(Case.number == number, Task.key == key, Task.status == "open")
            found = session.scalars(asked.order_by(Task.id)).first()
            if found is None:
                raise Refused(f"{key} is not asked in {number}")
            return found

    def _still_open(self, task: Task) -> bool:
        with self.office.desk().looking() as session:
            return session.get_one(Task, task.id).status == "open"

    def _case_of(self, reference: str) -> str:
        with self.office.desk().looking() as session:
            referral = session.scalars(select(Referral).where(Referral.reference == reference)).one()
            return session.get_one(Case, referral.case_id).number

    def _token(self) -> str:
        if not self.secret:
            browser = self.of(self.staff.find("Ifeoma Adeyemi"))
            page = browser.open("/account/tokens")
            asked = {"name": "Hospital and record feeds", "scopes": ["messages:write"], "days": "365"}
            self.secret = _found(SECRET, browser.send("/account/tokens", asked, page.token))
        return self.secret


def _fitting(page: Page, raw: Raw) -> Raw:
    """What can be filled in on this page; an answer without a place on it is a fault of the page, not left out."""
    places = page.inputs()
    lost = sorted(name for name in raw if name not in places)
    if lost:
        raise Refused(f"{page.address} ({page.status}) has no place for {', '.join(lost)}")
    return raw


def _looked_at_again(browser: Browser, address: str, filled_in: Raw, page: Page) -> Page:
    """Send the same once more where the page asked to look again at what is unusual."""
    seen = page.hidden().get("seen")
    return browser.send(address, {**filled_in, "seen": seen}, page.token) if seen else page


def _boxes(name: str, day: str) -> dict[str, str]:
    year, month, number = day.split("-")
    return {f"{name}[day]": number, f"{name}[month]": month, f"{name}[year]": year}


def _found(pattern: re.Pattern[str], page: Page) -> str:
    found = pattern.search(page.words)
    if found is None:
        raise Refused(f"{page.address} does not show what was to be made: {page.words[:200]}")
    return found[0]
