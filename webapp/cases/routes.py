"""The pages of a case. Each view of a record is written into its trail before the page goes out."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from uuid import UUID

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from webapp.actor import current_actor, desk, office
from webapp.cases import looked, outline_words, presenters
from webapp.cases import timeline as timeline_page
from webapp.cases.frame import frame, seen
from webapp.cases.room import room
from webapp.guard import permission
from webapp.inbox.presenters import draft_time
from webapp.once import acting, once
from webapp.sent_forms import Sent, checked, read_sent, with_own_draft
from webapp.tasks.presenters import joined_line
from webapp.windows import BOTH_KEPT, of_this_window, other_windows, page_sent, place_for, window_of
from workflows.actions import drafts
from workflows.actions.amending import amend_document
from workflows.actions.buttons import buttons_for
from workflows.casework.errors import AnswersRefused, Colleagues, LookAgain
from workflows.questions import case as cases
from workflows.questions import documents as papers
from workflows.questions import inbox
from workflows.questions import process as processes
from workflows.questions.decided import said_plainly
from workflows.questions.involved import people_page
from workflows.questions.plans import plan_page
from workflows.questions.timeline import timeline as timeline_of

__all__ = ["looked", "room"]
FIRST_BUTTONS = 5  # the others stand under "More"


@room.get("/cases/<number>")
@permission("case.see")
def one(number: str) -> str:
    """Show who this is, where the case is, and who does what next."""
    page = cases.case_page(desk(), number)
    seen(page.head, "case")
    sentences = presenters.waiting(page, office().clock.now())
    buttons = presenters.offered(
        buttons_for(current_actor(), page.head.open), page.head, {one.message for one in page.awaited}
    )
    return render_template(
        "cases/one.html",
        page=page,
        sentences=sentences,
        first=presenters.in_one_sentence(sentences),
        buttons=buttons[:FIRST_BUTTONS],
        more=buttons[FIRST_BUTTONS:],
        may_ask=any(button.key == "consent" for button in buttons),
        watched=inbox.watches(desk(), page.head.id),
        said_plainly=said_plainly,
        words=presenters,
        **frame(page.head),
    )


@room.get("/cases/<number>/timeline")
@permission("case.see")
def timeline(number: str) -> str:
    """Show what happened, newest first."""
    found = timeline_of(desk(), number, request.args.get("kind", ""), request.args.get("after", ""))
    seen(found.head, "timeline")
    days = timeline_page.days(found.entries)
    return render_template(
        "cases/timeline.html", found=found, days=days, kinds=timeline_page.KIND_NAMES, **frame(found.head)
    )


@room.get("/cases/<number>/documents")
@permission("case.see")
def documents(number: str) -> str:
    """List the documents by form."""
    found = papers.documents(desk(), number)
    seen(found.head, "documents")
    return render_template("cases/documents.html", found=found, **frame(found.head))


@room.get("/cases/<number>/documents/<uuid:document_id>")
@permission("case.see")
def document(number: str, document_id: UUID) -> str:
    """Show one document in the version of its time."""
    page = papers.document(desk(), number, document_id)
    seen(page.head, f"document {page.paper.title}, number {page.paper.number}")
    return render_template("cases/document.html", page=page, **frame(page.head, "cases.documents"))


@room.get("/cases/<number>/documents/<uuid:document_id>/amend")
@permission("document.amend")
def amend(number: str, document_id: UUID) -> str:
    """Ask for the correction and its reason."""
    found = papers.amending(desk(), number, document_id)
    seen(found.head, f"document {found.paper.title}, number {found.paper.number}, to correct it")
    kept = drafts.draft_for(desk(), _about(document_id))
    raw = dict(found.form.carry_over(kept.raw, kept.form_version).raw) if kept else found.raw
    return _amend_page(found, document_id, raw, {})


@room.post("/cases/<number>/documents/<uuid:document_id>/amend")
@permission("document.amend")
@once
def save_amendment(number: str, document_id: UUID) -> AnyResponse | tuple[str, int]:
    """File the corrected document beside the one before."""
    sent = _sent(papers.amending(desk(), number, document_id), document_id)
    found = papers.amending(desk(), number, document_id)  # with the files that have just been kept
    typed, errors = {**sent.raw}, {**sent.faults}
    why = (typed.pop("why", [""]) or [""])[0].strip()
    if sent.pressed:
        return _amend_page(found, document_id, sent.raw, sent.faults), 200
    if not why:
        errors["why"] = "Enter why the document is corrected"
    try:
        if errors:
            raise AnswersRefused(errors)
        return _amended(found, document_id, typed, why)
    except (AnswersRefused, LookAgain) as refused:
        _keep(found, document_id, sent)
        return _refused(found, document_id, sent, refused)


@room.post("/cases/<number>/documents/<uuid:document_id>/amend/autosave")
@permission("document.amend")
def autosave_amendment(number: str, document_id: UUID) -> AnyResponse:
    """Keep what is being typed, without being asked. Says when it was kept."""
    found = papers.amending(desk(), number, document_id)
    sent = _sent(found, document_id)
    apart = place_for(_about(document_id)) != _about(document_id)
    saved_at = _keep(found, document_id, sent)
    return jsonify(saved_at=draft_time(saved_at, saved_at), note=BOTH_KEPT if apart else "")


@room.post("/cases/<number>/documents/<uuid:document_id>/amend/discard")
@permission("document.amend")
def discard_amendment(number: str, document_id: UUID) -> AnyResponse:
    """Throw one's own draft of a correction away."""
    drafts.discard_draft(desk(), _about(document_id))
    flash("Your draft is thrown away. The document stays as it is.")
    return redirect(url_for("cases.document", number=number, document_id=document_id), 303)


