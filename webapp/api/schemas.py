"""The shapes of what comes in and goes out. Unknown names are refused, so that a typing slip is noticed."""

from __future__ import annotations

from datetime import UTC, datetime

from marshmallow import RAISE, Schema, fields, validate

from webapp.api.bounds import decisive, keepable, plain
from workflows.casework.case import STAGES
from workflows.casework.message import MESSAGE_TYPES

MOST = 200  # of anything on one page
EARLIEST, LATEST = datetime(1900, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Told(Schema):
    """What another system tells us."""

    class Meta:
        unknown = RAISE


def words(most: int, *, least: int = 0, **given: object) -> fields.String:
    """A text of one line."""
    return fields.String(validate=[validate.Length(least, most), plain], **given)  # type: ignore[arg-type] # marshmallow's own names


class ProblemSchema(Schema):
    """A problem (RFC 9457)."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "Messages by field"})
    request_id = fields.String()


class NewReferral(Told):
    """A referral: the programme, and the answers to form F01 by question."""

    programme = words(40, least=1, required=True, metadata={"example": "acm"})
    answers = fields.Dict(keys=fields.String(), required=True)


class ReferralMade(Schema):
    """What became of a referral."""

    reference = fields.String(required=True)
    case_number = fields.String(required=True)
    again = fields.Boolean(required=True, metadata={"description": "The same referral had come before today"})


class ReferralStatus(Schema):
    """How far a referral is."""

    reference = fields.String(required=True)
    programme = fields.String(required=True)
    case_number = fields.String(
        required=True,
        metadata={"description": "Empty where what became of it is not yours to see; nothing else is told then"},
    )
    stage = fields.String(
        required=True,
        metadata={"description": "No further than “triage” where the person’s sharing does not reach whoever referred"},
    )
    sent_at = fields.AwareDateTime(required=True)
    triage_by = fields.AwareDateTime(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closure_reason = fields.String(required=True)


class PageQuery(Schema):
    """Where a page begins and how long it is."""

    after = fields.UUID(load_default=None, metadata={"description": "As the link `next` gives it"})
    limit = fields.Integer(load_default=50, strict=False, validate=validate.Range(1, MOST))


class CaseQuery(PageQuery):
    """Which cases are wanted."""

    programme = words(40, load_default="")
    team = words(40, load_default="")
    stage = fields.String(load_default="", validate=validate.OneOf(STAGES))
    open = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class CaseLineSchema(Schema):
    """A case in a list."""

    number = fields.String(required=True)
    programme = fields.String(required=True)
    team = fields.String(required=True, allow_none=True)
    stage = fields.String(required=True)
    priority = fields.String(required=True)
    risk_level = fields.String(required=True)
    flags = fields.List(fields.String(), required=True)
    coordinator = fields.String(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    next_review_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    closure_reason = fields.String(required=True, allow_none=True)


class TaskQuery(PageQuery):
    """Which open tasks are wanted."""

    view = fields.String(load_default="all", validate=validate.OneOf(("all", "mine", "pool")))
    team = words(40, load_default="")
    case_number = words(20, load_default="")
    overdue = fields.Boolean(load_default=False, truthy={"true"}, falsy={"false"})


class TaskSchema(Schema):
    """A task."""

    id = fields.UUID(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)
    why = fields.String(required=True)
    form = fields.String(required=True, metadata={"description": "The form that completes it; see /forms/{key}"})
    sections = fields.List(fields.String(), required=True, allow_none=True)
    case_number = fields.String(required=True)
    role = fields.String(required=True)
    team = fields.String(required=True, allow_none=True)
    assignee = fields.String(required=True, allow_none=True)
    mine = fields.Boolean(required=True)
    escalation = fields.String(required=True, validate=validate.OneOf(("S", "A", "B", "C")))
    opened_at = fields.AwareDateTime(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)
    paused = fields.Boolean(required=True)
    status = fields.String(required=True)


class PersonSchema(Schema):
    """Whom a case is about."""

    nhs_number = fields.String(required=True, allow_none=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    dob = fields.Date(required=True, allow_none=True)
    gp_practice = fields.String(required=True)
    deceased_on = fields.Date(required=True, allow_none=True)


class CaseSchema(CaseLineSchema):
    """A case with its person and its open tasks."""

    person = fields.Nested(PersonSchema, required=True)
    tasks = fields.List(fields.Nested(TaskSchema), required=True)


class NewCase(Told):
    """A case on a named diagram: whom it is about, in the words of form F01, and what the diagram is told."""

    programme = words(40, least=1, required=True, metadata={"example": "acm"})
    process = words(100, least=1, required=True, metadata={"description": "The process of a published diagram"})
    team = words(40, load_default="", metadata={"description": "Whose case it is; nobody’s yet without one"})
    person = fields.Dict(keys=fields.String(), required=True)
    variables = fields.Dict(keys=words(60, least=1), load_default=dict, validate=decisive)


class CasePageSchema(Schema):
    """A page of cases."""

    items = fields.List(fields.Nested(CaseLineSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "The address of the next page"})


class TaskPageSchema(Schema):
    """A page of tasks."""

    items = fields.List(fields.Nested(TaskSchema), required=True)
    next = fields.String(required=True, allow_none=True, metadata={"description": "The address of the next page"})


class Completion(Told):
    """The answers that complete a task, by question of its form."""

    answers = fields.Dict(keys=fields.String(), required=True)


class TaskDoneSchema(Schema):
    """What became of a task."""

    case_number = fields.String(required=True)
    task_name = fields.String(required=True)
    again = fields.Boolean(required=True)
    next_task_id = fields.UUID(required=True, allow_none=True)
    next_task_name = fields.String(required=True, allow_none=True)
    held_up = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What should follow by itself and failed: it is tried again"},
    )


class EnvelopeSchema(Told):
    """A message about a person."""

    message_id = words(200, least=1, required=True)
    type = fields.String(required=True, validate=validate.OneOf(MESSAGE_TYPES))
    nhs_number = words(20, load_default="")
    dob = fields.Date(load_default=None, allow_none=True)
    occurred_at = fields.AwareDateTime(
        required=True,
        format="iso",
        validate=validate.Range(EARLIEST, LATEST),
        metadata={"example": "2026-11-16T08:30:00Z"},
    )
    source = words(100, least=1, required=True)
    payload = fields.Dict(keys=fields.String(), load_default=dict, validate=keepable)


class ReceivedSchema(Schema):
    """What became of a message: delivered to a case, or parked for somebody to look at. Neither is an error."""

    message_id = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("delivered", "parked", "settled")))
    case_number = fields.String(required=True, allow_none=True)
    parked_why = fields.String(required=True, allow_none=True)
    again = fields.Boolean(required=True)


class HealthSchema(Schema):
    """How the service is."""

    status = fields.String(required=True, validate=validate.OneOf(("ok", "degraded")))
    version = fields.String(required=True)


class ChoiceSchema(Schema):
    """One answer to pick."""

    value = fields.String(required=True)
    label = fields.String(required=True)


class QuestionSchema(Schema):
    """One question of a form."""

    id = fields.String(required=True)
    label = fields.String(required=True)
    kind = fields.String(required=True)
    hint = fields.String(required=True)
    required = fields.Boolean(required=True)
    conditional = fields.Boolean(required=True, metadata={"description": "Asked only under a condition"})
    choices = fields.List(fields.Nested(ChoiceSchema), required=True)
    lookup = fields.String(required=True)
    fields_ = fields.List(fields.Nested("QuestionSchema"), required=True, data_key="fields", attribute="fields")


class SectionSchema(Schema):
    """One section of a form."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    questions = fields.List(fields.Nested(QuestionSchema), required=True)


class FormSchema(Schema):
    """A form: what may be answered."""

    key = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    sections = fields.List(fields.Nested(SectionSchema), required=True)
