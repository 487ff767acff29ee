"""What can go wrong in casework, in words. None of these knows HTTP."""

from __future__ import annotations

from dataclasses import dataclass


class CaseworkError(Exception):
    """Something a person asked for cannot be done; the text says why, in their words."""


class NotAllowed(CaseworkError):
    """You do not have the role, the team or the consent for this."""


class NoRoleYet(NotAllowed):
    """You have an account, and no role today; the text says whom to ask."""


class NotShared(NotAllowed):
    """The person has not agreed that it is shared with you; the text says how far it is shared, never whose it is."""


class NotFound(CaseworkError):
    """There is no such thing, or it is not yours to see."""


class WentElsewhere(NotFound):
    """Your team had this case until a handover; the text says which team has it now, and nothing else of it."""


class OutOfDate(CaseworkError):
    """Somebody else was faster; what you saw has changed."""


class RuleBroken(CaseworkError):
    """A rule of the service stands in the way."""


class SetUpWrong(RuleBroken):
    """A diagram or the programme asks for what there is not; nobody who fills in a form can do anything about it."""


class StandsInTheWay(RuleBroken):
    """Something that followed keeps a step from being taken back; the text says what."""


class CannotBeKept(CaseworkError):
    """The machine cannot keep anything just now, for example because its disk is full. Nothing was changed."""


@dataclass(frozen=True)
class Colleagues:
    """Who has filled in the same form since somebody began it; `typed`: the form with the words of all of them."""

    names: tuple[str, ...]
    form_title: str
    typed: dict[str, list[str]] | None = None


class AnswersRefused(CaseworkError):
    """A form was not filled in correctly. `errors` maps each question's input name to its message.

    `colleagues`: what is wrong is wrong with their words and one's own together.
    """

    def __init__(self, errors: dict[str, str], colleagues: Colleagues | None = None) -> None:
        super().__init__("There is a problem with the answers.")
        self.errors = errors
        self.colleagues = colleagues


class LookAgain(CaseworkError):
    """The answers may be right, but are worth a second look. `warnings` maps input names to what is unusual.

    `colleagues`: who has filled in the same form meanwhile.
    """

    def __init__(self, warnings: dict[str, str], colleagues: Colleagues | None = None) -> None:
        super().__init__("Look again before you send this.")
        self.warnings = warnings
        self.colleagues = colleagues

    @property
    def seen(self) -> list[str]:
        """What to send with the form once its writer has looked: each warning in its words, not only its place."""
        return [seen_as(name, told) for name, told in self.warnings.items()]


def seen_as(name: str, told: str) -> str:
    """Name a warning by the input it is about and by what it says: another one at the same input is a new one."""
    return plainly(f"{name}: {told}")


def plainly(text: str) -> str:
    """Return a text with single spaces, as it is whichever way it travelled."""
    return " ".join(text.split())
