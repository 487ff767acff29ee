"""Several people fill in the same form of a case at the same time: the last one does not win."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from forms import BEGUN_WITH
from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town, walked_to
from workflows.actions import tasks
from workflows.actions.next_tasks import TaskDone
from workflows.actions.paperwork import Occasion
from workflows.actions.together import read_together
from workflows.assembly import Office
from workflows.casework.access import Actor
from workflows.casework.care import CarePlan
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.errors import AnswersRefused, LookAgain
from workflows.casework.task import Task
from workflows.duties.papers import merged
from workflows.questions.left_over import left_over
from workflows.questions.task_form import task_form

Page = dict[str, list[str]]


class Planning:
    """A plan that several people are talking about at the same time."""

    def __init__(self, town: Town) -> None:
        self.town, self.number = town, str(town.once(walked_to, "plan_conversation"))

    def task(self, key: str) -> tuple[Task, Actor]:
        """A task of the case, and somebody who may do it."""
        task = next(one for one in self.town.open_tasks(self.number) if one.key == key)
        return task, self.town._doer(task)

    def open(self, key: str) -> Page:
        """What the page of a task holds when it is opened."""
        task, doer = self.task(key)
        return task_form(self.town.office.desk(doer), task.id).raw

    def complete(self, key: str, page: Page, checked: Any = ()) -> TaskDone:
        """Complete a task with what its page sends."""
        task, doer = self.task(key)
        return tasks.complete_task(self.town.office.desk(doer), task.id, page, checked)

    def papers(self) -> list[Document]:
        """The papers of the plan, oldest first."""
        found: list[Document] = self.town.ask(
            lambda session: session.query(Document).filter_by(form_key="F18").order_by(Document.number).all()
        )
        return found


@pytest.fixture
def planning(town: Town) -> Planning:
    return Planning(town)


def with_row(page: Page, name: str, **said: str) -> Page:
    """The page with one row more."""
    row = int(page.get(f"{name}.count", ["0"])[0])
    return page | {f"{name}.count": [str(row + 1)]} | {f"{name}.{row}.{key}": [text] for key, text in said.items()}


def whats(paper: Document) -> list[str]:
    return [row["what"] for row in paper.answers["support"]]


def test_what_several_people_add_to_a_plan_at_the_same_time_stands_in_the_published_plan(planning: Planning) -> None:
    keys = ("contribute_nursing", "contribute_therapy", "contribute_medicines", "plan_conversation")
    pages = {key: with_row(planning.open(key), "support", what=key, who="Somebody") for key in keys}
    pages["plan_conversation"] |= {"important_to_me": ["My cat"], "support.0.what": ["In other words"]}
    before = planning.papers()[-1].answers["support"]
    therapy, therapist = planning.task("contribute_therapy")
    done = [planning.complete(key, pages[key]) for key in keys]
    assert done[0].colleagues is None
    assert done[1].colleagues is not None
    assert done[1].colleagues.names == (planning.papers()[1].author,)
    assert done[3].colleagues is not None
    assert set(done[3].colleagues.names) == {paper.author for paper in planning.papers()[1:4]}
    last = planning.papers()[-1]
    assert last.sections is None
    assert last.answers["important_to_me"] == "My cat"
    assert set(whats(last)) == {row["what"] for row in before[1:]} | {"In other words", *keys}
    desk = planning.town.office.desk(therapist)
    assert left_over(desk, therapy.id, pages["contribute_therapy"]).raw == {}
    again = with_row(pages["contribute_therapy"], "support", what="And one more", who="Somebody")
    assert left_over(desk, therapy.id, again).raw != {}
    planning.town.do(planning.number, "agree_plan")
    plan: CarePlan = planning.town.ask(lambda session: session.query(CarePlan).one())
    assert plan.document_id == last.id


def test_a_profession_that_adds_nothing_to_the_plan_is_asked_to_look_again(planning: Planning) -> None:
    page = planning.open("contribute_nursing")
    with pytest.raises(LookAgain) as asked:
        planning.complete("contribute_nursing", page)
    assert list(asked.value.warnings) == ["support"]
    planning.complete("contribute_nursing", with_row(page, "support", what="Leg ulcers dressed", who="The nurse"))
    seen = [f"support: {asked.value.warnings['support']}"]
    planning.complete("contribute_therapy", planning.open("contribute_therapy"), seen)


def test_a_profession_can_take_away_what_the_plan_says(planning: Planning) -> None:
    planning.complete("plan_conversation", planning.open("plan_conversation") | {"early_signs": ["Silent"]})
    page = planning.open("contribute_nursing")
    assert page["early_signs"] == ["Silent"]
    planning.complete("contribute_nursing", page | {"early_signs": [""]})
    said = merged(planning.papers())
    assert "early_signs" not in said
    assert said["important_to_me"]
    last = planning.papers()[-1]
    shown = planning.town.office.desk().forms.form("F18").show(last.answers)
    assert "Taken away" in {row.text for section in shown for row in section.rows}


class Writing:
    """A form of a case that two people write in; one of them is done, the other has had the page open since before."""

    def __init__(self, office: Office, form_key: str = "F18", *sections: str) -> None:
        self.town, self.sections = SmallTown(office), sections or None
        self.me = self.town.staff("Ada Nurse", "nurse east")
        self.case, self.form = self.town.case(), office.desk().forms.form(form_key)

    def filed(self, said: dict[str, Any], **more: Any) -> str:
        """What somebody has filed; returns with what a page begins after that."""
        return self.town.paper(self.case, self.form.key, said, **{"sections": self.sections} | more).hex

    def read(self, raw: Page, begun: str = "", by: UUID | None = None, checked: Any = ()) -> dict[str, Any]:
        """What my form comes to when it is completed."""
        with self.town.desk(by or self.me).work() as work:
            held = work.session.get_one(Case, self.case)
            sent = raw | ({BEGUN_WITH: [begun]} if begun else {})
            return read_together(work, held, self.form, sent, Occasion(held, self.sections, checked=checked))[0]

    def doubt(self, raw: Page, begun: str, by: UUID | None = None) -> LookAgain:
        """What is asked before it is completed."""
        with pytest.raises(LookAgain) as found:
            self.read(raw, begun, by)
        return found.value


@pytest.fixture
def plan(office: Office) -> Writing:
    return Writing(office, "F18", "contingency", "plan")


FALLS = [{"if_this": "I fall", "do_this": "Ring my daughter"}]
DAYS = {"valid_from": "2026-11-16", "next_review": "2027-02-15"}
AGREED = {"contingency": FALLS, **DAYS}


def test_what_both_changed_and_can_stand_once_only_is_asked_at_its_question(plan: Writing) -> None:
    begun = plan.filed(AGREED)
    newest = plan.filed(AGREED | {"format": "braille", "early_signs": "In bed"}, number=2, author="Siobhan Kelly")
    doubt = plan.doubt(plan.form.inputs(AGREED | {"format": "audio", "early_signs": "Silent"}), begun)
    assert doubt.warnings == {
        "format": "Siobhan Kelly has answered “In which format does the person want it?” with “Braille” since you "
        "began. Keep your answer or change it"
    }
    assert doubt.colleagues is not None
    shown = doubt.colleagues.typed or {}
    assert (shown["format"], shown["early_signs"]) == (["audio"], ["In bed\n\nSilent"])
    assert shown[BEGUN_WITH] == [newest]
    assert plan.read(shown)["format"] == "audio"


def test_an_answer_taken_away_meanwhile_is_told_as_such(plan: Writing) -> None:
    begun = plan.filed(AGREED | {"format": "braille"})
    plan.filed(AGREED, number=2, author="Siobhan Kelly", sections=None)
    doubt = plan.doubt(plan.form.inputs(AGREED | {"format": "audio"}), begun)
    assert doubt.warnings["format"].startswith("Siobhan Kelly has taken away the answer to “In which format")


def test_what_is_too_much_together_is_said_with_both_on_the_page(plan: Writing) -> None:
    begun = plan.filed(AGREED)
    plan.filed(AGREED | {"early_signs": "n" * 900}, number=2)
    with pytest.raises(AnswersRefused) as refused:
        plan.read(plan.form.inputs(AGREED | {"early_signs": "t" * 900}), begun)
    assert "1,000 characters or fewer" in refused.value.errors["early_signs"]
    assert refused.value.colleagues is not None
    shown = refused.value.colleagues.typed or {}
    assert plan.read(shown | {"early_signs": ["n and t"]})["early_signs"] == "n and t"


def test_what_a_colleague_has_answered_meanwhile_is_not_missing(plan: Writing) -> None:
    plan.filed(AGREED)
    assert plan.read({"early_signs": ["Silent"]}, "nothing") == AGREED | {"early_signs": "Silent"}
    with pytest.raises(AnswersRefused) as refused:
        plan.read({"valid_from[day]": ["16"]}, "nothing")
    assert set(refused.value.errors) >= {"valid_from"}


def test_without_a_page_that_says_what_it_began_with_the_form_counts_as_it_was_sent(plan: Writing) -> None:
    plan.filed(AGREED)
    plan.filed(AGREED | {"early_signs": "In bed"}, number=2)
    sent = plan.form.inputs(AGREED | {"format": "audio"})
    for begun in ("", "ffff"):
        assert plan.read(sent, begun) == AGREED | {"format": "audio"}


def test_a_partner_organisation_adds_to_a_plan_it_may_not_read(plan: Writing) -> None:
    partner = plan.town.staff("Vera Volunteer", "vcse_partner")
    plan.filed(AGREED | {"format": "braille"}, author="Siobhan Kelly")
    sent = plan.form.inputs(AGREED | {"contingency": [{"if_this": "Alone", "do_this": "Ring us"}], "format": "audio"})
    doubt = plan.doubt(sent, "nothing", partner)
    assert "Braille" not in doubt.warnings["format"]
    assert doubt.colleagues is not None
    assert doubt.colleagues.typed is None
    said = plan.read(sent, "nothing", partner, checked=doubt.seen)
    assert [row["if_this"] for row in said["contingency"]] == ["I fall", "Alone"]
    assert said["format"] == "audio"


def test_a_part_of_the_assessment_that_i_left_alone_stays_a_colleague_s_and_signed_by_them(office: Office) -> None:
    assessment = Writing(office, "F11", "function", "falls")
    ada, ben = str(assessment.me), str(assessment.town.staff("Ben Therapist", "therapist east"))
    theirs = {"aids": "A walking frame", "cfs_suitable": "yes"}
    assessment.filed(theirs | {"function_done_by": ben, "function_done_at": "2026-11-15"})
    signed = {"function_done_by": ada, "falls_done_by": ada, "home_hazards": "A loose rug"}
    signed |= {"function_done_at": "2026-11-16", "falls_done_at": "2026-11-16"}
    mine = assessment.read(assessment.form.inputs(signed), "nothing")
    assert mine | theirs == mine
    assert (mine["function_done_by"], mine["falls_done_by"]) == (ben, ada)
    doubtful = assessment.form.inputs(signed | {"cfs_suitable": "no", "cfs_skipped": "Too young"})
    assert set(assessment.doubt(doubtful, "nothing").warnings) == {"cfs_suitable"}
