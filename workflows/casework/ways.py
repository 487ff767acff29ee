"""By which ways somebody is told, besides the list in the service and their calendar: by email, and by text message."""

from __future__ import annotations

import phonenumbers

from workflows.casework.errors import AnswersRefused

EMAIL, TEXT = "email", "text"
IN_THE_MORNING = "morning"  # the way of what is told as a part of the one message of the day
WEBHOOK = "webhook"  # the way to another system, which nobody chooses for themselves
WAYS = {EMAIL: "email", TEXT: "text message"}
UNITED_KINGDOM = "GB"
MADE_UP = "+447700900"  # numbers that are given to nobody, for plays and demonstrations
NO_MOBILE = "Enter a mobile number, such as 07911 123456"
_MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


def mobile_number(typed: str, made_up: bool) -> str:
    """Return a mobile number with the code of its country, +447911123456; empty where none was typed.

    made_up: whether numbers that are given to nobody are taken, as in a demonstration. Raises AnswersRefused.
    """
    if not typed.strip():
        return ""
    try:
        number = phonenumbers.parse(typed, UNITED_KINGDOM)
    except phonenumbers.NumberParseException as unread:
        raise AnswersRefused({"mobile": NO_MOBILE}) from unread
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    nobodys = written.startswith(MADE_UP) and len(written) == len("+447700900123")
    if nobodys and not made_up:
        raise AnswersRefused({"mobile": "This number is given to nobody: enter your own"})
    known = phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in _MOBILE
    if not known and not nobodys:
        raise AnswersRefused({"mobile": NO_MOBILE})
    return written


def as_dialled(number: str) -> str:
    """Return a number as people write it: 07911 123456."""
    if not number:
        return ""
    read = phonenumbers.parse(number)
    british = read.country_code == phonenumbers.country_code_for_region(UNITED_KINGDOM)
    form = phonenumbers.PhoneNumberFormat.NATIONAL if british else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(read, form)
