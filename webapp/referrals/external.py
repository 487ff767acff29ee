"""Referring somebody without an account: a link, one part of the form a page, and a code to come back with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from forms import FILES
from webapp.actor import desk, office
from webapp.guard import public
from webapp.referrals import presenters
from webapp.referrals.held import DRAFTS, SENT, page_reference
from webapp.referrals.late import kept_though_closed, to_come_back
from webapp.referrals.leaving import left
from webapp.referrals.room import room
from webapp.referrals.typed import Typed, checked_words, last_begun, read, referral_form, sent_answers
from workflows.actions import referral_codes, referral_drafts
from workflows.actions.attachments import ChosenFiles
from workflows.actions.referral_status import KeptDraft, kept_draft
from workflows.actions.referrals import send_referral
from workflows.casework.errors import AnswersRefused, NotFound
from workflows.clock import LONDON
from workflows.questions import referrals as asked
from workflows.questions.referrals import Place, Verdict

SHOW = "referral_code_to_show"  # in the session: the reference of a referral just begun


@room.get("/refer")
@public
def places() -> str:
    """Show where one can refer to."""
    return render_template("referrals/places.html", places=asked.open_places(desk()))


@room.get("/refer/<key>")
@public
def start(key: str) -> str:
    """Say who the programme is for and who not, and that it is no emergency service."""
    return render_template("referrals/start.html", place=asked.place(desk(), key))


@room.post("/refer/<key>/start")
@public
def begin(key: str) -> Response:
    """Begin a referral: a reference and a code to come back with."""
    referral_codes.note_start(desk(), request.remote_addr or "")
    begun = referral_drafts.start_referral(desk(), key)
    DRAFTS.put(begun.reference, begun.code)
    session[SHOW] = begun.reference
    return redirect(url_for("referrals.code", key=key, referral=begun.reference), 303)


@room.get("/refer/<key>/code")
@public
def code(key: str) -> str | Response:
    """Show reference and code, once."""
    draft, (reference, secret) = _draft(key), DRAFTS.of_page()
    if session.pop(SHOW, "") != reference:
        return redirect(url_for("referrals.section", key=key, part=_parts()[0]))
    place = asked.place(desk(), key)
    return render_template("referrals/code.html", place=place, secret=secret, draft=draft, first=_parts()[0])


@room.get("/refer/<key>/part/<part>")
@public
def section(key: str, part: str) -> str:
    """Ask one part of the form."""
    return _asked(_place(key), part, _typed(_draft(key)), {})


@room.post("/refer/<key>/part/<part>")
@public
def save_section(key: str, part: str) -> str | Response | tuple[str, int]:
    """Keep one part; go on when it is right, and stop where the person cannot be helped here."""
    if sentence := kept_though_closed(request):
        return to_come_back(sentence)
    draft = _draft(key)
    _must_be_part(part)
    sent = sent_answers(_with_files, _typed(draft), (part,))
    _keep(sent.raw)
    place = _place(key)  # with the files that have just been kept
    if sent.pressed:
        return _asked(place, part, sent.raw, sent.faults)
    if "later" in request.form:
        return left(key, draft.reference)
    reading = read(place, sent.raw, (part,))
    errors = {**reading.errors, **sent.faults}
    if errors:
        return _asked(place, part, sent.raw, errors), 422
    if part in presenters.FIRST and not _may_go_on(_verdict(key, sent.raw)):
        return redirect(url_for("referrals.not_eligible", key=key), 303)
    if part == "urgency" and reading.warnings:
        flash(presenters.urgent_words(place), "important")
    return redirect(_after(key, part), 303)


@room.post("/refer/<key>/part/<part>/autosave")
@public
def autosave_section(key: str, part: str) -> Response:
    """Keep what is being typed, without being asked."""
    if sentence := kept_though_closed(request):
        return jsonify(saved_at=f"{office().clock.now().astimezone(LONDON):%H:%M}", note=sentence)
    draft = _draft(key)
    _must_be_part(part)
    saved_at = _keep(sent_answers(_with_files, _typed(draft), (part,)).raw)
    return jsonify(saved_at=f"{saved_at.astimezone(LONDON):%H:%M}")


@room.get("/refer/<key>/not-eligible")
@public
def not_eligible(key: str) -> str | Response:
    """Say why the person is not eligible and where to turn."""
    place, draft = asked.place(desk(), key), _draft(key)
    verdict = _verdict(key, _typed(draft))
    if _may_go_on(verdict):
        return redirect(url_for("referrals.check_all", key=key))
    why, then = presenters.why_not(verdict)
    part = "person" if verdict.reason_code == "E_UNDER_18" else "practice"
    return render_template(
        "referrals/not_eligible.html",
        place=place,
        verdict=verdict,
        why=why,
        then=then,
        part=part,
        reference=draft.reference,
    )


@room.get("/refer/<key>/check")
@public
def check_all(key: str) -> str | Response:
    """Show all answers before they are sent, and what is still missing."""
    return _check(key, {})


@room.post("/refer/<key>/send")
@public
def send_all(key: str) -> str | Response | tuple[str, int]:
    """Send the referral; sent twice is sent once."""
    if SENT.get(page_reference()) is not None:
        return redirect(url_for("referrals.sent_all", key=key, referral=page_reference()), 303)
    typed, (reference, code) = _typed(_draft(key)), DRAFTS.of_page()
    if not _may_go_on(_verdict(key, typed)):
        return redirect(url_for("referrals.not_eligible", key=key), 303)
    reading = read(_place(key), typed)
    try:
        done = send_referral(desk(), reference, code)
    except AnswersRefused as refused:
        shown = _check(key, refused.errors)
        return (shown, 422) if isinstance(shown, str) else shown
    urgent = presenters.cannot_wait(reading.answers)
    SENT.put(reference, {"as": done.reference, "again": done.again and done.reference != reference, "urgent": urgent})
    DRAFTS.drop(reference)
    return redirect(url_for("referrals.sent_all", key=key), 303)


@room.get("/refer/<key>/sent")
@public
def sent_all(key: str) -> str | Response:
    """Confirm: the reference, what happens next and by when."""
    try:
        _, sent = SENT.of_page()
    except NotFound:
        return redirect(url_for("referrals.start", key=key))
    return render_template(
        "referrals/sent_outside.html",
        place=asked.place(desk(), key),
        reference=sent["as"],
        again=sent["again"],
        by=asked.promised(desk(), sent["as"]),
        urgent=sent["urgent"],
    )


def _check(key: str, errors: Mapping[str, str]) -> str | Response:
    place, draft = _place(key), _draft(key)
    reading = read(place, _typed(draft))
    if draft.status != "draft":
        return redirect(url_for("referrals.start", key=key))
    verdict = asked.verdict(desk(), key, reading.answers)
    if not _may_go_on(verdict):
        return redirect(url_for("referrals.not_eligible", key=key))
    missing = _parts_with({**reading.errors, **errors})
    return render_template(
        "referrals/check_outside.html",
        place=place,
        reference=draft.reference,
        parts=checked_words(place, reading.answers, _parts()),
        missing=[(part.key, part.title) for part in referral_form().sections if part.key in missing],
        warnings=reading.warnings,
        verdict=verdict,
    )


def _asked(place: Place, part: str, raw: Typed, errors: dict[str, str]) -> str:
    _must_be_part(part)
    parts = _parts()
    at = parts.index(part)
    return render_template(
        "referrals/section.html",
        place=place,
        reference=DRAFTS.of_page()[0],
        form=referral_form(),
        part=part,
        title=next(each.title for each in referral_form().sections if each.key == part),
        number=at + 1,
        of=len(parts),
        before=parts[at - 1] if at else "",
        raw=raw,
        errors=errors,
        checking=request.args.get("then") == "check",
    )


def _after(key: str, part: str) -> str:
    parts = _parts()
    following = parts[parts.index(part) + 1 :]
    if not following or request.args.get("then") == "check":
        return url_for("referrals.check_all", key=key)
    return url_for("referrals.section", key=key, part=following[0])


def _parts() -> tuple[str, ...]:
    return presenters.in_order(tuple(section.key for section in referral_form().sections))


def to_go_on(draft: KeptDraft) -> str:
    """Return the page on which somebody who comes back to a draft goes on: where they left, or the check of it all."""
    parts, raw = _parts(), _typed(draft)
    at = last_begun(parts, raw)
    if at < 0 or not read(asked.place(desk(), draft.programme_key), raw, (parts[at],)).errors:
        at += 1
    if at == len(parts):
        return url_for("referrals.check_all", key=draft.programme_key, referral=draft.reference)
    return url_for("referrals.section", key=draft.programme_key, part=parts[at], referral=draft.reference)


def _parts_with(errors: Mapping[str, str]) -> set[str]:
    wrong = {name.partition(".")[0] for name in errors}
    return {part.key for part in referral_form().sections if wrong & {question.id for question in part.fields}}


def _must_be_part(part: str) -> None:
    if part not in _parts():
        raise NotFound("The form has no such part.")


def _draft(key: str) -> KeptDraft:
    """Return the draft this page is about; without one, say how to begin or come back."""
    draft = kept_draft(desk(), *DRAFTS.of_page())
    if draft.programme_key != key:
        raise NotFound("The referral that is open in this browser is to another programme.")
    return draft


def _place(key: str) -> Place:
    """Return the programme referred to, with the names of the files that this browser's draft holds."""
    place = asked.place(desk(), key)
    return replace(place, lookups={**place.lookups, FILES: _draft(key).files})


def _typed(draft: KeptDraft) -> Typed:
    return referral_form().carry_over(draft.raw, draft.form_version).raw


def _keep(raw: Typed) -> datetime:
    return referral_drafts.save_referral(desk(), *DRAFTS.of_page(), raw)


def _with_files(raw: Typed, files: ChosenFiles) -> Typed:
    return referral_drafts.keep_with_referral(desk(), *DRAFTS.of_page(), raw, files)


def _verdict(key: str, raw: Typed) -> Verdict:
    answers = read(asked.place(desk(), key), raw, ("person", "practice")).answers
    return asked.verdict(desk(), key, answers)


def _may_go_on(verdict: Verdict) -> bool:
    return verdict.outcome != "not_eligible" or verdict.held
