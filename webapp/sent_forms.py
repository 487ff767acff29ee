"""What a page's form sent: the answers, the buttons pressed in it, and the files, kept as soon as they arrive.

A file chosen once is never asked for again: it is kept with the draft, and only its id travels on in the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import request

from forms import Form
from webapp.actor import desk
from webapp.once import PAGE_MARK
from webapp.windows import DRAFT_PAGE, page_sent
from workflows.actions.attachments import Chosen, ChosenFiles, keep_with_draft, looked_at
from workflows.casework.errors import RuleBroken

DRAFT_TOKEN = "draft_token"  # noqa: S105 - the name of an input, see webapp/rescue.py
SEEN = "seen"  # the warnings that the page showed; sent with it, they have been looked at
NOT_ANSWERS = frozenset({"csrf_token", PAGE_MARK, DRAFT_TOKEN, DRAFT_PAGE, SEEN, "add", "remove"})
Inputs = dict[str, list[str]]
Keep = Callable[[Inputs, ChosenFiles], Inputs]


@dataclass(frozen=True)
class Sent:
    """What a page sent: the inputs by name, what was wrong with its files, and whether a row or file was to change."""

    raw: Inputs
    faults: dict[str, str]
    pressed: bool


def answers() -> Inputs:
    """Return the answers this request sent, without what a page sends besides."""
    return {name: values for name, values in request.form.to_dict(flat=False).items() if name not in NOT_ANSWERS}


def checked() -> list[str]:
    """Return the warnings that stood on the page when it was sent."""
    return request.form.getlist(SEEN)


def read_sent(form: Form, keep: Keep, sent: Mapping[str, list[str]] | None = None) -> Sent:
    """Read the answers of this request (or `sent`, put together from them) with its buttons and its files.

    `keep` keeps the answers with the files; it is asked only where one was chosen or taken out.
    """
    raw = answers() if sent is None else dict(sent)
    buttons = {name: [request.form[name]] for name in ("add", "remove") if name in request.form}
    changed = form.apply_button({**raw, **buttons}) if buttons else raw
    files, faults = chosen_files(form, changed)
    if files or form.files_typed(changed) != form.files_typed(raw):
        changed = keep(changed, files)
    return Sent(changed, faults, bool(buttons))


def with_own_draft(about: str, form: Form) -> Keep:
    """Keep files with the reader's own draft about something."""
    return lambda raw, files: keep_with_draft(desk(), about, form, raw, files, page_sent())


def chosen_files(form: Form, raw: Inputs) -> tuple[dict[str, list[Chosen]], dict[str, str]]:
    """Return the files of this request that may be taken in, by input, and what is wrong with the others.

    `raw` names the files that stand there already: no more are taken in than the question asks for.
    """
    good: dict[str, list[Chosen]] = {}
    faults: dict[str, str] = {}
    for name, sent in request.files.items(multi=True):
        most = form.most_files(name)
        if not sent.filename or not most:
            continue
        if 1 < most <= len(raw.get(name, [])) + len(good.get(name, [])):
            faults[name] = f"You can add up to {most} files here. Remove one first"
            continue
        with sent.stream as stream:
            content = stream.read()
        try:
            good.setdefault(name, []).append(looked_at(sent.filename, content, desk().settings.virus_scanner))
        except RuleBroken as fault:
            faults[name] = f"{fault}: {sent.filename}" if most > 1 else str(fault)
    return {name: files for name, files in good.items() if files}, faults
