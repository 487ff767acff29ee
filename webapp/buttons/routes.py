"""The buttons of a case: ask for their form, confirm the grave ones, press."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.actor import current_actor, desk, office
from webapp.buttons import presenters as words
from webapp.cases.frame import frame, seen
from webapp.cases.presenters import why_not
from webapp.guard import permission
from webapp.inbox.presenters import draft_time
from webapp.once import acting, once
from webapp.sent_forms import Sent, answers, checked, read_sent, with_own_draft
from webapp.windows import BOTH_KEPT, of_this_window, other_windows, page_sent, place_for
from webapp.wording import gone_words
from workflows.actions import drafts, filters
from workflows.actions.after_closing import AFTER_CLOSING
from workflows.actions.buttons import BY_KEY, Button
from workflows.actions.companions import press
from workflows.actions.rehearsal import rehearse
from workflows.casework.access import may
from workflows.casework.errors import AnswersRefused, LookAgain, NotAllowed, NotFound, RuleBroken
from workflows.questions.case import head as head_of
from workflows.questions.case_form import CaseForm, at_stake, case_form
from workflows.questions.same_person import compare

room = Blueprint("buttons", __name__)
NAMED = ("other_case",)  # questions that a link answers beforehand
OURS = frozenset({"confirmed", "change"})  # the inputs of the page that asks once more
Inputs = dict[str, list[str]]


@room.get("/cases/<number>/do/<key>")
@permission("case.see")
def ask(number: str, key: str) -> str:
    """Ask for the form of a button."""
    button = _button(key)
    found = _form(number, button)
    seen(found.head, f"form “{button.label}”")
    named = {name: [request.args[name]] for name in NAMED if name in request.args}
    return _page(found, button, named | found.raw, {})


@room.post("/cases/<number>/do/<key>")
@permission("case.see")
@once
def do(number: str, key: str) -> Response | tuple[str, int]:
    """Press the button; a grave one asks once more, with what will happen.

    What was sent is kept as a draft first: whatever is wrong with it, and wherever its writer goes from here.
    """
    button = _button(key)
    _form(number, button)
    sent = _sent(number, button)
    _keep(number, button, sent.raw)
    found = _form(number, button)  # with the draft, and the files, that have just been kept
    if sent.pressed or "change" in request.form:
        return _page(found, button, sent.raw, sent.faults), 200
    try:
        if sent.faults:
            raise AnswersRefused(sent.faults)
        if button.grave and "confirmed" not in request.form:
            rehearse(desk(), number, key, sent.raw, checked())
            return _confirmation(found, button, sent.raw), 200
        return _pressed(found, button, sent.raw)
    except LookAgain as doubt:
        return _page(found, button, sent.raw, {}, doubt.warnings), 200
    except AnswersRefused as refused:
        return _page(found, button, sent.raw, refused.errors), 422


@room.post("/cases/<number>/do/<key>/autosave")
@permission("case.see")
def autosave(number: str, key: str) -> Response:
    """Keep what is being typed, without being asked. Says when it was kept."""
    button = _button(key)
    head_of(desk(), number)  # only whoever may see the case keeps anything about it
    saved_at = _keep(number, button, _sent(number, button).raw)
    about = _about(number, button)
    return jsonify(
        saved_at=draft_time(saved_at, saved_at), **({"note": BOTH_KEPT} if place_for(about) != about else {})
    )


@room.post("/cases/<number>/do/<key>/save")
@permission("case.see")
def save(number: str, key: str) -> Response | tuple[str, int]:
    """Keep the draft and go back to the case."""
    button = _button(key)
    head_of(desk(), number)
    sent = _sent(number, button)
    _keep(number, button, sent.raw)
    if sent.faults:
        return _page(_form(number, button), button, sent.raw, sent.faults), 422
    flash(f"Your draft of “{button.label}” is kept. Nobody else sees it.")
    return redirect(url_for("cases.one", number=number), 303)


@room.post("/cases/<number>/do/<key>/discard")
@permission("case.see")
def discard(number: str, key: str) -> Response:
    """Throw one's own draft of a button's form away."""
    drafts.discard_draft(desk(), _about(number, _button(key)))
    flash("Your draft is thrown away. Nothing was changed in the case.")
    return redirect(url_for("cases.one", number=number), 303)


@room.post("/cases/<number>/watch")
@permission("case.see")
def watch(number: str) -> Response:
    """Keep an eye on the case, or stop doing so."""
    if request.args.get("stop"):
        filters.unwatch_case(desk(), number)
        flash(f"You no longer watch {number}.")
    else:
        filters.watch_case(desk(), number)
        flash(f"You watch {number}: its open tasks stand under “Watching” in your inbox.")
    return redirect(url_for("cases.one", number=number), 303)


def _button(key: str) -> Button:
    """Return the button, if the actor may press it: each names a permission of its own."""
    button = BY_KEY.get(key)
    if button is None:
        raise NotFound("There is no such button.")
    if not may(current_actor(), button.permission):
        raise NotAllowed(f"Your role does not include “{button.label}”.")
    return button


def _form(number: str, button: Button) -> CaseForm:
    found = case_form(desk(), number, button.form, _about(number, button), closed_too=button.key in AFTER_CLOSING)
    refusal = why_not(button, found.head)
    if refusal:
        raise RuleBroken(refusal)
    return found


def _keep(number: str, button: Button, raw: Inputs) -> datetime:
    """Keep what a page sent as its writer's draft; returns when."""
    form = desk().forms.form(button.form)
    return drafts.save_draft(desk(), place_for(_about(number, button)), form.key, form.version, raw, page_sent())


