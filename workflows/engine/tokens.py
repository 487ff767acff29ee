"""The words and signs an expression or a cell is made of. What is not listed here cannot be written at all."""

from __future__ import annotations

import math
import re
from typing import Final, NamedTuple

from workflows.engine.refusals import ExpressionRefused

LONGEST: Final = 2_000
SPACE: Final = " \t\r\n"
MOST_PARTS: Final = 250
_LONGEST_NUMBER: Final = 77  # digits of the largest number there is

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    | (?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<sign>\*\*|//|<=|>=|==|!=|\.\.|[-+*/%<>()\[\],.@])""",
    re.VERBOSE | re.DOTALL,
)
_NEVER: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED: Final = {"\\": "\\", '"': '"', "'": "'", "n": "\n", "t": "\t"}
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_HINTS: Final = {
    "=": "compare with ==",
    "“": 'write quotation marks as "',
    "”": 'write quotation marks as "',
    "„": 'write quotation marks as "',
    "‘": "write quotation marks as '",
    "’": "write quotation marks as '",
    "–": "write a dash as -",
    "—": "write a dash as -",
    "−": "write minus as -",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "&": "write and",
    "|": "write or",
    "!": "write not",
    "{": "there are lists [ ] only",
    '"': "a quotation mark is missing",
    "'": "a quotation mark is missing",
}


class Token(NamedTuple):
    """One word or sign: its kind (name, number, text, sign or end), how it is written, and what it stands for."""

    kind: str
    written: str
    value: str | int | float


END: Final = Token("end", "", "")


def shown(text: str) -> str:
    """The beginning of a text, fit to be printed anywhere."""
    short = text if len(text) <= 80 else text[:77] + "..."
    return "".join(letter if letter.isprintable() else "�" if letter > " " else " " for letter in short)


def tokens_of(text: str) -> list[Token]:
    """The words and signs of a text, the end last; raises ExpressionRefused for what cannot be written."""
    if _NEVER.search(text):
        raise ExpressionRefused("It holds a character that cannot be seen or printed.")
    found: list[Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise ExpressionRefused(_misplaced(text[place]))
        if match.lastgroup != "space":
            found.append(_token(match.lastgroup or "", match.group()))
            _refuse_glued(found[-1], text[match.end() : match.end() + 1])
        place = match.end()
    return [*found, END]


def _token(kind: str, written: str) -> Token:
    if kind == "text":
        return Token(kind, written, _ESCAPE.sub(_unescaped, written[1:-1]))
    if kind == "number":
        return Token(kind, written, _number(written))
    return Token(kind, written, written)


def _unescaped(match: re.Match[str]) -> str:
    letter = match.group(1)
    if letter not in _ESCAPED:
        raise ExpressionRefused("A backslash stands before a quotation mark, another backslash, n or t only.")
    return _ESCAPED[letter]


def _number(written: str) -> int | float:
    if len(written) > _LONGEST_NUMBER:
        raise ExpressionRefused("A number is too long.")
    if not written.isdigit():
        return _decimal(written)
    if written[0] == "0" and len(written) > 1:
        raise ExpressionRefused(f"'{written}' begins with a nought; put quotation marks round what is no number.")
    return int(written)


def _decimal(written: str) -> float:
    number = float(written)
    if math.isinf(number):
        raise ExpressionRefused("A number is too large.")
    return number


def _refuse_glued(token: Token, following: str) -> None:
    if token.kind == "number" and (following.isalnum() or following == "_"):
        raise ExpressionRefused(f"'{token.written}{following}' is no number.")


def _misplaced(letter: str) -> str:
    named = f"'{letter}'" if letter.isprintable() else f"with the number {ord(letter)}"
    hint = f" ({_HINTS[letter]})" if letter in _HINTS else ""
    return f"The character {named} cannot stand here{hint}."


class Tokens:
    """Goes through the tokens of a text one by one."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens_of(text)
        self._place = 0
        if len(self._tokens) > MOST_PARTS:
            raise ExpressionRefused(f"It has more than {MOST_PARTS} words and signs.")

    @property
    def next(self) -> Token:
        """The token that comes next."""
        return self._tokens[self._place]

    def after(self, places: int) -> Token:
        """A token further on; the end when there are no more."""
        return self._tokens[min(self._place + places, len(self._tokens) - 1)]

    def take(self) -> Token:
        """Go on by one token."""
        token = self.next
        self._place = min(self._place + 1, len(self._tokens) - 1)
        return token

    def took(self, *written: str) -> str:
        """Go on if one of these words or signs comes next; says which, or nothing."""
        if self.next.kind in ("name", "sign") and self.next.written in written:
            return self.take().written
        return ""

    def expect(self, written: str, where: str) -> None:
        """Go on past this sign; raises ExpressionRefused when something else stands there."""
        if not self.took(written):
            raise ExpressionRefused(f"'{written}' is missing {where}.")

    def finish(self) -> None:
        """Make sure that nothing is left over; raises ExpressionRefused."""
        if self.next is not END:
            raise ExpressionRefused(f"Here {self.here()} cannot stand.")

    def here(self) -> str:
        """What comes next, in words."""
        return "the end" if self.next is END else f"'{shown(self.next.written)}'"
