"""Who knows of a case: what the person agreed to, whom a decision names, whom the person excluded, at every door."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from tests.builders.small_town import SmallTown
from workers.jobs import remind
from workflows.actions import filters
from workflows.actions import tasks as acts
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.consent import ASKED, NamedInOverride
from workflows.casework.errors import NotAllowed, NotFound, NotShared
from workflows.casework.notice import Notice
from workflows.casework.sectors import SECTOR_NAMES, SECTORS_OF_ROLE
from workflows.questions import api
from workflows.questions.case import case_page
from workflows.questions.case_form import case_form
from workflows.questions.caseload import caseload
from workflows.questions.documents import documents
from workflows.questions.finding import find_person
from workflows.questions.inbox import counts, inbox
from workflows.questions.involved import people_page
from workflows.questions.known import known_for
from workflows.questions.letters import letters_of_case
from workflows.questions.task_form import task_form
from workflows.questions.task_page import task_page, who_could_do
from workflows.storage import cases
from workflows.storage.lookups import lookups_for

NUMBER = "ACM-000001"


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


def opens(town: SmallTown, staff_id: UUID, number: str = NUMBER) -> str:
    """Say how a case opens for somebody: whole, in part, with a sentence why not, or not at all."""
    try:
        sight = case_page(town.desk(staff_id), number).head.sight
    except NotShared:
        return "told why not"
    except NotFound:
        return "no such case"
    return "in part" if sight.partner else "whole"


def test_the_kinds_of_organisation_are_those_that_the_consent_form_offers(office: Office) -> None:
    asked = next(one for one in office.desk().forms.form("F05").definition.questions if one.id == "share_with")
    assert {choice.value: choice.label for choice in asked.choices} == SECTOR_NAMES
    assert frozenset().union(*SECTORS_OF_ROLE.values()) <= set(SECTOR_NAMES)


@pytest.mark.parametrize(
    ("post", "agreed_to", "how"),
    [
        ("social_worker east", ("gp", "community_health"), "told why not"),
        ("social_worker east", ("adult_social_care",), "whole"),
        ("nurse east", ("adult_social_care",), "told why not"),
        ("nurse east", ("community_health",), "whole"),
        ("mh_practitioner east", ("gp", "community_health"), "told why not"),
        ("pharmacist", ("gp",), "whole"),
        ("pharmacist", ("community_health",), "whole"),
        ("social_prescriber east", ("community_health",), "told why not"),
        ("vcse_partner east", ("community_health",), "no such case"),
        ("vcse_partner east", ("vcse",), "in part"),
        ("triage east", ("adult_social_care",), "told why not"),
        ("care_coordinator east", ("adult_social_care",), "told why not"),
        ("care_coordinator east", ("community_health",), "whole"),
        ("nurse north", ("community_health",), "no such case"),
        ("gp_lead east", (), "whole"),
        ("coordinator east", (), "whole"),
        ("team_manager east", (), "whole"),
        ("team_manager north", (), "no such case"),
        ("service_manager", (), "whole"),
        ("caldicott", (), "whole"),
        ("safeguarding_lead", (), "whole"),
    ],
)
def test_a_colleague_sees_what_was_agreed_with_their_organisation(
    town: SmallTown, post: str, agreed_to: tuple[str, ...], how: str
) -> None:
    town.case(sharing_scope="limited", sectors=agreed_to)
    assert opens(town, town.staff("Somebody", post)) == how


def test_a_key_worker_stands_for_their_own_profession(town: SmallTown) -> None:
    town.case(sharing_scope="limited", sectors=("community_health",))
    town.case(sharing_scope="limited", sectors=("adult_social_care",))
    worker = town.staff("Somebody", "care_coordinator east", "social_worker east")
    assert [opens(town, worker, number) for number in (NUMBER, "ACM-000002")] == ["told why not", "whole"]


def test_staff_of_another_organisation_than_their_role_has_say_so_in_their_account(town: SmallTown) -> None:
    town.case(sharing_scope="limited", sectors=("housing",))
    town.case(sharing_scope="limited", sectors=("vcse", "community_health"))
    officer = town.staff("Housing Officer", "vcse_partner east", works_for="housing")
    nurse = town.staff("Nurse of the council", "nurse east", works_for="adult_social_care")
    assert [opens(town, officer, number) for number in (NUMBER, "ACM-000002")] == ["in part", "no such case"]
    assert [opens(town, nurse, number) for number in (NUMBER, "ACM-000002")] == ["told why not", "told why not"]


@pytest.mark.parametrize(
    ("post", "how"),
    [
        ("nurse east", "told why not"),
        ("triage east", "told why not"),
        ("care_coordinator east", "told why not"),
        ("pharmacist", "told why not"),
        ("vcse_partner east", "no such case"),
        ("coordinator east", "whole"),
        ("gp_lead east", "whole"),
        ("team_manager east", "whole"),
        ("service_manager", "whole"),
        ("caldicott", "whole"),
        ("safeguarding_lead", "whole"),
    ],
)
def test_the_minimum_is_for_those_who_run_the_case(town: SmallTown, post: str, how: str) -> None:
    town.case(sharing_scope="minimum")
    assert opens(town, town.staff("Somebody", post)) == how


def test_whoever_is_named_in_an_override_reads_the_approved_items_and_nothing_else(town: SmallTown) -> None:
    case_id = town.case(sharing_scope="minimum", flags=["safeguarding_open"])
    named = town.staff("Farah Named", "social_worker north")
    other = town.staff("Otto Other", "social_worker east")
    town.name_in_override(case_id, named)
    town.paper(case_id, "F11", {"hopes": "To be left in peace"})
    town.task(case_id, role="nurse")
    page = case_page(town.desk(named), NUMBER)
    assert page.sharing.override is not None
    assert (page.sharing.override.items, page.sharing.override.recipients) == (("No heating",), ())
    assert (page.own_words, page.tasks, page.decisions, page.head.strip.alerts) == (None, (), (), ())
    assert documents(town.desk(named), NUMBER).total == 0
    with pytest.raises(NotFound):
        letters_of_case(town.desk(named), NUMBER)
    assert opens(town, other) == "told why not"


def test_whoever_asked_for_the_override_and_the_care_coordinator_carry_the_case(town: SmallTown) -> None:
    asked, coordinator = town.staff("Asked", "nurse east"), town.staff("Coordinator", "nurse east")
    case_id = town.case(sharing_scope="minimum", coordinator_id=coordinator)
    town.name_in_override(case_id, asked, ASKED)
    cover = town.staff("Cover", "nurse east")
    assert [opens(town, one) for one in (asked, coordinator, cover)] == ["whole", "whole", "told why not"]
    town.on_leave(coordinator, cover)
    assert opens(town, cover) == "whole"


def test_an_exclusion_goes_before_everything_and_is_answered_like_a_missing_case(town: SmallTown) -> None:
    out = town.staff("Left Out", "gp_lead east", "nurse east")
    case_id = town.case(coordinator_id=out)
    town.name_in_override(case_id, out)
    assert opens(town, out) == "whole"
    town.shut_out(case_id, out)
    told = []
    for number in (NUMBER, "ACM-009999"):
        with pytest.raises(NotFound) as refused:
            case_page(town.desk(out), number)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_no_act_tells_somebody_excluded_from_what_does_not_exist(town: SmallTown) -> None:
    out = town.staff("Left Out", "nurse east")
    case_id = town.case()
    task = town.task(case_id, name="Call her back")
    filters.watch_case(town.desk(out), NUMBER)
    town.shut_out(case_id, out)
    for stop in (filters.unwatch_case, filters.watch_case):
        for number in (NUMBER, "ACM-009999"):
            with pytest.raises(NotFound, match="There is no such case, or it is not yours to see"):
                stop(town.desk(out), number)
    kept, missing = acts.claim_many(town.desk(out), [task, uuid4()])
    assert (kept.name, kept.problem) == (missing.name, missing.problem)


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (
            {"sharing_scope": "limited", "sectors": ("gp", "adult_social_care")},
            "GP practice and adult social care only",
        ),
        ({"sharing_scope": "limited", "sectors": ()}, "anybody besides those who look after the case"),
        ({"sharing_scope": "none", "sectors": ()}, "anybody besides those who look after the case"),
        ({"sharing_scope": "minimum"}, "those named in a decision"),
    ],
)
def test_a_colleague_is_told_in_a_sentence_how_far_it_is_shared_and_nothing_about_whom(
    town: SmallTown, case: dict[str, object], sentence: str
) -> None:
    case_id = town.case(given="Ada", family="Khan", **case)
    nurse = town.staff("Nia Nurse", "nurse east")
    task = town.task(case_id, name="Ask about the stairs")
    for open_it in (lambda: case_page(town.desk(nurse), NUMBER), lambda: task_page(town.desk(nurse), task)):
        with pytest.raises(NotShared) as refused:
            open_it()
        assert sentence in str(refused.value)
        assert "GP lead or the Caldicott lead" in str(refused.value)
        assert not any(word in str(refused.value) for word in ("Ada", "Khan", "East", "stairs"))


def test_no_list_holds_a_case_that_is_not_shared(town: SmallTown) -> None:
    case_id = town.case(sharing_scope="limited", sectors=("adult_social_care",), family="Khan")
    nurse, worker = town.staff("Nurse", "nurse east"), town.staff("Worker", "social_worker east")
    task = town.task(case_id, role="nurse", due="-1d")
    town.watches(nurse, case_id)
    desk = town.desk(nurse)
    assert set(counts(desk).values()) == {0}
    assert inbox(desk, "all").rows == inbox(desk, "pool").rows == ()
    assert caseload(desk).total == len(find_person(desk, "Khan").found) == len(find_person(desk, NUMBER).found) == 0
    assert len(api.cases(desk, api.CaseWanted()).items) == len(api.tasks(desk, api.TaskWanted()).items) == 0
    for ask in (lambda: api.case(desk, NUMBER), lambda: api.task(desk, task)):
        with pytest.raises(NotShared):
            ask()
    for act in (lambda: acts.claim_task(desk, task), lambda: acts.complete_task(desk, task, {})):
        with pytest.raises(NotShared):
            act()
    assert [row.id for row in inbox(town.desk(worker), "all").rows] == [task]
    assert caseload(town.desk(worker)).total == len(find_person(town.desk(worker), "Khan").found) == 1


def test_a_task_nobody_may_know_of_comes_to_whoever_runs_the_case(town: SmallTown) -> None:
    case_id = town.case(sharing_scope="minimum")
    town.staff("Nurse", "nurse east")
    manager, chair = town.staff("Manager", "team_manager east"), town.staff("Chair", "gp_lead east")
    elsewhere = town.staff("Other manager", "team_manager north")
    task = town.task(case_id, role="nurse", name="Assess capacity")
    for one in (manager, chair):
        assert counts(town.desk(one))["stuck"] == 1
        assert [row.id for row in inbox(town.desk(one), "stuck").rows] == [task]
    assert counts(town.desk(elsewhere))["stuck"] == 0
    page = task_page(town.desk(chair), task)
    assert (page.may.stuck, page.may.hand_over, page.may.do) == (True, True, False)
    assert [name for _, name in who_could_do(town.desk(chair), task)] == ["Chair", "Manager"]
    acts.reassign_task(town.desk(manager), task, chair, "Only we may know of it.")
    assert [row.id for row in inbox(town.desk(chair), "mine").rows] == [task]
    assert counts(town.desk(manager))["stuck"] == 0


def test_a_step_for_a_second_person_where_only_the_first_is_there_comes_to_whoever_runs_the_case(
    town: SmallTown,
) -> None:
    case_id = town.case()
    only, manager = town.staff("Only nurse", "nurse east"), town.staff("Manager", "team_manager east")
    town.task(case_id, key="request", status="completed", ended_by_id=only, ended_at=town.now)
    town.task(case_id, role="nurse", properties={"not_by": "nobody_did_this"})  # the same people could do either
    second = town.task(case_id, role="nurse", properties={"not_by": "request"})
    assert [row.id for row in inbox(town.desk(manager), "stuck").rows] == [second]
    assert counts(town.desk(manager))["stuck"] == 1
    page = task_page(town.desk(manager), second)
    assert (page.may.stuck, page.may.hand_over) == (True, True)
    assert [name for _, name in who_could_do(town.desk(manager), second)] == ["Manager"]
    town.staff("Another nurse", "nurse east")
    assert counts(town.desk(manager))["stuck"] == 0


def test_a_task_whose_holder_was_left_out_meanwhile_comes_to_whoever_runs_the_case(town: SmallTown) -> None:
    nurse, colleague = town.staff("Nurse", "nurse east"), town.staff("Colleague", "nurse east")
    manager = town.staff("Manager", "team_manager east")
    case_id = town.case()
    task = town.task(case_id, role="nurse", assignee_id=nurse)
    assert counts(town.desk(manager))["stuck"] == 0
    town.shut_out(case_id, nurse)
    assert counts(town.desk(nurse))["mine"] == 0
    assert counts(town.desk(manager))["stuck"] == 1
    assert [who for who, _ in who_could_do(town.desk(manager), task)] == [colleague]
    acts.reassign_task(town.desk(manager), task, colleague, "The person wishes it.")
    assert counts(town.desk(colleague))["mine"] == 1


def test_whoever_gives_somebody_a_task_reads_who_is_away(town: SmallTown) -> None:
    manager, away = town.staff("Manager", "team_manager east"), town.staff("Ana", "nurse east")
    town.staff("Ben", "nurse east")
    case_id = town.case()
    task = town.task(case_id)
    town.on_leave(away, manager)
    said = ["Ana, away until 20 November 2026, Manager covers", "Ben"]
    assert [name for _, name in who_could_do(town.desk(manager), task)] == said
    offered = case_form(town.desk(manager), "ACM-000001", "F34", "").lookups["staff_on_case"]
    assert set(said) <= {choice.label for choice in offered}
    town.task(case_id, assignee_id=away, name="Weigh")
    around = people_page(town.desk(manager), "ACM-000001")
    assert [task.away for task in around.tasks if task.name == "Weigh"] == [
        "away until 20 November 2026"
    ]  # and the manager is no nurse


def test_nothing_is_handed_to_somebody_who_may_not_know_of_the_case(town: SmallTown) -> None:
    manager, agreed = town.staff("Manager", "team_manager east"), town.staff("Agreed", "nurse east")
    council = town.staff("Of the council", "nurse east", works_for="adult_social_care")
    task = town.task(town.case(sharing_scope="limited", sectors=("community_health",)))
    assert [who for who, _ in who_could_do(town.desk(manager), task)] == [agreed]
    with pytest.raises(NotAllowed, match="may know of this case"):
        acts.reassign_task(town.desk(manager), task, council, "She is free.")


def test_only_whoever_may_know_of_the_case_is_offered_for_its_work(town: SmallTown) -> None:
    out = town.staff("Left Out", "nurse east")
    town.staff("Agreed", "nurse east", "care_coordinator east")
    town.staff("Not agreed", "social_worker east")
    town.staff("Chair", "gp_lead east")
    town.staff("Elsewhere", "nurse north")
    case_id = town.case(sharing_scope="limited", sectors=("community_health",))
    town.shut_out(case_id, out)

    def offered(name: str, number: UUID) -> list[str]:
        with town.office.desk().looking() as session:
            case = session.get_one(Case, number)
            found = lookups_for(session, case.programme, town.office.desk().today, case)
            return sorted(choice.label for choice in found[name])

    assert offered("staff_on_case", case_id) == ["Agreed", "Chair"]
    assert offered("staff_on_case_gone", case_id) == ["Elsewhere cannot open this case"]
    assert offered("care_coordinator", case_id) == ["Agreed"]
    assert offered("staff", case_id) == ["Agreed", "Chair", "Elsewhere", "Left Out", "Not agreed"]
    # Where nothing is shared somebody still has to carry the case; naming them is the decision to let them know.
    closed = town.case(sharing_scope="minimum")
    town.shut_out(closed, out)
    assert offered("staff_on_case", closed) == ["Chair"]
    assert offered("care_coordinator", closed) == ["Agreed", "Not agreed"]


def test_a_reminder_goes_to_nobody_who_may_not_know_of_the_case(town: SmallTown) -> None:
    town.staff("Council Nurse", "nurse east", works_for="adult_social_care")
    agreed, manager = town.staff("Agreed Nurse", "nurse east"), town.staff("Manager", "team_manager east")
    limited = town.case(sharing_scope="limited", sectors=("community_health",))
    town.task(limited, escalation="S", due="-1h")
    town.task(town.case(sharing_scope="minimum"), escalation="S", due="-1h")
    remind.climb(town.office)
    with town.office.desk().looking() as session:
        told = {(notice.case_id == limited, notice.staff_id) for notice in session.query(Notice)}
    assert told == {(True, agreed), (False, manager)}


def test_a_partner_finds_only_its_own_tasks_through_the_interface_too(town: SmallTown) -> None:
    partner = town.staff("Partner", "vcse_partner east")
    case_id = town.case(flags=["safeguarding_open", "urgent"])
    own, other = town.task(case_id, role="vcse_partner"), town.task(case_id, role="nurse")
    desk = town.desk(partner)
    assert [line.id for line in api.tasks(desk, api.TaskWanted()).items] == [own]
    whole = api.case(desk, NUMBER)
    assert ([line.id for line in whole.tasks], whole.flags) == ([own], ("urgent",))
    assert api.cases(desk, api.CaseWanted()).items[0].flags == ("urgent",)
    assert caseload(desk).columns[0].cards[0].flags == ("urgent",)
    with pytest.raises(NotFound):
        api.task(desk, other)


def test_whoever_is_asked_one_thing_of_another_teams_case_gets_its_form_and_nothing_of_the_record(
    town: SmallTown,
) -> None:
    manager = town.staff("Manager of north", "team_manager north")
    case_id = town.case(team="east")
    town.paper(case_id, "F01", {"views": "Nobody should know"})
    task = town.task(case_id, role="team_manager", form_key="F27", team_id=town.teams["north"])
    assert task_page(town.desk(manager), task).may.do
    assert task_form(town.desk(manager), task).form.key == "F27"
    known = known_for(town.desk(manager), task)
    assert (known.own_words, known.last_contact, known.reasons, known.beside) == (None, None, (), ())
    assert opens(town, manager) == "no such case"


def test_access_ends_with_the_name(town: SmallTown) -> None:
    case_id = town.case(sharing_scope="minimum")
    named = town.staff("Named", "social_worker east")
    town.name_in_override(case_id, named)
    assert opens(town, named) == "in part"
    session = town.session()
    for one in cases.of_case(session, NamedInOverride, case_id):
        one.ended_at = town.now + timedelta(hours=1)
        one.happened("no longer named in sharing without consent", who="Named")
    session.commit()
    session.close()
    assert opens(town, named) == "told why not"


def test_the_number_of_statements_for_choosing_colleagues_does_not_grow_with_them(town: SmallTown) -> None:
    case_id = town.case()

    def asked() -> int:
        sent: list[str] = []
        engine = town.office.database.engine
        event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
        with town.office.desk().looking() as session:
            case = session.get_one(Case, case_id)
            lookups_for(session, case.programme, town.office.desk().today, case)
        return len(sent)

    town.staff("First", "nurse east")
    before = asked()
    for number in range(12):
        town.staff(f"Nurse {number}", "nurse east")
    assert asked() == before
