"""A scenario: who does what when, and what must be true afterwards, read from one YAML file."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

SCENARIOS = Path(__file__).parent / "scenarios"
HEAD = {"name", "story", "programme", "starts", "worker", "person", "people", "steps", "ends"}
TIMES = ("on", "until", "after")
ACTS = (
    "refers",
    "does",
    "usual",
    "presses",
    "message",
    "leaves",
    "imports",
    "reviews",
    "sends",
    "publishes",
    "chooses",
    "registers",
)
NOBODY_IN_PARTICULAR = ("message", "usual")
STEP = {*TIMES, *ACTS, "who", "with", "case", "expects", "refused"}
EXPECTATIONS = {
    "stage", "flags", "scope", "coordinator", "priority", "risk", "open", "held_by", "waits_for", "letters", "withheld",
    "mail", "no_mail_to", "next_review", "hidden_from", "seen_by", "overdue", "decided", "cases", "message", "follows",
    "due", "document_says", "told_of", "climbed", "texted", "called", "agenda_says", "agenda_lacks",
}  # fmt: skip


class ScenarioError(ValueError):
    """The file cannot be played; the text says which part and why."""


@dataclass(frozen=True)
class Step:
    """One step: when, who, what, with which answers, and what must be true afterwards."""

    number: int
    time: tuple[str, str] | None
    act: str
    what: Any
    who: str
    answers: Mapping[str, Any]
    expects: Mapping[str, Any]
    refused: str
    case: str


@dataclass(frozen=True)
class Scenario:
    """One case from its first word to its end (or several cases of one story)."""

    key: str
    name: str
    story: str
    programme: str
    starts: str
    worker_dies: bool  # in the middle of every round; another one comes after it
    people: Mapping[str, Mapping[str, Any]]
    steps: tuple[Step, ...]
    ends: Mapping[str, Any] = field(default_factory=dict)

    @property
    def letter(self) -> str:
        """The letter under which DOMAIN.md tells the case."""
        return self.key.partition("_")[0].upper()


class _Words(yaml.BaseLoader):
    """Every value is the word that stands there; the same key twice is a mistake, not the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = sorted({key for key in keys if keys.count(key) > 1})
        if twice:
            raise ScenarioError(f"{node.start_mark}: {', '.join(twice)} stands here twice")
        return super().construct_mapping(node, deep)


def every_scenario(folder: Path = SCENARIOS) -> tuple[Path, ...]:
    """Return the files of all scenarios, in the order of their letters."""
    return tuple(sorted(folder.glob("*.yaml")))


def read(path: Path) -> Scenario:
    """Read one scenario; raises ScenarioError naming what is wrong."""
    given = yaml.load(path.read_text(encoding="utf-8"), _Words)  # noqa: S506 - a BaseLoader makes nothing but words
    _only(given, HEAD, path.name)
    people = given.get("people") or {"person": given.get("person", {})}
    return Scenario(
        key=path.stem,
        name=given["name"],
        story=" ".join(given["story"].split()),
        programme=given.get("programme", "acm"),
        starts=given["starts"],
        worker_dies=given.get("worker") == "dies in every round",
        people=people,
        steps=tuple(_step(number, row, path.name) for number, row in enumerate(given["steps"], 1)),
        ends=given.get("ends") or {},
    )


def _step(number: int, row: Mapping[str, Any], where: str) -> Step:
    place = f"{where}, step {number}"
    _only(row, STEP, place)
    _only(row.get("expects") or {}, EXPECTATIONS, f"{place}, expects")
    times = [(word, row[word]) for word in TIMES if word in row]
    acts = [word for word in ACTS if word in row]
    if len(times) > 1 or len(acts) > 1:
        raise ScenarioError(f"{place} says more than one time or act")
    act = acts[0] if acts else ""
    if act and act not in NOBODY_IN_PARTICULAR and "who" not in row:
        raise ScenarioError(f"{place} does not say who")
    return Step(
        number=number,
        time=times[0] if times else None,
        act=act,
        what=row.get(act, ""),
        who=row.get("who", ""),
        answers=row.get("with") or {},
        expects=row.get("expects") or {},
        refused=row.get("refused", ""),
        case=row.get("case", ""),
    )


def _only(given: Any, allowed: set[str], where: str) -> None:
    if not isinstance(given, Mapping):
        raise ScenarioError(f"{where} is not a list of words and values")
    strange = sorted(set(given) - allowed)
    if strange:
        raise ScenarioError(f"{where} says {', '.join(strange)}, which nobody reads")


def written(part: Mapping[str, Any]) -> str:
    """Write a part of a scenario as it stands in a file."""
    return str(yaml.safe_dump(dict(part), sort_keys=False, width=118, allow_unicode=True))


def listed(value: Any) -> list[str]:
    """Return a list of words, whether it was written as a list or as "one, two"."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [str(one) for one in value]
    return [one.strip() for one in str(value or "").split(",") if one.strip()]
