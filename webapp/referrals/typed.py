"""What was typed into a referral: put together page by page, with its files."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from forms import Form, Reading
from forms.inputs import names_of, without_numbers
from webapp.actor import desk, office
from webapp.sent_forms import Keep, Sent, answers, read_sent
from workflows.questions.referrals import Place

Typed = dict[str, list[str]]


def referral_form() -> Form:
    """Return the form in use."""
    return desk().forms.form("F01")


def sent_answers(keep: Keep, before: Mapping[str, Sequence[str]], sections: Collection[str] | None = None) -> Sent:
    """Read what this page sent over what was typed before; with `sections` the page held only these."""
    form = referral_form()
    return read_sent(form, keep, over(form, before, answers(), sections))


def over(
    form: Form,
    before: Mapping[str, Sequence[str]],
    posted: Mapping[str, Sequence[str]],
    sections: Collection[str] | None,
) -> Typed:
    """Return the answers with those of the page in place of the former ones; what is no question is dropped."""
    everything = {name for name, _ in names_of(form.definition.questions)}
    asked = {
        name
        for section in form.sections
        if sections is None or section.key in sections
        for name, _ in names_of(section.fields)
    }
    kept = {name: list(values) for name, values in before.items() if without_numbers(name) in everything - asked}
    return kept | {name: list(values) for name, values in posted.items() if without_numbers(name) in asked}


def read(place: Place, raw: Mapping[str, Sequence[str]], sections: Collection[str] | None = None) -> Reading:
    """Check what was typed, or only some sections of it; never raises."""
    return referral_form().read(
        raw,
        today=desk().today,
        now=office().clock.now(),
        lookups=place.lookups,
        sections=sections,
        demonstration=office().settings.demonstration,
        settings=place.settings,
    )


def checked_words(
    place: Place, answers: Mapping[str, Any], parts: Sequence[str] = ()
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the answers in words, part by part: key, title, rows of (question, answer); a part left empty has none.

    `parts`: the order in which they were asked; otherwise that of the form.
    """
    form = referral_form()
    shown = {
        part.title: [(row.label, row.text) for row in part.rows] for part in form.show(answers, lookups=place.lookups)
    }
    titles = {section.key: section.title for section in form.sections}
    return [(key, titles[key], shown.get(titles[key], [])) for key in parts or titles]


def last_begun(parts: Sequence[str], raw: Mapping[str, Sequence[str]]) -> int:
    """Return the place of the last part in which something was typed; -1: none was begun."""
    asked = {section.key: {name for name, _ in names_of(section.fields)} for section in referral_form().sections}
    typed = {without_numbers(name) for name, values in raw.items() if any(values)}
    return max((at for at, part in enumerate(parts) if asked[part] & typed), default=-1)
