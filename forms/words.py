"""Answers that are words: free text and the identifiers people type (NHS number, postcode, phone, email)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from marshmallow import ValidationError, fields, validate
from stdnum.gb import nhs

from forms.circumstances import Circumstances
from forms.definition import Question
from forms.files import MOST_FILES
from forms.wording import subject

LONGEST_LINE = 200
LONGEST_TEXT = 5000
TEST_RANGE = "999"  # 999 000 0000 to 999 999 9999 is never issued to anybody


class Answered(fields.Field[Any]):
    """What every kind of answer knows: its question and the circumstances of the reading.

    Deserialising turns what was typed into the answer, serialising turns the answer into what would be typed.
    """

    def __init__(self, question: Question, circumstances: Circumstances) -> None:
        super().__init__()
        self.question = question
        self.circumstances = circumstances

    def wrong(self, what: str) -> ValidationError:
        """The error that says what this answer must be."""
        return ValidationError(f"{subject(self.question)} {what}")

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return str(value)


def cleaned(text: str) -> str:
    """Text as it can be kept: composed characters, plain line ends, nothing invisible, no blank ends."""
    unified = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in unified if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()


class LongText(Answered):
    """Free text of several lines."""

    longest = LONGEST_TEXT

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        text, question = self.laid_out(value), self.question
        longest = self.longest if question.max_length is None else question.max_length
        if len(text) > longest:
            raise self.wrong(f"must be {longest:,} characters or fewer, it has {len(text):,}")
        if len(text) < question.min_length:
            raise self.wrong(f"must be {question.min_length} characters or more")
        return text

    def laid_out(self, value: str) -> str:
        """The text with its lines as typed."""
        return value


class Text(LongText):
    """Free text of one line."""

    longest = LONGEST_LINE

    def laid_out(self, value: str) -> str:
        """The text as one line with single spaces."""
        return " ".join(value.split())


class Name(Text):
    """A part of somebody's name: letters of any script with their marks, and what joins them; no digits, no markup."""

    _JOINS = frozenset(" .-'’‘ʼ‐‑\N{EN DASH}")

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **kwargs)
        letters = [sign for sign in name if sign not in self._JOINS]
        if not letters or not all(unicodedata.category(sign)[0] in "LM" for sign in letters):
            raise self.wrong("must be letters, with spaces, apostrophes, hyphens and full stops only")
        return name


class NhsNumber(Answered):
    """An NHS number, kept as ten digits in text so that leading zeros stay."""

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        number = str(nhs.compact(value))
        if not re.fullmatch(r"[0-9]{10}", number):
            raise self.wrong("must have 10 digits")
        # a number of ten equal digits passes the check of its last digit, but is nobody's
        if len(set(number)) == 1 or not nhs.is_valid(number):
            raise self.wrong("is not a real NHS number; check each digit")
        return self._in_range(number)

    def _in_range(self, number: str) -> str:
        for_tests = number.startswith(TEST_RANGE)
        if self.circumstances.demonstration and not for_tests:
            raise self.wrong("must start with 999: this demonstration holds invented people only")
        if for_tests and not self.circumstances.demonstration:
            raise self.wrong("must belong to a person; numbers that start with 999 are for tests only")
        return number

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str:
        return spaced(str(value))


def spaced(number: str) -> str:
    """An NHS number as people read it, 3-3-4."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if re.fullmatch(r"[0-9]{10}", number) else number


class Postcode(Answered):
    """A UK postcode, kept in capitals with its space. ZZ99 codes stand for places without one."""

    # the second half never holds C, I, K, M, O or V, except in the ZZ99 codes such as 3VZ, no fixed abode
    _SHAPE = re.compile(r"(ZZ99)([0-9][A-Z]{2})|([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][ABD-HJLNP-UW-Z]{2})|(GIR)(0AA)")

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        found = self._SHAPE.fullmatch(re.sub(r"[\s-]", "", value).upper())
        if not found:
            raise self.wrong("must be a full UK postcode, like M13 9PL, or ZZ99 3VZ for no fixed abode")
        return " ".join(part for part in found.groups() if part)


class Phone(Answered):
    """A phone number as typed, with or without a country code or an extension."""

    _SHAPE = re.compile(r"\(?(\+|0)[0-9 ().-]{8,24}( ?(ext\.?|x) ?[0-9]{1,6})?", re.I)

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        number = " ".join(value.split())
        digits = re.sub(r"[^0-9]", "", re.split(r"ext|x", number, flags=re.I)[0])
        if not self._SHAPE.fullmatch(number) or not 10 <= len(digits) <= 15:
            raise self.wrong("must be a phone number, like 0161 496 0000 or +44 7700 900 982")
        return number


class Email(Answered):
    """An email address."""

    _is_email = validate.Email(error="")

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        try:
            return str(self._is_email(value)) if len(value) <= 254 else self._refuse()
        except ValidationError:
            return self._refuse()

    def _refuse(self) -> str:
        raise self.wrong("must be an email address, like name@example.org")


class FileId(Answered):
    """The id of a file that was stored before."""

    def _deserialize(self, value: str, attr: str | None, data: object, **kwargs: Any) -> str:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
            raise self.wrong("could not be kept; choose the file again")
        return value


class FileIds(Answered):
    """The ids of several files that were stored before."""

    def _deserialize(self, value: Sequence[str], attr: str | None, data: object, **kwargs: Any) -> list[str]:
        most = self.question.max_items or MOST_FILES
        if len(value) > most:
            raise self.wrong(f"may have up to {most} files, not {len(value)}")
        one = FileId(self.question, self.circumstances)
        return [one.deserialize(file_id) for file_id in dict.fromkeys(value)]

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> list[str]:
        return [value] if isinstance(value, str) else list(value)  # an earlier version took one file
