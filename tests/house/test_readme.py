"""What the README's walk quotes is there: people of the demonstration, steps, questions, and words of the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from forms import Catalogue
from forms.definition import every_question
from tests.diagrams.reading import FILES, Drawing
from tests.house.tree import kept_files, package_files, read

WALK = read(Path("README.md")).partition("## Walk the first part")[2].partition("\n## ")[0]
QUOTED = sorted(set(re.findall(r"(?<![*\w])\*(\w[^*\n]*[\w?])\*(?!\*)", WALK)))


def steps() -> Iterator[str]:
    """What the diagrams call the steps that somebody does."""
    for file in FILES:
        for task in Drawing(file).process.iter("{*}userTask"):
            yield task.get("name", "")


def questions() -> Iterator[str]:
    """What the newest forms ask, and the answers they offer."""
    catalogue = Catalogue.shipped()
    forms = [catalogue.form(key) for key in sorted(catalogue.keys())]
    for form in forms:
        for question in every_question(form.definition.questions):
            yield question.label
            yield from (choice.label for choice in question.choices)


@pytest.fixture(scope="module")
def named() -> frozenset[str]:
    """What a quotation may be."""
    return frozenset(steps()) | frozenset(questions())


@pytest.fixture(scope="module")
def pages() -> str:
    """The words of pages and programmes, with the names of the demonstration."""
    paths = [path for ending in (".html", ".py", ".json") for path in package_files(ending)]
    return "\n".join(read(path) for path in paths if path.parts[0] != "forms")


@pytest.mark.parametrize("quoted", QUOTED)
def test_what_the_readme_quotes_is_there(quoted: str, named: frozenset[str], pages: str) -> None:
    as_a_whole = re.compile(rf"[\"'>|}}]\s*{re.escape(quoted)}\s*[\"'<|{{(]")
    assert quoted in named or as_a_whole.search(pages), f"nothing is called “{quoted}” any more"


def test_the_walk_quotes_something() -> None:
    assert len(QUOTED) > 30


@pytest.mark.parametrize("paper", ["README.md", "CONTRIBUTING.md", "Makefile"])
def test_every_document_that_a_front_page_names_is_kept(paper: str) -> None:
    named = set(re.findall(r"\bdocs/[\w/.-]+\.(?:md|png)", read(Path(paper))))
    assert named <= {path.as_posix() for path in kept_files()}
