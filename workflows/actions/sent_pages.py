"""A page that is sent twice is acted on once: the act and the name of its page are kept together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select

from workflows.casework.staff import SentPage
from workflows.desk import Desk, Work


@dataclass(frozen=True)
class Answered:
    """How a page was answered when it was sent first: where its sender was led, and what was said there."""

    address: str
    said: Sequence[str]


@dataclass
class Recording:
    """An act under way for a page; without `keep` nothing of it is kept. `page` is None for one without a name."""

    work: Work
    page: SentPage | None

    def keep(self, answer: Answered) -> None:
        """Keep everything that was done, with its answer."""
        if self.page is not None:
            self.page.address, self.page.said = answer.address, list(answer.said)
        self.work.commit()


def first_answer(desk: Desk, key: str) -> Answered | None:
    """Return how the same page was answered before; None when it comes for the first time."""
    with desk.looking() as session:
        found = session.scalar(select(SentPage).where(SentPage.key == key))
        return Answered(found.address, found.said) if found else None


@contextmanager
def recorded_once(desk: Desk, key: str | None) -> Iterator[Recording]:
    """Do what a page asks for in one transaction, and keep with it that the page was acted on.

    `key` names the page with everything it sent. Raises OutOfDate when the same page was acted on at the same moment:
    whoever comes second waits for the first, as both write down the same name.
    """
    with desk.work() as work:
        page = SentPage(key=key, at=work.now) if key else None
        if page is not None:
            work.session.add(page)
            work.session.flush()
        yield Recording(work, page)
