"""How a form is written down: JSON in, a Definition out, and a sentence for everything that does not fit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from forms.conditions import Condition, ConditionError
from forms.definition import Choice, Definition, DefinitionError, Question, Rule, Section
from forms.instruments import Instrument, instrument
from forms.kinds import KINDS

_WORD = validate.Regexp(re.compile(r"[a-z][a-z0-9_]{0,59}\Z"), error="must be small letters, digits and underscores")
_SAID = validate.Length(min=1, error="must not be empty")
_UNKNOWN = {"unknown": "is not something a definition may say here"}


_MUST_BE: dict[str, Any] = {"required": "is missing", "null": "must not be null"}


class _ConditionField(fields.Field[Condition]):
    """A condition, checked as far as it can be without the other questions."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: Any) -> Condition:
        if not isinstance(value, str):
            raise ValidationError("must be a condition in quotes")
        try:
            return Condition.parse(value)
        except ConditionError as error:
            raise ValidationError(f"cannot be used as a condition: {error}") from error


def _text(**extra: Any) -> fields.String:
    return fields.String(error_messages=_MUST_BE | {"invalid": "must be words in quotes"}, **extra)


def _whole(**extra: Any) -> fields.Integer:
    return fields.Integer(strict=True, error_messages=_MUST_BE | {"invalid": "must be a whole number"}, **extra)


class _Number(fields.Field[float]):
    """A number written as one, not as words."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("must be a number")
        return value


def _flag() -> fields.Boolean:
    return fields.Boolean(
        truthy={True},
        falsy={False},
        error_messages=_MUST_BE | {"invalid": "must be true or false"},
    )


class _ChoiceNotation(Schema):
    error_messages = _UNKNOWN
    value = _text(required=True, validate=_SAID)
    label = _text(required=True, validate=_SAID)
    hint = _text()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Choice:
        return Choice(**data)


class _QuestionNotation(Schema):
    error_messages = _UNKNOWN
    id = _text(required=True, validate=_WORD)
    label = _text(required=True, validate=_SAID)
    kind = _text(required=True, validate=validate.OneOf(list(KINDS), error="{input} is not a kind of question"))
    hint = _text()
    required = _flag()
    required_when = _ConditionField()
    required_message = _text()
    show_when = _ConditionField()
    sensitive = _flag()
    warn_when = _ConditionField()
    warning = _text()
    choices = fields.List(fields.Nested(_ChoiceNotation))
    lookup = _text()
    min = _Number(error_messages=_MUST_BE)
    max = _Number(error_messages=_MUST_BE)
    min_length = _whole()
    max_length = _whole()
    unit = _text()
    decimals = _whole(validate=validate.Range(0, 6, error="must be from 0 to 6"))
    fields_ = fields.List(
        fields.Nested(lambda: _QuestionNotation()),  # noqa: PLW0108 (the class does not exist yet at this line)
        data_key="fields",
        attribute="fields",
    )
    min_items = _whole()
    max_items = _whole()
    item_label = _text()
    past = _flag()
    future = _flag()
    not_before = _text()
    instrument = _text()
    computed = _ConditionField()
    columns = _whole()

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Question:
        if "choices" in data:
            data["choices"] = tuple(data["choices"])
        nested = tuple(data.pop("fields", ()))
        if data["kind"] == "instrument":
            nested = _items(instrument(data.get("instrument", "")))
        return Question(**data, fields=nested)


def _items(found: Instrument | None) -> tuple[Question, ...]:
    """The items of an instrument as questions, so that they are asked and read like any other."""
    return found.questions if found else ()


def _behind(gate: Condition | None, question: Question) -> Question:
    """The question shown only where its section is."""
    if gate is None:
        return question
    own = question.show_when
    return replace(question, show_when=gate if own is None else gate.and_also(own))


class _SectionNotation(Schema):
    error_messages = _UNKNOWN
    key = _text(required=True, validate=_WORD)
    title = _text(required=True, validate=_SAID)
    about = _text()
    show_when = _ConditionField()
    filled_in_by = fields.List(_text(validate=_WORD))
    fields_ = fields.List(
        fields.Nested(_QuestionNotation),
        required=True,
        data_key="fields",
        attribute="fields",
        error_messages=_MUST_BE,
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Section:
        gate = data.get("show_when")
        asked, signed = data.pop("fields"), tuple(data.pop("filled_in_by", ()))
        return Section(**data, filled_in_by=signed, fields=tuple(_behind(gate, question) for question in asked))


class _RuleNotation(Schema):
    error_messages = _UNKNOWN
    when = _ConditionField(required=True, error_messages=_MUST_BE)
    field = _text(required=True, validate=_SAID)
    message = _text(required=True, validate=_SAID)

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Rule:
        return Rule(**data)


class _FormNotation(Schema):
    error_messages = _UNKNOWN
    key = _text(
        required=True,
        validate=validate.Regexp(re.compile(r"[A-Z][A-Za-z0-9]{1,11}\Z"), error="must be a short key such as F01"),
    )
    title = _text(required=True, validate=_SAID)
    version = _whole(required=True, validate=validate.Range(min=1, error="must be 1 or more"))
    about = _text()
    sections = fields.List(fields.Nested(_SectionNotation), required=True, error_messages=_MUST_BE)
    rules = fields.List(fields.Nested(_RuleNotation))

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> Definition:
        data["sections"] = tuple(data["sections"])
        data["rules"] = tuple(data.get("rules", ()))
        return Definition(**data)


def read_definition(written: object, source: str) -> Definition:
    """The form written in this JSON; raises DefinitionError. `source` opens each sentence, usually the file name."""
    if not isinstance(written, Mapping):
        raise DefinitionError([f"{source}: a form is written as one JSON object."])
    try:
        definition: Definition = _FormNotation().load(written)
    except ValidationError as error:
        places = _flattened(error.messages, written, ())
        raise DefinitionError([f"{source}: {_sentence(where, what)}" for where, what in places]) from error
    return definition


def _flattened(messages: object, written: object, where: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each fault with its place, lists counted from the names people gave rather than from 0."""
    if isinstance(messages, Mapping):
        for step, inner in messages.items():
            part = _part(written, step)
            yield from _flattened(inner, part, (*where, *_named(step, part)))
    elif isinstance(messages, list):
        for message in messages:
            yield where, str(message)


def _part(written: object, step: object) -> object:
    if isinstance(written, Mapping):
        return written.get(step)
    return written[step] if isinstance(written, list) and isinstance(step, int) else None


def _named(step: object, part: object) -> tuple[str, ...]:
    if step in ("sections", "fields", "choices", "rules", "_schema"):
        return ()
    if isinstance(step, int):
        named = (
            [str(part[key]) for key in ("key", "id", "value", "field") if key in part]
            if isinstance(part, Mapping)
            else []
        )
        return (named[0] if named else f"number {step + 1}",)
    return (f"“{step}”",)


def _sentence(where: tuple[str, ...], what: str) -> str:
    return f"{', '.join(where) or 'the form'} {what.removesuffix('.')}."
