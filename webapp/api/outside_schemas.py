"""The shapes of the jobs that other systems do."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from webapp.api.bounds import decisive
from webapp.api.schemas import Told, words

LONGEST_LEASE = 24 * 60 * 60  # seconds
LONGEST_WAIT = 7 * 24 * 60 * 60
TOPIC = "[a-z][a-z0-9_-]{0,59}"
NEWEST = "As it came with the job; it counts until somebody else has fetched it"


def _topics() -> fields.List[str]:
    topic = fields.String(validate=validate.Regexp(rf"\A{TOPIC}\Z"), metadata={"pattern": f"^{TOPIC}$"})
    return fields.List(topic, required=True, validate=validate.Length(1, 20))


def _lease() -> fields.Integer:
    within = validate.Range(1, LONGEST_LEASE)
    return fields.Integer(
        strict=True, load_default=60, validate=within, metadata={"description": "How long it is held"}
    )


def _fence() -> fields.Integer:
    return fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 2**31 - 1), metadata={"description": NEWEST}
    )


def _variables() -> fields.Dict:
    named = {"description": "Those that the step’s diagram names under “decides”"}
    return fields.Dict(keys=words(60, least=1), load_default=dict, validate=decisive, metadata=named)


class Fetching(Told):
    """Which jobs are wanted."""

    topics = _topics()
    worker = words(100, least=1, required=True, metadata={"description": "The worker in its own words, for the trail"})
    most = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, 50))
    lease_seconds = _lease()
    wait_seconds = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 30))


class KeptLonger(Told):
    """How much longer a job is kept."""

    fence = _fence()
    lease_seconds = _lease()


class Result(Told):
    """What a job led to."""

    fence = _fence()
    variables = _variables()


class Trouble(Told):
    """Why a job failed, without a word about a person."""

    fence = _fence()
    why = words(500, least=1, required=True)
    tries_left = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, 99),
        metadata={"description": "One less than before, unless said otherwise; 0: a person has to look"},
    )  # fmt: skip
    wait_seconds = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(0, LONGEST_WAIT),
        metadata={"description": "Doubling from a minute to four hours, unless said otherwise"},
    )  # fmt: skip


class BpmnError(Told):
    """An error that the diagram knows."""

    fence = _fence()
    code = words(100, least=1, required=True)
    variables = _variables()


class JobSchema(Schema):
    """A job in a worker’s hands."""

    id = fields.UUID(required=True)
    topic = fields.String(required=True)
    fence = fields.Integer(required=True)
    lease_until = fields.AwareDateTime(required=True)
    case_number = fields.String(required=True)
    process = fields.String(required=True)
    step = fields.String(required=True)
    name = fields.String(required=True)
    variables = fields.Dict(required=True, metadata={"description": "Those the diagram names under “reads”"})
    may_decide = fields.List(fields.String(), required=True)
    failures = fields.Integer(required=True)
    tries_left = fields.Integer(required=True)


class FetchedSchema(Schema):
    """The jobs that were fetched; none when there was none."""

    items = fields.List(fields.Nested(JobSchema), required=True)


class AnsweredSchema(Schema):
    """What became of a job."""

    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(("open", "failed", "done", "cancelled")))
    case_number = fields.String(required=True)
    again = fields.Boolean(required=True)
    free_at = fields.AwareDateTime(required=True, allow_none=True)
