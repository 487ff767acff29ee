"""Staff at one computer: who signs in, finds a task in the inbox, answers it and completes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import follow
from tests.builders.walked_case import Town
from tests.journeys.conftest import sign_in
from tests.journeys.pen import fill_in


@dataclass
class StaffRoom:
    """One browser that people take turns at, in the office of a town."""

    page: Page
    town: Town

    def enter(self, who: str) -> None:
        """Somebody signs in; whoever was there before signs out."""
        leave = self.page.get_by_role("button", name="Sign out")
        if leave.is_visible():
            follow(leave)
        sign_in(self.page, who)

    def answer(self, form: str, number: str = "", **said: Any) -> None:
        """Fill in the form on the page: the quiet case's answers, and over them what is said."""
        town = self.town
        case = town.case(number) if number else None
        fill_in(self.page, town.answers(town.office.desk().forms.form(form), case, said))

    def open_task(self, number: str, name: str) -> None:
        """Find a task of a case in one's inbox, among one's own or in the pool, and open it."""
        for view in ("mine", "pool"):
            self.page.goto(f"/inbox?view={view}")
            row = self.page.locator("[data-task]").filter(has_text=number).filter(has_text=name)
            if row.count():
                follow(row.first.get_by_role("link", name=name))
                expect(self.page.get_by_role("heading", level=1)).to_have_text(name)
                return
        raise AssertionError(f"“{name}” of {number} is in nobody's sight here")

    def complete(self, number: str, name: str, **said: Any) -> None:
        """Open a task, answer its form, complete it, and hear that it is done."""
        self.open_task(number, name)
        task = next(one for one in self.town.open_tasks(number) if one.name == name)
        self.answer(task.form_key, number, **said)
        follow(self.page.get_by_role("button", name="Complete", exact=True))
        expect(self.told()).to_contain_text("Done")

    def told(self) -> Locator:
        """What the page says about what was just done."""
        return self.page.locator(".nhsuk-notification-banner")

    def id_of(self, who: str) -> str:
        """The value of a colleague in a list of choices."""
        return str(self.town.who(who).id)
