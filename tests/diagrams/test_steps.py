"""Every step says whose it is, what it asks, by when, and what happens when it is late; and all it names exists."""

from __future__ import annotations

import json
import re
from collections import Counter
from inspect import signature
from itertools import product
from pathlib import Path

import pytest
from lxml import etree

import workflows
from forms import Catalogue
from tests.diagrams.reading import (
    ASKED_DATE,
    BPMN,
    SPIFF,
    Drawing,
    asked_duties,
    conditions,
    dates,
    drawings,
    said,
    steps,
)
from workflows.casework import access
from workflows.duties.clocks import clock_pauses
from workflows.duties.register import REGISTER
from workflows.engine.expressions import names_in

PROGRAMMES = [
    json.loads(path.read_bytes()) for path in sorted((Path(workflows.__file__).parent / "programmes").glob("?cm.json"))
]
VALUES = {
    "priority": ("emergency", "urgent", "high", "planned", "standard"),
    "residence": ("home", "care_home"),
    "haste": ("standard", "urgent"),
    "risk_level": ("palliative", "very_high", "high", "unknown", "medium", "low"),
}
# Intake has eleven numbered steps, consent nine, and so on; endings and transfer have one number together.
CATALOGUE = {
    f"{group}.{number}" for group, last in enumerate((11, 9, 9, 8, 6, 8, 6, 6, 8), 1) for number in range(1, last + 1)
}
ENDINGS = {"P11"}
NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|twelve"
MESSAGES = frozenset(
    {
        "referrer_reply", "mdt_case_decided", "person_died", "consent_withdrawn", "moved_out_of_area",
        "entered_in_error", "hospital_discharge", "service_update", "review_brought_forward", "review_set_anew",
        "death_mistaken", "withdrawal_mistaken", "urgent_answered", "discussion_refused", "concern_settled",
        "review_held", "care_home_handed_over", "hospital_destination_told", "work_taken_up_again",
        "planning_ended",
    }
)  # fmt: skip
DATES_WORKED_OUT = frozenset({"next_review_at", "action_due_at", "decision_due_at", "consent_talk_by", "read_by"})
CASE_FACTS = frozenset(
    {
        "source", "document_id", "danger_to_life", "ask_again", "to_team", "owner", "promised", "stage",
        "huddle", "beside", "whole_referral", "concern", "discharged_at",
    }
)  # fmt: skip
# The moments from which a promise counts when they lie before the step itself.
MOMENTS = frozenset({"assessment_from", "plan_from", "left_hospital_at", "moved_at", "triage_from"})

# Dates that the record of the person says: the state of a process keeps none of them.
OF_THE_PERSON = frozenset({"person.eighteenth_birthday"})
OF_THE_REVIEW = frozenset({"review.missed"})  # counted from its own day, by what its table said

each_drawing = pytest.mark.parametrize("drawing", drawings(), ids=lambda drawing: drawing.name)


