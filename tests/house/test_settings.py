"""Every setting of a shipped programme changes something, and every setting that is asked for is there.

A setting is read by a diagram (a time), by a table (a threshold), by a form (`setting.key`), or by the code, which has
doors for it, such as `programme.setting("due.action", day)` and `programme.number("deferral_limit", day)`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

import pytest

from forms import Catalogue, Question
from forms.definition import Definition, every_question
from tests.house.tree import package_files, read
from tests.programmes.shipped import PROGRAMMES, settings
from tests.programmes.times import DIAGRAMS, times_of
from tests.tables.shipped import KEYS, table

DOORS = frozenset({"setting", "number", "due", "time_of"})  # of Programme, and of Work
# These ask with a key that came from a diagram's step, or from a caller that is looked at itself.
HAND_ON = frozenset(
    {
        "workflows/desk.py",
        "workflows/actions/opening.py",
        "workflows/actions/journey.py",
        "workflows/casework/programme.py",
    }
)
CONDITIONS = ("show_when", "required_when", "warn_when", "computed")
IN_A_FORM = re.compile(r"\bsetting\.(\w+)")
every_programme = pytest.mark.parametrize("programme", PROGRAMMES)


@cache
def by_forms() -> frozenset[str]:
    """The settings that the forms ask for."""
    catalogue = Catalogue.shipped()
    names = catalogue.keys()
    return frozenset(key for name in names for key in _by_form(catalogue.form(name).definition))


def _by_form(form: Definition) -> Iterator[str]:
    for question in every_question(form.questions):
        yield from IN_A_FORM.findall(_written_in(question))
    for rule in form.rules:
        yield from IN_A_FORM.findall(f"{rule.when.source} {rule.message}")


def _written_in(question: Question) -> str:
    conditions = [getattr(question, use) for use in CONDITIONS]
    return " ".join([question.warning, *(condition.source for condition in conditions if condition)])


@cache
def by_diagrams() -> frozenset[str]:
    """The times that the diagrams name."""
    return frozenset().union(*map(times_of, DIAGRAMS))


@cache
def by_tables() -> frozenset[str]:
    """The names that the tables look at: thresholds, and facts of the case."""
    return frozenset(name for key in KEYS for name in table(key).needs)


@cache
def by_code() -> frozenset[str]:
    """The keys that the code asks for, as patterns: `remind.{class}` asks for every `remind.` there is."""
    return frozenset(asked for path in package_files(".py") for asked in asked_in(read(path), path.as_posix()))


def asked_in(source: str, path: str) -> Iterator[str]:
    """What one module asks for; a key that nobody can read here is a fault of the module."""
    tree = ast.parse(source)
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in DOORS:
            told = [_pattern(named.get(arg.id, arg) if isinstance(arg, ast.Name) else arg) for arg in call.args]
            keys = [pattern for pattern in told if pattern]
            assert keys or call.func.attr == "due" or path in HAND_ON, f"{path}:{call.lineno} asks for no key by name"
            yield from keys


def _pattern(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else None for part in node.values)
        return "".join(r"[\w.]+" if part is None else re.escape(str(part)) for part in parts)
    return ""


def idle(keys: Collection[str]) -> set[str]:
    """The settings among these that nothing reads."""
    left = set(keys) - by_forms() - by_diagrams()
    left = {key for key in left if key.replace(".", "_") not in by_tables()}
    return {key for key in left if not any(re.fullmatch(pattern, key) for pattern in by_code())}


def missing(keys: Collection[str], patterns: Collection[str]) -> set[str]:
    """The settings asked for that are not among these."""
    return {pattern for pattern in patterns if not any(re.fullmatch(pattern, key) for key in keys)}


@every_programme
def test_no_setting_is_offered_that_changes_nothing(programme: str) -> None:
    assert idle(settings(programme)) == set()


@every_programme
def test_every_setting_that_is_asked_for_is_there(programme: str) -> None:
    keys = settings(programme)
    assert missing(keys, by_code()) == set()
    assert (by_forms() | by_diagrams()) - set(keys) == set()


def test_a_made_up_setting_is_found_out() -> None:
    made_up = {"coffee_breaks", "due.coffee", "escalate.S.2"}
    assert idle({*settings("acm"), *made_up}) == made_up
    asking = 'LIMIT = "coffee_breaks"\nprogramme.setting(LIMIT, day)\nprogramme.number(f"due.{kind}", day)'
    asked = set(asked_in(asking, "workflows/coffee.py"))
    assert missing(settings("acm"), asked) == {"coffee_breaks"}


def test_a_key_that_cannot_be_read_from_the_code_is_found_out() -> None:
    with pytest.raises(AssertionError, match="asks for no key by name"):
        list(asked_in("def f(key): programme.setting(key, day)", "workflows/coffee.py"))


def test_no_programme_of_ours_is_left_out() -> None:
    shipped = {path.stem for path in package_files(".json") if path.parent == Path("workflows/programmes")}
    assert shipped - {"staff"} == set(PROGRAMMES)
