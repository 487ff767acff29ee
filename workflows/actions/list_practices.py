"""Which practice a cell of a list names: by its code, or by a name that can mean no other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from forms import Choice

# These words say what kind of place it is. People leave them out or mix them up, so they tell no practice from another.
KIND_OF_PLACE = frozenset(
    {
        "a", "and", "centre", "center", "doctors", "dr", "drs", "gp", "group", "health", "medical", "practice",
        "surgery", "the",
    }
)  # fmt: skip
MOST_PROPOSED = 3
ALIKE = 0.7  # of 1: below this two names are not worth proposing one for the other


@dataclass(frozen=True)
class Named:
    """The practice a cell names. Without a code: the ones it may mean; `several` when it fits each of them."""

    code: str = ""
    near: tuple[Choice, ...] = ()
    several: bool = False


class PracticeRegister:
    """The practices of a programme as they are today, looked up as people write them."""

    def __init__(self, practices: Sequence[Choice]) -> None:
        self._practices = tuple(practices)
        self._by_code = {"".join(_words(practice.value)): practice for practice in practices}
        self._found: dict[str, Named] = {}  # a list names the same few practices over and over

    def look_up(self, cell: str) -> Named:
        """Return the practice that a cell names, or those it may mean."""
        if cell not in self._found:
            self._found[cell] = self._look_up(_words(cell))
        return self._found[cell]

    def _look_up(self, words: list[str]) -> Named:
        whole = self._by_code.get("".join(words))
        if whole is not None:
            return Named(whole.value)
        coded = [self._by_code[word] for word in words if word in self._by_code]
        named = self._named([word for word in words if word not in self._by_code])
        sure = [practice for practice in named if not coded or practice in coded]
        if len(sure) == 1:
            return Named(sure[0].value)
        fitting = tuple(dict.fromkeys(coded + named))
        return Named(near=(fitting or self._alike(words))[:MOST_PROPOSED], several=len(fitting) > 1)

    def _named(self, words: list[str]) -> list[Choice]:
        """The practices of exactly this name; else those whose name differs only in the kind of place."""
        exactly = [practice for practice in self._practices if _words(practice.label) == words]
        own = _own(words)
        return exactly or [practice for practice in self._practices if own and _own(_words(practice.label)) == own]

    def _alike(self, words: list[str]) -> tuple[Choice, ...]:
        """The practices whose name holds all of these words, then those that are spelt much like them."""
        own = _own(words)
        spelt = {" ".join(_own(_words(practice.label))): practice for practice in self._practices}
        holding = [practice for practice in spelt.values() if own and set(own) <= set(_words(practice.label))]
        close = get_close_matches(" ".join(own), list(spelt), MOST_PROPOSED, ALIKE) if own else []
        return tuple(dict.fromkeys([*holding, *(spelt[name] for name in close)]))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub("['’]", "", text).replace("&", " and ").casefold())


def _own(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in KIND_OF_PLACE]
