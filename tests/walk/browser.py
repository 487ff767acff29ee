"""A browser without a screen: pages are opened, forms sent with what stands in them, as a person would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from workflows.demonstration.loading import PASSWORD

Fields = dict[str, list[str]]
GONE_ELSEWHERE = (302, 303)


class Refused(Exception):
    """The service did not do it; the text is what the person reads."""


@dataclass(frozen=True)
class Page:
    """A page somebody looks at."""

    address: str
    status: int
    tree: Any

    @property
    def words(self) -> str:
        """Everything it says, in one line."""
        return " ".join(self.tree.text_content().split())

    @property
    def token(self) -> str:
        """The word that every form of the page sends along."""
        return str(self.tree.xpath("string(//meta[@name='csrf-token']/@content)"))

    def links_to(self, address: str) -> bool:
        """Whether one can go from here to an address."""
        return bool(self.tree.xpath("//a[@href=$address]", address=address))

    def leads_to(self, beginning: str) -> str:
        """The address of the first link that begins like this."""
        return str(self.tree.xpath("string((//a[starts-with(@href, $beginning)])[1]/@href)", beginning=beginning))

    def named(self, beginning: str) -> str:
        """The address of the first link whose words begin like this."""
        return str(self.tree.xpath("string((//main//a[starts-with(., $beginning)])[1]/@href)", beginning=beginning))

    def inputs(self, form: str = "//main") -> set[str]:
        """The names of what can be filled in."""
        return {
            str(name) for name in self.tree.xpath(f"{form}//*[self::input or self::select or self::textarea]/@name")
        }

    def hidden(self) -> Fields:
        """What the page's form sends along without being asked."""
        found: Fields = {}
        for field_ in self.tree.xpath("//main//form//input[@type='hidden']"):
            found.setdefault(field_.get("name"), []).append(field_.get("value", ""))
        return found

    def actions(self, ending: str) -> list[str]:
        """The addresses of the forms that end in these words."""
        return [one for one in self.tree.xpath("//form/@action") if one.endswith(ending)]

    def problems(self) -> str:
        """What the page says is wrong."""
        summary = self.tree.xpath("//*[contains(@class, 'nhsuk-error-summary')]//li")
        return "; ".join(" ".join(one.text_content().split()) for one in summary) or self.words[:300]


@dataclass
class Browser:
    """One browser; whoever uses it signs in first."""

    client: FlaskClient
    seen: Page | None = field(default=None)

    def open(self, address: str, **query: str) -> Page:
        """Go to a page, wherever it leads."""
        return self._page(self.client.get(address, query_string=query or None, follow_redirects=True))

    def send(self, address: str, answers: Mapping[str, Any], token: str) -> Page:
        """Send a form and look at what comes back; raise Refused with what the page says is wrong."""
        data = {"csrf_token": token, **answers}
        answered = self.client.post(address, data=data, content_type="multipart/form-data")
        if answered.status_code in GONE_ELSEWHERE:
            return self.open(answered.headers["Location"])
        page = self._page(answered)
        if page.status >= 400:
            raise Refused(page.problems())
        return page

    def sign_in(self, email: str) -> None:
        """Sign in with address and password; what one comes to is opened when it is needed."""
        said = {"csrf_token": self.open("/sign-in").token, "email": email, "password": PASSWORD}
        answered = self.client.post("/sign-in", data=said)
        if answered.status_code not in GONE_ELSEWHERE:
            raise Refused(self._page(answered).problems())

    def _page(self, answered: TestResponse) -> Page:
        tree = html.fromstring(answered.text or "<html></html>")
        return Page(answered.request.path, answered.status_code, tree)
