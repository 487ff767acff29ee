"""The timeline: nothing lost between its pages, every act in words."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from tests.builders.small_town import SmallTown
from webapp.cases.outline_words import PROCESSES
from webapp.cases.timeline import KIND_NAMES, days
from webapp.cases.timeline_words import SENTENCES
from webapp.notice_words import NOTICES
from workflows.actions.seeing import note_seen
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun, JourneyStep
from workflows.casework.errors import NotFound
from workflows.clock import FixedClock
from workflows.duties.wording import notice_kinds
from workflows.questions.timeline import KINDS, PAGE, UNTOLD, timeline

NUMBER = "ACM-000001"
# Acts of the office's own trail, which no case tells of.
OF_THE_OFFICE = {
    "password", "account", "signed", "post", "leave", "setting", "programme", "practice", "service", "team",
    "release", "version", "person", "death", "details", "NHS", "provisional", "list", "draft", "token", "rows",
    "referral", "file", "the", "record", "calendar", "cover", "ladder", "read", "webhook", "duty",
    "change",
}  # fmt: skip


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


def do(town: SmallTown, staff: UUID, act: str, **detail: str) -> None:
    """Let something happen to the case."""
    with town.desk(staff).work() as work:
        case = work.session.query(Case).filter_by(number=NUMBER).one()
        case.happened(act, **detail)
        case.flags = [*case.flags, "x"]
        work.commit()


def test_the_newest_comes_first_and_pages_follow_without_loss_or_repetition(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    town.case()
    for number in range(PAGE + 15):
        do(town, nurse, "note", text=str(number))
        if number % 4 == 0:  # several things may happen at one instant
            clock.advance(timedelta(minutes=7))
    first = timeline(town.desk(nurse), NUMBER)
    assert first.after
    second = timeline(town.desk(nurse), NUMBER, after=first.after)
    assert second.after is None
    told = [entry.detail["text"] for entry in (*first.entries, *second.entries) if entry.act == "note"]
    assert told == [str(number) for number in reversed(range(PAGE + 15))]


def test_an_unreadable_place_begins_at_the_top(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    town.case()
    do(town, nurse, "note", text="one")
    assert len(timeline(town.desk(nurse), NUMBER, after="nonsense").entries) == 1


def test_only_the_kind_that_was_asked_for_is_told(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    town.case()
    do(town, nurse, "contact logged", route="phone")
    do(town, nurse, "flag raised", flag="urgent")
    assert [entry.act for entry in timeline(town.desk(nurse), NUMBER, "contacts").entries] == ["contact logged"]


def test_looks_are_no_part_of_what_happened(town: SmallTown) -> None:
    guardian, case_id = town.staff("Cal Guard", "caldicott"), town.case()
    note_seen(town.desk(guardian), "record seen", "Case", case_id, page="plan")
    assert timeline(town.desk(guardian), NUMBER).entries == ()


def test_the_ends_of_processes_stand_among_the_acts(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    case_id = town.case()
    do(town, nurse, "note", text="before")
    clock.advance(timedelta(hours=1))
    session = town.session()
    run_id = session.query(CaseRun).filter_by(case_id=case_id).one().id
    session.close()
    told = {"case_id": case_id, "run_id": run_id, "process": "acm_intake", "at": town.now, "by": "Nia Nurse"}
    town.add(
        JourneyStep(key="accepted", name="Accepted", kind="end", **told),
        JourneyStep(key="gate", name="Gate", kind="gateway", **told),
    )
    assert [entry.act for entry in timeline(town.desk(nurse), NUMBER).entries] == ["end reached", "note"]


def test_a_partner_is_told_of_stages_and_of_its_own_acts(town: SmallTown) -> None:
    nurse, partner = town.staff("Nia Nurse", "nurse east"), town.staff("Peg Partner", "vcse_partner east")
    town.case()
    do(town, nurse, "stage entered", stage="active")
    do(town, nurse, "safeguarding concern opened")
    do(town, partner, "contact logged", route="visit")
    told = [entry.act for entry in timeline(town.desk(partner), NUMBER).entries]
    assert told == ["contact logged", "stage entered"]


def test_an_excluded_colleague_gets_no_timeline(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    town.shut_out(town.case(), nurse)
    with pytest.raises(NotFound):
        timeline(town.desk(nurse), NUMBER)


def told(town: SmallTown, staff: UUID, *acts: tuple[str, dict[str, str]]) -> list[str]:
    """What the timeline says of these acts, the newest first."""
    town.case()
    for act, detail in acts:
        do(town, staff, act, **detail)
    return [line.text for day in days(timeline(town.desk(staff), NUMBER).entries) for line in day.lines]


def test_a_letter_bears_the_title_its_recipient_reads(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    assert told(
        town,
        nurse,
        ("letter ready", {"template": "L04", "to": "gp"}),
        ("letter ready", {"template": "L04", "to": "person"}),
        ("letter sent", {"template": "L01"}),
        ("letter sent", {"template": "L99"}),
    ) == [
        "Letter was sent",
        "Letter “Acknowledgement of a referral” was sent",
        "Letter “MDT outcome in plain words” to the person is ready to be sent",
        "Letter “MDT outcome” to the GP practice is ready to be sent",
    ]


def test_an_answer_is_told_in_the_words_of_its_form(town: SmallTown) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    assert told(
        town,
        nurse,
        ("meeting decided", {"decision": "advice_to_referrer"}),
        ("contact logged", {"route": "through_carer"}),
        ("left hospital", {"destination": "usual_home"}),
        ("left hospital", {"destination": "the moon"}),
    ) == [
        "Left hospital. Where to: the moon",
        "Left hospital. Where to: usual home",
        "Contact (through a carer)",
        "The meeting decided: advice to the referrer",
    ]


def test_what_several_were_told_at_once_stands_in_one_line(town: SmallTown, clock: FixedClock) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    notices = [("notice written", {"kind": "person_died", "to": name}) for name in ("Cy", "Bo", "Al")]
    other = ("notice written", {"kind": "urgent", "to": "Al"})
    assert told(town, nurse, *notices, other) == [
        "Notice to Al: an urgent concern",
        "Notice to Al, Bo and Cy: a death was reported",
    ]


def test_every_notice_and_every_process_has_words() -> None:
    assert set(NOTICES) == set(notice_kinds())
    drawn = {
        process.get("id", "")
        for path in (Path(__file__).parents[2] / "workflows" / "diagrams").glob("*.bpmn")
        for process in etree.parse(path).iter("{*}process")
    }
    assert set(PROCESSES) == drawn


def acts_in_the_house() -> set[str]:
    """Every act that any room may write into a trail under a fixed name."""
    root = Path(__file__).parents[2] / "workflows"
    calls = (
        node
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "happened"
    )
    named = [word for call in calls if call.args for word in ast.walk(call.args[0]) if isinstance(word, ast.Constant)]
    return {str(word.value) for word in named if isinstance(word.value, str) and word.value.strip()}


def test_every_act_of_a_case_can_be_said_in_words() -> None:
    unsaid = acts_in_the_house() - set(SENTENCES) - UNTOLD - {"override ", "process "}
    assert {act for act in unsaid if act.split(" ", 1)[0] not in OF_THE_OFFICE} == set()


def test_every_act_a_reader_can_choose_has_words_and_each_kind_a_name() -> None:
    assert {act for acts in KINDS.values() for act in acts} - set(SENTENCES) == set()
    assert set(KINDS) == set(KIND_NAMES)
