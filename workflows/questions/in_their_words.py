"""What somebody said, in the words that were written down: the person themselves, or whoever referred them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.casework.document import Document

# Where the person speaks for themselves, so that their words need no question beside them: form and question, the
# ones that say most about them first.
OWN_WORDS = (
    ("F18", "important_to_me"),
    ("F21", "person_view"),
    ("F15", "person_view"),
    ("F16", "views_of_person"),
    ("F11", "hopes"),
    ("F01", "views"),
)


@dataclass(frozen=True)
class Said:
    """Words somebody wrote down, from which form, when, and by whom."""

    words: str
    source: str
    at: datetime
    by: str


def newest_said(papers: Sequence[Document], places: Sequence[tuple[str, str]]) -> Said | None:
    """Return the newest of these answers (form and question); of one day's, the one that is named first."""
    rank = {place: number for number, place in enumerate(places)}
    found = [
        (paper.completed_at.date(), -rank[(key, question)], paper, str(paper.answers[question]))
        for key, question in places
        for paper in papers
        if paper.form_key == key and paper.answers.get(question)
    ]
    if not found:
        return None
    _day, _rank, paper, words = max(found, key=lambda each: (each[0], each[1], each[2].completed_at))
    return Said(words, paper.title, paper.completed_at, paper.author)
