"""What became of cases that were to move to another release of the diagrams, for whoever reads it on a screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from webapp.cases.outline_words import PROCESSES
from workflows.actions.moving_cases import Passage


def line(passage: Passage) -> str:
    """Say what became of one case, why, and what could be chosen."""
    if passage.moves:
        names = (PROCESSES.get(key, key.removeprefix("acm_").replace("_", " ")) for key in passage.processes)
        return f"{passage.number}  {passage.verdict}: {', '.join(names)}"
    told = " ".join(filter(None, (passage.why, *map(_offered, passage.choices))))
    return f"{passage.number}  {passage.verdict}{': ' if told else ''}{told}"


def summary(passages: Sequence[Passage], tried: bool) -> str:
    """Say how many move, and what keeps the others, the most frequent reason first."""
    moving = sum(one.settled for one in passages)
    staying = [one for one in passages if not one.settled]
    head = f"{moving} of {len(passages)} {'can move' if tried else 'moved'}"
    if not staying:
        return f"{head}."
    reasons = Counter(reason for one in staying for reason in one.reasons)
    said = "; ".join(f"{reason.removesuffix('.')} ({times})" for reason, times in reasons.most_common())
    return f"{head}; {len(staying)} {'cannot' if tried else 'did not'}, because: {said}."


def _offered(choices: Sequence[str]) -> str:
    return f"[{' or '.join(f'--instead {choice}' for choice in choices)}]"