@room.get("/cases/<number>/plan")
@permission("case.see")
def plan(number: str) -> str:
    """Show the care plan, its goals and its versions."""
    version, against = request.args.get("version", type=int), request.args.get("against", type=int)
    page = plan_page(desk(), number, version, against)
    seen(page.head, "plan and goals")
    return render_template("cases/plan.html", page=page, against=against, **frame(page.head))


@room.get("/cases/<number>/people")
@permission("case.see")
def people(number: str) -> str:
    """Show who is around the case."""
    page = people_page(desk(), number)
    seen(page.head, "people")
    return render_template("cases/people.html", page=page, words=presenters, **frame(page.head))


@room.get("/cases/<number>/process")
@permission("case.see")
def process(number: str) -> str:
    """Show the diagrams with the case on them, drawn and in words."""
    run = request.args.get("run", type=UUID)
    part = request.args.get("part", "")
    page = processes.process_page(desk(), number, run, part)
    seen(page.head, "process")
    standing = outline_words.standing(page.told) if page.told else []
    return render_template(
        "cases/process.html",
        page=page,
        standing=standing,
        asked_for=bool(part),
        words=outline_words,
        **frame(page.head),
    )


@room.get("/cases/<number>/process/<uuid:run_id>.bpmn")
@permission("case.see")
def diagram(number: str, run_id: UUID) -> Response:
    """Hand out the drawing of a process, as it was published in the release the case runs on."""
    drawing = processes.diagram_xml(desk(), number, run_id, request.args.get("part", ""))
    return Response(outline_words.with_roles_named(*drawing), mimetype="application/xml")


def _about(document_id: UUID) -> str:
    """Name the draft of a correction that this page works on."""
    return of_this_window(f"document:{document_id}")


def _sent(found: papers.Amending, document_id: UUID) -> Sent:
    return read_sent(found.form, with_own_draft(place_for(_about(document_id)), found.form))


def _keep(found: papers.Amending, document_id: UUID, sent: Sent) -> datetime:
    place, form = place_for(_about(document_id)), found.form
    return drafts.save_draft(desk(), place, form.key, form.version, sent.raw, page_sent())


def _amended(found: papers.Amending, document_id: UUID, typed: dict[str, list[str]], why: str) -> AnyResponse:
    with acting() as act:
        done = amend_document(desk(), document_id, typed, why, checked())
        drafts.discard_draft(desk(), place_for(_about(document_id)))
        together = f" {joined_line(done.colleagues)}" if done.colleagues else ""
        return act.done(
            url_for("cases.document", number=found.head.number, document_id=done.document_id),
            f"The document is corrected.{together} "
            "The one before it stays in the record, and says that a newer one stands.",
        )


def _refused(
    found: papers.Amending, document_id: UUID, sent: Sent, refused: AnswersRefused | LookAgain
) -> tuple[str, int]:
    """The form again, with what is wrong or unusual, and with the words of whoever corrected the document meanwhile."""
    colleagues = refused.colleagues
    raw = {**sent.raw, **((colleagues.typed if colleagues else None) or {})}
    if isinstance(refused, LookAgain):
        return _amend_page(found, document_id, raw, {}, refused.warnings, colleagues), 200
    return _amend_page(found, document_id, raw, refused.errors, colleagues=colleagues), 422


def _amend_page(
    found: papers.Amending,
    document_id: UUID,
    raw: dict[str, list[str]],
    errors: dict[str, str],
    warnings: dict[str, str] | None = None,
    colleagues: Colleagues | None = None,
) -> str:
    about, now = place_for(_about(document_id)), office().clock.now()
    kept = drafts.draft_for(desk(), about)
    address = partial(url_for, "cases.amend", number=found.head.number, document_id=document_id)
    return render_template(
        "cases/amend.html",
        found=found,
        asked=document_id,
        raw=raw,
        errors=errors,
        warnings=warnings or {},
        joined=joined_line(colleagues) if colleagues else "",
        why=(raw.get("why") or [""])[0],
        about=about,
        window=window_of(about),
        others=other_windows(about, now, lambda window: address(draft=window)),
        draft=f"Draft saved {draft_time(kept.saved_at, now)}" if kept else "",
        **frame(found.head, "cases.documents"),
    )
