"""What a new referral brought to an open case, for its timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Detail = Mapping[str, Any]


def referred_again(detail: Detail) -> str:
    """Say who referred the person again; an entry from before this was told names only the other case."""
    return f"New information: {detail.get('who') or detail.get('from_case', '–')} referred the person again"


def taken_over(detail: Detail) -> str:
    """Say what the record took over of what was told; what is padlocked is not said."""
    what, now = str(detail.get("what", "")), detail.get("now")
    named = what if what[1:2].isupper() else what[:1].lower() + what[1:]
    return f"Taken over into the record: {named}" + (f": {now} (before: {detail.get('before')})" if now else "")


NEWS: Mapping[str, str | Callable[[Detail], str]] = {
    "another referral came in": referred_again,
    "joined an open case": "It is about somebody with an open case: it became new information in {number}",
    "urgent concern carried on in another case": "The urgent concern is carried on in {number}, the person’s open case",
    "urgent concern came along": "An urgent concern came along with the referral {number}",
    "task moved": "Came along from {from_case}: {task}",
    "document moved": "Came along from {from_case}: document {form}",
    "on a list as well": "The person stood on a list as well ({from_case})",
    "details taken over": taken_over,
    "details kept": "Not taken over, the record stays: {what}",
    "referral read by the team": "The team has read the referral",
}
