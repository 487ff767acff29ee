"""Two versions of a diagram or table compared: what it does, what people read, where it is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from workflows.engine.blank import blank
from workflows.engine.comparing import ADDED, CHANGED, MOVED, REMOVED, REWORDED, Difference, compare_diagrams
from workflows.engine.comparing_tables import compare_tables

ROOM = Path(__file__).parents[2] / "workflows"
WEEKLY = (Path(__file__).parents[1] / "bench" / "diagrams" / "weekly_contact.bpmn").read_text(encoding="utf-8")
PRIORITY = (ROOM / "tables" / "priority.dmn").read_text(encoding="utf-8")
RULES = re.findall(r"<rule .*?</rule>", PRIORITY, re.DOTALL)


def in_diagram(before: str, after: str, text: str = WEEKLY) -> tuple[Difference, ...]:
    """What differs once this is written in place of that."""
    assert before in text
    return compare_diagrams(text.encode(), text.replace(before, after, 1).encode()).differences


def in_table(now: str, was: str = PRIORITY) -> list[Difference]:
    return list(compare_tables(was.encode(), now.encode()).differences)


@pytest.mark.parametrize("path", sorted(ROOM.glob("diagrams/*.bpmn")), ids=lambda path: path.stem)
def test_a_shipped_diagram_differs_from_itself_in_nothing(path: Path) -> None:
    assert compare_diagrams(path.read_bytes(), path.read_bytes()).differences == ()


@pytest.mark.parametrize(
    ("before", "after", "what", "was", "now"),
    [
        ('name="due" value="due.action"', 'name="due" value="due.review"', "property.due", "due.action", "due.review"),
        ('name="form" value="F36"', 'name="form" value="F08"', "property.form", "F36", "F08"),
        ("again == 'yes'", "again == 'no'", "conditionExpression", "again == 'yes'", "again == 'no'"),
        (
            'default="enough_01__ended"', 'default="enough_01__joined_01"', "default",
            "enough_01__ended", "enough_01__joined_01",
        ),
    ],
)  # fmt: skip
def test_another_meaning_is_told_with_what_it_was(before: str, after: str, what: str, was: str, now: str) -> None:
    [found] = in_diagram(before, after)
    [detail] = found.details
    assert (found.change, detail.what, detail.was, detail.now, detail.label) == (CHANGED, what, was, now, False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('name="Step 1"', 'name="Ring the person"'),
        ("The next step of this case is yours to do; say what was done.", "Ring them."),
        ('name="yes"', 'name="once more"'),
    ],
)
def test_other_words_are_told_from_another_meaning(before: str, after: str) -> None:
    [found] = in_diagram(before, after)
    assert (found.change, [one.label for one in found.details]) == (REWORDED, [True])


def test_a_lane_of_another_role_changes_whose_step_it_is() -> None:
    found = in_diagram('name="coordinator"', 'name="nurse"')
    assert {one.change for one in found} == {CHANGED}
    step = next(one for one in found if one.element == "step_01")
    assert [(one.what, one.was, one.now) for one in step.details] == [("role", "coordinator", "nurse")]


def test_what_is_only_drawn_elsewhere_has_moved() -> None:
    [found] = in_diagram('<dc:Bounds x="406" y="160"', '<dc:Bounds x="426" y="160"')
    assert (found.element, found.change, found.details, found.moved) == ("step_01", MOVED, (), True)


def test_what_is_written_otherwise_and_says_the_same_differs_in_nothing() -> None:
    other = WEEKLY.replace("bpmn:", "b:").replace("xmlns:bpmn=", "xmlns:b=").replace("\n    ", "\n\t")
    other = other.replace('x="406"', 'x="406.0"').replace('id="definitions_weekly_contact"', 'id="d" exporter="x"')
    assert compare_diagrams(WEEKLY.encode(), other.encode()).differences == ()


def test_a_step_that_came_and_one_that_went_are_named() -> None:
    was, now = blank("bpmn", "one", "One"), blank("bpmn", "one", "One").replace(b"first_step", b"other_step")
    found = compare_diagrams(was, now)
    assert {one.element for one in found.of(ADDED)} >= {"other_step", "begun__other_step"}
    assert {one.element for one in found.of(REMOVED)} == {"first_step", "begun__first_step", "first_step__ended"}
    assert found.names["first_step"] == "First step"


def test_a_cell_is_told_with_its_rule_and_heading() -> None:
    rule = RULES[1].replace("<text>true</text>", "<text>false</text>", 1)
    assert rule != RULES[1]
    [found] = in_table(PRIORITY.replace(RULES[1], rule))
    assert (found.kind, found.name, found.change) == ("rule", "2", CHANGED)
    assert [(one.was, one.now) for one in found.details] == [("true", "false")]


def test_rules_that_came_and_went_are_told_and_the_others_are_not() -> None:
    new = RULES[0].replace("priority_row_1", "priority_row_new")
    found = in_table(PRIORITY.replace(RULES[2], new))
    assert [(one.change, one.name) for one in found] == [(ADDED, "3"), (REMOVED, "3")]


def test_where_the_first_rule_wins_another_order_is_another_meaning() -> None:
    moved = PRIORITY.replace(RULES[0], "").replace(RULES[1], RULES[1] + RULES[0])
    [found] = in_table(moved)
    assert (found.change, found.moved, found.details[0].what) == (CHANGED, True, "place")
    collects = [text.replace('hitPolicy="FIRST"', 'hitPolicy="COLLECT"') for text in (moved, PRIORITY)]
    [found] = in_table(*collects)
    assert found.change == MOVED


def test_a_heading_and_a_note_are_only_read() -> None:
    found = in_table(PRIORITY.replace('label="Immediate danger"', 'label="In danger now"'))
    assert [(one.kind, one.change) for one in found] == [("input", REWORDED)]


def test_another_question_and_another_policy_change_the_table() -> None:
    found = in_table(PRIORITY.replace("<text>immediate_danger</text>", "<text>danger</text>"))
    assert [(one.kind, one.change) for one in found] == [("input", CHANGED)]
    [found] = in_table(PRIORITY.replace('hitPolicy="FIRST"', 'hitPolicy="UNIQUE"'))
    assert (found.kind, found.change) == ("table", CHANGED)


def test_rules_without_ids_are_known_by_what_they_say() -> None:
    bare = re.sub(r'<rule id="[^"]*">', "<rule>", PRIORITY)
    rule = re.findall(r"<rule>.*?</rule>", bare, re.DOTALL)[1]
    [found] = in_table(bare.replace(rule, ""), bare)
    assert (found.change, found.name) == (REMOVED, "2")


def test_as_many_rules_as_a_file_holds_are_compared_in_a_moment() -> None:
    head, tail = PRIORITY.split(RULES[0])[0], PRIORITY.split(RULES[-1])[1]
    rules = [RULES[0].replace("priority_row_1", f"r{number}") for number in range(800)]
    was, now = head + "".join(rules) + tail, head + "".join(reversed(rules)) + tail
    assert len(in_table(now, was)) == 799
