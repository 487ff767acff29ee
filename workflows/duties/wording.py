"""The words of letters and notices: templates as files, filled with what the case knows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from workflows.casework.errors import SetUpWrong
from workflows.casework.notice import Letter

LETTERS = Path(__file__).resolve().parent.parent / "letters"
BY_HAND = "by_hand"


@dataclass(frozen=True)
class LetterTemplate:
    """One template: its title, whom it addresses, its text."""

    title: str
    audience: str
    text: str
    needs_consent: bool  # goes only to whom the person agreed to share with
    after_death: bool  # may still go out when the person has died
    waits_in_hospital: bool  # asks the person to do something at home, so it waits until they are there
    overtaken_by: tuple[str, ...]  # what makes it needless while it waits, see `duties.overtaken`
    by_hand: bool = False  # somebody tells it by phone or post
    key: str = ""  # such as L04p; of what somebody tells, the name of its notice

    def fill(self, words: Mapping[str, str]) -> str:
        """Return the letter with the words in their places.

        What nobody knows is not said: a sentence that needs it is left out, and a heading with nothing below it.
        """
        kept: list[str] = []
        for paragraph in self.text.split("\n\n"):
            said = " ".join(_sayable(paragraph, words)) if _is_prose(paragraph) else paragraph
            if set(Template(said).get_identifiers()) <= set(words) and said.strip():
                kept.append(said)
            elif kept and _is_heading(kept[-1]):
                kept.pop()
        return Template("\n\n".join(kept)).substitute(words)


def _is_prose(paragraph: str) -> bool:
    return "\n" not in paragraph.strip() and bool(re.search(r"[.?!]", paragraph))


def _is_heading(paragraph: str) -> bool:
    """Whether a paragraph only announces the next one: one short line that is no sentence and no salutation."""
    return "\n" not in paragraph.strip() and paragraph.strip()[-1].isalpha() and "$" not in paragraph


def _sayable(paragraph: str, words: Mapping[str, str]) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.?!]) ", paragraph):
        if set(Template(sentence).get_identifiers()) <= set(words):
            yield sentence


class _Dashes(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


@cache
def _register(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LETTERS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def letter_template(key: str) -> LetterTemplate:
    """Return a template by its key, such as L04p; what is told by phone or post bears the name of its notice."""
    if key in _register(BY_HAND):
        return _told_by_hand(key)
    entry = _register("letters").get(key)
    if entry is None:
        raise SetUpWrong(f"There is no letter template “{key}”.")
    return LetterTemplate(
        entry["title"], entry["audience"], _text(key), entry["needs_consent"], entry["after_death"],
        entry["waits_in_hospital"], tuple(entry["overtaken_by"]), key=key,
    )  # fmt: skip


def _told_by_hand(kind: str) -> LetterTemplate:
    entry = _register(BY_HAND)[kind]
    text = "\n\n".join((f"Subject: {entry['title']}", "$date", *entry["say"], "$team_name\n$programme_name"))
    return LetterTemplate(
        entry["title"], entry.get("audience", "professional"), f"{text}\n", entry["needs_consent"],
        entry["after_death"], entry.get("waits_in_hospital", False), tuple(entry["overtaken_by"]), by_hand=True,
        key=kind,
    )  # fmt: skip


def template_for(key: str, recipient: str) -> str:
    """Return the template to use: the person gets the plain-language version of a letter where there is one."""
    plain = f"{key}p"
    known = recipient == "person" and (plain in _register("letters") or plain in _register(BY_HAND))
    return plain if known else key


def template_of(letter: Letter) -> LetterTemplate:
    """Return the template a letter was written from, as its recipient gets it."""
    return letter_template(template_for(letter.template, letter.recipient))


def letter_title(key: str, recipient: str) -> str:
    """Return what a letter is called, as its recipient gets it; empty when there is no such template any more."""
    known = _register("letters") | _register(BY_HAND)
    return str(known.get(template_for(key, recipient), {}).get("title", ""))


def headings_of(key: str, recipient: str) -> frozenset[str]:
    """Return the lines that head a part of a letter; none when there is no such template any more."""
    if not letter_title(key, recipient):
        return frozenset()
    paragraphs = letter_template(template_for(key, recipient)).text.split("\n\n")
    return frozenset(paragraph.strip() for paragraph in paragraphs if _is_heading(paragraph))


def notice_kinds() -> frozenset[str]:
    """Return every kind of notice that has words."""
    return frozenset(_register("notices"))


def notice_is(kind: str, what: str) -> bool:
    """Whether a notice is urgent, awaited by whoever gets it at that moment, or said only while its case is open."""
    return bool(_register("notices").get(kind, {}).get(what))


@cache
def _text(key: str) -> str:
    return (LETTERS / f"{key}.txt").read_text(encoding="utf-8")


def text_words(kind: str, words: Mapping[str, Any]) -> str:
    """Return a notice as a text message: how many things need its reader, and nothing by which anybody could be known.

    Raises SetUpWrong for what is not told by text.
    """
    said = _register("notices").get(kind, {}).get("text")
    if said is None:
        raise SetUpWrong(f"“{kind}” is not told by text message.")
    count = str(words.get("count", "1"))
    return Template(said).substitute(
        tasks="1 task needs you. Sign in to see it" if count == "1" else f"{count} tasks need you. Sign in to see them"
    )


def notice_text(kind: str, words: dict[str, Any]) -> tuple[str, str]:
    """Return subject and body of a notice; neither ever names a person."""
    entry = _register("notices").get(kind)
    if entry is None:
        raise SetUpWrong(f"There is no notice “{kind}”.")
    filled = _Dashes({name: str(value) for name, value in words.items()})
    return Template(entry["subject"]).safe_substitute(filled), Template(entry["body"]).safe_substitute(filled)