def _words(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def test_every_step_says_form_due_class_reason_and_number() -> None:
    lacking = [
        (element.get("id"), name)
        for _, element, properties in steps()
        for name in ("form", "due", "escalation", "step")
        if not properties.get(name)
    ]
    assert lacking == []


def test_every_step_explains_in_one_sentence_why_somebody_is_asked() -> None:
    for _, element, _ in steps():
        why = (element.findtext(f"{BPMN}documentation") or "").strip()
        assert why.endswith((".", "?")), element.get("id")
        assert 30 <= len(why) <= 200, element.get("id")


def test_every_step_lies_in_the_lane_of_a_role() -> None:
    for drawing, element, _ in steps():
        assert drawing.role_of(element.get("id", "")) in access.ROLES, element.get("id")


def test_every_lane_is_named_after_a_role() -> None:
    assert {lane.get("name") for drawing in drawings() for lane in drawing.lanes.values()} <= set(access.ROLES)


def test_every_shape_lies_in_exactly_one_lane() -> None:
    for drawing in drawings():
        listed = Counter(ref.text for lane in drawing.lanes.values() for ref in lane.iter(f"{BPMN}flowNodeRef"))
        assert listed == Counter(node.get("id") for node in drawing.nodes())


def test_no_name_of_a_shape_is_used_twice_in_all_diagrams() -> None:
    used = Counter(node.get("id") for drawing in drawings() for node in drawing.nodes())
    assert [key for key, times in used.items() if times > 1] == []


def test_everything_a_person_reads_has_a_name() -> None:
    for drawing in drawings():
        for node in drawing.nodes():
            assert node.get("name"), node.get("id")


def test_every_way_out_of_a_question_is_named_and_one_is_the_usual() -> None:
    for drawing in drawings():
        leaving = {flow.get("id"): flow for flow in drawing.flows()}
        for gateway in drawing.nodes("exclusiveGateway", "inclusiveGateway"):
            ways = [leaving[out.text] for out in gateway.findall(f"{BPMN}outgoing")]
            if len(ways) > 1:
                assert gateway.get("default"), gateway.get("id")
                for way in ways:
                    assert way.get("name"), (gateway.get("id"), way.get("targetRef"))
                    usual = way.get("id") == gateway.get("default")
                    assert (way.find(f"{BPMN}conditionExpression") is None) is usual


def test_every_form_and_section_exists() -> None:
    catalogue = Catalogue.shipped()
    for _, element, properties in steps():
        sections = {section.key for section in catalogue.form(properties["form"]).definition.sections}
        assert set(_words(properties.get("sections", ""))) <= sections, element.get("id")


def test_every_answer_that_decides_is_a_question_of_the_step() -> None:
    catalogue = Catalogue.shipped()
    for _, element, properties in steps():
        sections = _words(properties.get("sections", ""))
        asked = {
            field.id
            for section in catalogue.form(properties["form"]).definition.sections
            if not sections or section.key in sections
            for field in section.fields
        }
        decides = {one.partition(" as ")[0] for one in _words(properties.get("decides", ""))}
        assert decides <= asked, element.get("id")


def test_every_due_time_and_wait_is_a_setting_of_every_programme() -> None:
    rules = {properties["due"] for _, _, properties in steps()} - DATES_WORKED_OUT
    rules |= {key for drawing in drawings() for text in dates(drawing) for key in ASKED_DATE.findall(text)}
    for programme in PROGRAMMES:
        known = {setting["key"] for setting in programme["settings"]}
        assert {key for rule in rules for key in _filled(rule)} <= known | OF_THE_PERSON | OF_THE_REVIEW


def _filled(rule: str) -> list[str]:
    names = re.findall(r"\{(\w+)\}", rule)
    return [rule.format(**dict(zip(names, values, strict=True))) for values in product(*(VALUES[n] for n in names))]


def test_no_text_names_a_time_that_a_programme_may_set() -> None:
    catalogue = Catalogue.shipped()
    texts = [note.text for drawing in drawings() for note in drawing.process.iter(f"{BPMN}documentation")]
    texts += [named.get("name") for drawing in drawings() for named in drawing.process.iter() if named.get("name")]
    texts += [form.about for form in map(catalogue.form, catalogue.keys())]
    assert [
        text for text in texts if re.search(rf"({NUMBERS}|\d+) (working )?(hour|day|week|month|time)s\b", text)
    ] == []


def test_a_promise_counts_from_a_moment_that_a_duty_tells() -> None:
    named = {properties["due_from"] for _, _, properties in steps() if "due_from" in properties}
    assert named == MOMENTS


def test_the_clocks_that_pause_are_those_of_promises_to_the_person() -> None:
    """Reviews and person-facing clocks stop in hospital; what is about safety, the law or the stay itself runs on."""
    pausing = {
        node.get("id")
        for drawing in drawings()
        for node in drawing.nodes("intermediateCatchEvent", "boundaryEvent")
        if said(node).get("pauses") == "yes"
    }
    assert pausing == {
        "review_opens", "tools_repeat_due", "step_down_over", "letter_unanswered", "wait_for_capacity",
        "mdt_waits_too_long", "no_meeting_in_time", "review_missed",
    }  # fmt: skip


def test_what_is_asked_because_of_a_hospital_stay_and_what_follows_a_concern_do_not_wait_for_its_end() -> None:
    stay = [(drawing, element, said) for drawing, element, said in steps() if drawing.name in {"hospital_stay"}]
    assert all(properties.get("pauses") == "no" for _, _, properties in stay)
    running_on = {element.get("id") for _, element, properties in steps() if properties.get("pauses") == "no"}
    assert running_on == {element.get("id") for _, element, _ in stay} | {
        "record_discharge",
        "track_safeguarding",
        "look_at_new_information",
        "review_override",
    }
    about_safety = [
        (one.get("id"), said) for drawing, one, said in steps() if drawing.name in {"safeguarding", "urgent"}
    ]
    assert [key for key, said in about_safety if clock_pauses(said["escalation"], said)] == []


def test_every_escalation_is_a_class_or_chooses_one() -> None:
    for _, element, properties in steps():
        rule = properties["escalation"]
        assert rule in {"S", "A", "B", "C"} or set(re.findall(r"'([A-Z])'", rule)) <= {"S", "A", "B", "C"}, element


def test_who_may_not_do_a_step_is_named_by_another_step() -> None:
    keys = {element.get("id") for _, element, _ in steps()}
    assert {properties["not_by"] for _, _, properties in steps() if "not_by" in properties} <= keys


def test_several_roles_may_do_a_step_where_the_service_says_so() -> None:
    also = {one.get("id"): properties["also"].split(",") for _, one, properties in steps() if "also" in properties}
    assert also == {
        "contribute_wellbeing": ["social_prescriber"],
        "review_nomination": ["gp_lead"],
        "assess_capacity": ["social_worker", "mh_practitioner", "therapist", "pharmacist", "gp_lead"],
        "approve_override": ["caldicott", "safeguarding_lead"],
        "allocate_coordinator": ["coordinator"],
        "name_another_coordinator": ["coordinator"],
        "accept_case": ["service_manager"],
        "acknowledge_urgent": ["gp_lead"],
        "settle_urgent": ["triage"],
        "settle_safety": ["triage"],
    }
    assert {role for roles in also.values() for role in roles} <= access.CARE_ROLES


def test_sharing_without_consent_and_joining_records_need_two_people() -> None:
    second = {element.get("id"): properties.get("not_by") for _, element, properties in steps()}
    assert second["approve_override"] == second["review_override"] == "request_override"
    assert second["check_identity_again"] == "check_identity"
    assert second["sign_off_no_contact"] == "decide_no_contact"
    assert second["accept_case"] == "release_case"


@each_drawing
def test_every_duty_is_in_the_register_with_its_parameters(drawing: Drawing) -> None:
    for key, name, given in asked_duties(drawing):
        assert name in REGISTER, key
        entry = REGISTER[name]
        must = {one.name for one in list(signature(entry.perform).parameters.values())[1:] if one.default is one.empty}
        assert given <= set(entry.parameters) or entry.open_ended, key
        assert must & set(entry.parameters) <= given, key


def test_every_step_of_the_catalogue_is_drawn() -> None:
    drawn = {
        number
        for drawing in drawings()
        for node in drawing.nodes()
        for number in _words(said(node).get("step", ""))
    }  # fmt: skip
    assert drawn == CATALOGUE | ENDINGS


def test_only_known_messages_are_waited_for() -> None:
    waited = {one.get("name") for drawing in drawings() for one in drawing.root.findall(f"{BPMN}message")}
    assert waited == MESSAGES


def test_messages_that_are_sent_are_waited_for_somewhere() -> None:
    sent = {
        value.get("value", "").strip("'")
        for drawing in drawings()
        for operator in drawing.process.iter(f"{SPIFF}serviceTaskOperator")
        if operator.get("id") == "messages.send"
        for value in operator.iter(f"{SPIFF}parameter")
    }
    assert sent <= MESSAGES


def test_every_process_that_is_started_or_called_is_drawn() -> None:
    drawn = {drawing.process.get("id") for drawing in drawings()}
    called = {one.get("calledElement") for drawing in drawings() for one in drawing.nodes("callActivity")}
    started = {
        given.get("value", "").strip("'")
        for drawing in drawings()
        for operator in drawing.process.iter(f"{SPIFF}serviceTaskOperator")
        if operator.get("id") == "case.start"
        for given in operator.iter(f"{SPIFF}parameter")
        if given.get("id") == "process"
    }
    assert called | started <= drawn


def test_every_ending_of_the_case_stops_whatever_still_runs_beside_it() -> None:
    for drawing in drawings():
        if drawing.name in {"case", "delivery", "hospital_stay", "death", "withdrawal", "moved_away"}:
            closing = [
                end for end in drawing.nodes("endEvent") if end.find(f"{BPMN}terminateEventDefinition") is not None
            ]
            assert closing, drawing.name


@pytest.mark.parametrize("message", ["person_died", "consent_withdrawn", "moved_out_of_area", "entered_in_error"])
def test_an_ending_interrupts_the_whole_episode(message: str) -> None:
    case = next(drawing for drawing in drawings() if drawing.name == "case")
    (event,) = (
        one
        for one in case.nodes("boundaryEvent")
        for caught in one.iter(f"{BPMN}messageEventDefinition")
        if caught.get("messageRef") == message
    )
    assert event.get("attachedToRef") == "episode"
    assert event.get("cancelActivity", "true") == "true"


def test_conditions_read_only_what_a_form_a_table_or_a_duty_decides() -> None:
    decided = {
        one.partition(" as ")[2] or one
        for _, _, properties in steps()
        for one in _words(properties.get("decides", ""))
    }  # fmt: skip
    tables = {"eligibility", "reason_code", "routing", "consent_basis", "may_proceed", "risk_level", "priority"}
    duties = {
        "identity", "haste", "open_case", "near_birthday", "evidence_accepted", "high_risk", "contact_reached",
        "attempts_enough", "discuss_mdt",
        "needs_nurse", "needs_therapist", "needs_mental_health", "needs_social_care", "needs_medication_review",
        "medication_review_due", "needs_wellbeing", "supervision_due_now",
        "mdt_decision", "deferrals", "deferred_too_often",
        "review_kind", "tools_due", "short_discharge", "handed_to_care_home", "care_home_to_come",
        "closure_reason", "open_actions",
        "already_discharged", "admission_recorded", "concern_recorded", "concern_open", "promises_open",
            "safeguarding_open",
        "action_status", "postponements", "postponed_too_often", "service_finished", "service_to_settle",
        "with_us_before",
    }  # fmt: skip
    for drawing in drawings():
        for condition in conditions(drawing):
            assert names_in(condition) <= decided | tables | duties | CASE_FACTS, condition


def test_timers_wait_for_a_setting_or_a_date_somebody_worked_out() -> None:
    worked_out = {"review_opens_at", "step_down_over_at", "override_expires_at", "mdt_late_at", "long_stay_at"}
    for drawing in drawings():
        for text in dates(drawing):
            assert ASKED_DATE.fullmatch(text) or text in worked_out, text


def test_a_date_of_the_person_is_asked_anew_and_never_kept() -> None:
    events = [one for drawing in drawings() for one in drawing.nodes("intermediateCatchEvent", "boundaryEvent")]
    waits_for = {one.get("id"): one.findtext(f".//{BPMN}timeDate") or "" for one in events}
    personal = {event for event, text in waits_for.items() if any(key in text for key in OF_THE_PERSON)}
    assert personal == {one.get("id") for one in events if said(one).get("asked_anew") == "yes"} != set()


def test_nothing_is_drawn_that_runs_wrongly_in_silence() -> None:
    never = {"scriptTask", "subProcess", "intermediateThrowEvent", "complexGateway", "sendTask", "adHocSubProcess"}
    for drawing in drawings():
        kinds = {etree.QName(element).localname for element in drawing.process if isinstance(element.tag, str)}
        assert not kinds & never, drawing.name
