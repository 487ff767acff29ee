"""Comparing: what a step's `expects` says, against what is so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.walk import looking, moments
from tests.walk.hands import Hands
from tests.walk.looking import Mail, Seen, Told
from tests.walk.people import Staff
from tests.walk.scenario import listed
from workflows.casework.ways import TEXT, WEBHOOK


@dataclass(frozen=True)
class Comparison:
    """What a step's `expects` says, against what is so."""

    hands: Hands
    staff: Staff
    numbers: Mapping[str, str]
    before: Seen | None
    after: Seen | None
    mail: list[Mail]
    told: list[Told]

    def differences(self, expects: Mapping[str, Any]) -> list[str]:
        """Return every difference, in words."""
        found: list[str] = []
        for name, wanted in expects.items():
            found.extend(getattr(self, f"_{name}", self._plain(name))(wanted))
        return found

    def _plain(self, name: str) -> Callable[[Any], list[str]]:
        return lambda wanted: _same(name, getattr(self._now, name), wanted)

    @property
    def _now(self) -> Seen:
        if self.after is None:
            raise LookupError("there is no case yet")
        return self.after

    def _flags(self, wanted: Any) -> list[str]:
        return _same("flags", sorted(self._now.flags), sorted(listed(wanted)))

    def _open(self, wanted: Any) -> list[str]:
        return _same("open", sorted(task.key for task in self._now.tasks), sorted(listed(wanted)))

    def _overdue(self, wanted: Any) -> list[str]:
        return _same("overdue", sorted(task.key for task in self._now.tasks if task.overdue), sorted(listed(wanted)))

    def _held_by(self, wanted: Mapping[str, str]) -> list[str]:
        held = {task.key: task.holder or task.role for task in self._now.tasks}
        return [
            one
            for key, who in wanted.items()
            for one in _same(f"holder of {key}", held.get(key, "nobody: not asked"), who)
        ]

    def _waits_for(self, wanted: Any) -> list[str]:
        return [f"nothing waits at {key}" for key in listed(wanted) if key not in self._now.waits_for]

    def _letters(self, wanted: Any) -> list[str]:
        new = self._now.letters - (self.before.letters if self.before else Counter())
        return _same("letters", sorted(new.elements()), sorted(listed(wanted)))

    def _withheld(self, wanted: Any) -> list[str]:
        new = self._now.withheld - (self.before.withheld if self.before else Counter())
        return _same("letters withheld", sorted(new.elements()), sorted(listed(wanted)))

    def _mail(self, wanted: Any) -> list[str]:
        came = [f"{one.kind} to {one.to}" for one in self.mail]
        if wanted == "none":
            return _same("mail", came, [])
        return [f"no mail “{one}”, but {came or 'none'}" for one in listed(wanted) if one not in came]

    def _no_mail_to(self, wanted: Any) -> list[str]:
        names = [self.staff.find(who).name for who in listed(wanted)]
        return [f"mail “{one.kind}” went to {one.to}" for one in self.mail if one.to in names]

    def _told_of(self, wanted: Mapping[str, Any]) -> list[str]:
        """Who was told of a task since the step before, and when: nobody else, and nobody twice."""
        found: list[str] = []
        for task, said in wanted.items():
            told = [f"{moments.said(one.at)} {one.to}" for one in self.mail if task in one.words]
            found.extend(_same(f"told of “{task}”", told, listed(said)))
        return found

    def _texted(self, wanted: Any) -> list[str]:
        """Who got which text since the step before, and when: nobody else, and nobody twice."""
        texts = [f"{moments.said(one.at)} {one.words}" for one in self.told if one.channel == TEXT]
        return _same("texts", texts, listed(wanted))

    def _called(self, wanted: Any) -> list[str]:
        """Of which rungs another system was told since the step before, and when: of each once."""
        calls = [f"{moments.said(one.at)} {one.rung}" for one in self.told if one.channel == WEBHOOK]
        return _same("calls", calls, listed(wanted))

    def _climbed(self, wanted: Mapping[str, Any]) -> list[str]:
        """To which rungs an open task has come, and when each should have: the worker may have come to it later."""
        found: list[str] = []
        for task, said in wanted.items():
            rungs = [
                f"{moments.said(at)} {slot}" for slot, at in looking.climbed(self.hands.office, self._now.number, task)
            ]
            found.extend(_same(f"“{task}” climbed", rungs, listed(said)))
        return found

    def _next_review(self, wanted: str) -> list[str]:
        told = moments.said(self._now.next_review) if self._now.next_review else "none"
        return _same("next review", told, wanted)

    def _hidden_from(self, wanted: Any) -> list[str]:
        return [f"{who} can see the case" for who in listed(wanted) if self._sees(who)]

    def _seen_by(self, wanted: Any) -> list[str]:
        return [f"{who} cannot see the case" for who in listed(wanted) if not self._sees(who)]

    def _sees(self, who: str) -> bool:
        number = self._now.number
        return self.hands.sees(self.staff.find(who, number), number)

    def _document_says(self, wanted: Mapping[str, Any]) -> list[str]:
        reader = self.staff.find(self._now.coordinator)
        found = {form: self.hands.read(reader, self._now.number, form) for form in wanted}
        return [
            f"{form} does not say “{words}”"
            for form, sentences in wanted.items()
            for words in listed(sentences)
            if words not in found[form]
        ]

    def _agenda_says(self, wanted: Mapping[str, Any]) -> list[str]:
        """What somebody reads on the agenda of their team's next meeting."""
        return [
            f"the agenda of {who} does not say “{words}”"
            for who, sentences in wanted.items()
            for words in listed(sentences)
            if words not in self.hands.agenda(self.staff.find(who, self._now.number))
        ]

    def _agenda_lacks(self, wanted: Mapping[str, str]) -> list[str]:
        return [
            f"the agenda of {who} says “{words}”"
            for who, words in wanted.items()
            if words in self.hands.agenda(self.staff.find(who, self._now.number))
        ]

    def _decided(self, wanted: Mapping[str, str]) -> list[str]:
        return [
            one
            for table, code in wanted.items()
            for one in _same(table, self._now.decided.get(table, "not asked"), code)
        ]

    def _message(self, _: Any) -> list[str]:
        return []

    def _cases(self, wanted: Mapping[str, str]) -> list[str]:
        found = {stage: str(number) for stage, number in looking.stages(self.hands.office).items()}
        return _same("cases", dict(sorted(found.items())), dict(sorted(wanted.items())))

    def _follows(self, wanted: str) -> list[str]:
        return _same("episode before", self._now.follows, self.numbers.get(wanted, wanted))

    def _due(self, wanted: Mapping[str, str]) -> list[str]:
        due = {task.key: moments.said(task.due_at) if task.due_at else "never" for task in self._now.tasks}
        return [one for key, when in wanted.items() for one in _same(f"due: {key}", due.get(key, "not asked"), when)]


def _same(name: str, found: Any, wanted: Any) -> list[str]:
    return [] if found == wanted else [f"{name}: {found or 'none'}, not {wanted or 'none'}"]