def _sent(number: str, button: Button) -> Sent:
    """Read what the form of a button sent; files are kept with its draft."""
    form = desk().forms.form(button.form)
    typed = {name: values for name, values in answers().items() if name not in OURS}
    return read_sent(form, with_own_draft(place_for(_about(number, button)), form), typed)


def _pressed(found: CaseForm, button: Button, raw: Inputs) -> Response:
    """Press the button, once however often its page is sent; the draft has done its duty then."""
    number = found.head.number
    with acting() as act:
        pressed = press(desk(), number, button.key, raw, None if button.grave else checked())
        drafts.discard_draft(desk(), place_for(_about(number, button)))
        if pressed.gone_to:
            return act.done(
                url_for("inbox.show"), f"“{button.label}”: it is written down. {gone_words(pressed.gone_to)}"
            )
        return act.done(url_for("cases.one", number=number), words.afterwards(button.key, found.head))


def _about(number: str, button: Button) -> str:
    """Name the draft this page works on."""
    return of_this_window(words.draft_name(number, button))


def _page(
    found: CaseForm,
    button: Button,
    raw: Inputs,
    errors: dict[str, str],
    warnings: dict[str, str] | None = None,
) -> str:
    draft_at, now = found.draft_at, office().clock.now()
    about = _about(found.head.number, button)
    return render_template(
        "buttons/form.html",
        found=found,
        button=button,
        raw=raw,
        errors=errors,
        warnings=warnings or {},
        seen_before=checked(),
        about=about,
        others=other_windows(
            about, now, lambda window: url_for("buttons.ask", number=found.head.number, key=button.key, draft=window)
        ),
        emergency=found.emergency if button.key in words.URGENT else (),
        draft=f"Draft saved {draft_time(draft_at, now)}" if draft_at else "",
        will_happen=_will_happen(found, button) if button.grave else (),
        **frame(found.head, "cases.one"),
    )


def _confirmation(found: CaseForm, button: Button, raw: Inputs) -> str:
    return render_template(
        "buttons/confirm.html",
        about=_about(found.head.number, button),
        found=found,
        button=button,
        raw=raw,
        will_happen=_will_happen(found, button),
        compared=compare(desk(), found.head.number, raw["other_case"][0]) if button.key == "same_person" else None,
        **frame(found.head, "cases.one"),
    )


def _will_happen(found: CaseForm, button: Button) -> list[str]:
    return words.consequences(button, at_stake(desk(), found.head.number), found.head.open)
