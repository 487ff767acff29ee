"""The forms that come with the product: all are there, ask what must be asked, and refuse what contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from forms import Question
from tests.builders.filled_forms import LOOKUPS, TODAY, catalogue, read_filled
from tests.tables.shipped import thresholds

CATALOGUE = catalogue()
KEYS = (
    *(f"F{number:02}" for number in range(31)),
    "F03b",
    "F20b",
    "F21b",
    "F22b",
    "F23b",
    "F24b",
    "F32",
    "F33",
    "F34",
    "F35",
    "F36",
    "F37",
    "F38",
    "F39",
    "F40",
    "F41",
    "F42",
    "F43",
    "F44",
    "F45",
)  # fmt: skip


UNANSWERED = ("Not known", "Not asked", "Not looked", "Not reached yet")


@cache
def questions(key: str) -> dict[str, Question]:
    return {question.id: question for question in CATALOGUE.form(key).definition.questions}


def every_question(key: str) -> Iterator[Question]:
    for question in questions(key).values():
        yield question
        if question.kind in ("group", "repeating"):
            yield from question.fields


def values(key: str, field: str) -> set[str]:
    return {choice.value for choice in questions(key)[field].choices}


def test_every_form_of_the_service_is_there() -> None:
    assert set(CATALOGUE.keys()) == set(KEYS)


def test_a_missing_day_of_a_count_says_of_which_period() -> None:
    groups = [question for question in questions("F29").values() if question.kind == "group"]
    days = [part.required_message for group in groups for part in group.fields if part.kind == "date"]
    assert len(days) == len(set(days)) == 4


@pytest.mark.parametrize("key", KEYS)
def test_every_date_has_a_side_on_which_it_is_wrong(key: str) -> None:
    dates = [question for question in every_question(key) if question.kind in ("date", "datetime")]
    free = [one.id for one in dates if not (one.past or one.future or one.not_before or one.warn_when)]
    assert free == []


# What the team itself does in a case cannot have been done before there was one.
DONE_HERE = (
    "F02.answered_on", "F08.told_on", "F10.at", "F11.what_matters_done_at", "F11.summary_done_at", "F16.due",
    "F18.valid_from", "F18.target_date", "F19.agreed_on", "F20.at", "F20b.sent_at", "F26.withdrawn_on",
)  # fmt: skip
# What may rightly lie before the case, but seldom does.
SELDOM_BEFORE = ("F06.assessed_at", "F07.date", "F12.measured_on", "F23.sent_at", "F24.admitted_at", "F26.date")


@pytest.mark.parametrize("where", DONE_HERE)
def test_what_the_team_does_is_not_done_before_the_case_was_opened(where: str) -> None:
    key, _, name = where.partition(".")
    (asked,) = [question for question in every_question(key) if question.id == name]
    assert asked.not_before == "case.opened"


@pytest.mark.parametrize("where", SELDOM_BEFORE)
def test_what_seldom_lies_before_the_case_is_asked_about(where: str) -> None:
    key, _, name = where.partition(".")
    (asked,) = [question for question in every_question(key) if question.id == name]
    assert asked.warn_when is not None
    assert "case.opened" in asked.warn_when.names


@pytest.mark.parametrize("key", KEYS)
def test_a_filled_form_is_read_without_errors(key: str) -> None:
    reading = read_filled(key)
    assert reading.errors == {}
    assert len(reading.answers) >= len(questions(key)) / 3


@pytest.mark.parametrize("key", KEYS)
def test_answers_can_be_put_back_on_the_page_unchanged(key: str) -> None:
    form, first = CATALOGUE.form(key), read_filled(key)
    raw = form.inputs(first.answers)
    again = form.read(raw, today=TODAY, lookups=LOOKUPS, demonstration=True, settings=thresholds())
    assert again.answers == first.answers


@pytest.mark.parametrize("key", KEYS)
def test_an_empty_form_asks_for_every_required_answer_in_its_own_words(key: str) -> None:
    form = CATALOGUE.form(key)
    errors = form.read({}, today=TODAY, lookups=LOOKUPS).errors
    always = {
        question.id: question.required_message
        for section in form.sections
        for question in section.fields
        if question.required and question.show_when is None and section.show_when is None
    }
    assert always
    assert always.items() <= errors.items()


@pytest.mark.parametrize("key", KEYS)
def test_a_required_question_says_what_to_do_when_it_is_left_out(key: str) -> None:
    for question in every_question(key):
        if question.required or question.required_when:
            assert re.match(r"(Enter|Select) .", question.required_message), question.id
            assert not question.required_message.endswith("."), question.id


ASKING = {"who", "whom", "what", "which", "when", "wher", "why", "how"}
LITTLE = set(
    re.findall(
        r"\w+",
        """a an and are as at be by can could did do does enter for from has have if in is it least me my of on one or
        our person select that the their there they this to us was we were will with you your""",
    )
)
BENT = {"asked": "ask", "died": "die", "done": "do", "said": "say", "saw": "see", "spoke": "speak", "told": "tell",
        "tried": "try"}  # fmt: skip


def telling_words(sentence: str) -> set[str]:
    """The words that carry a sentence, cut to four letters, so that "agreed" is "agree"."""
    plain = re.findall(r"[a-z0-9-]+", sentence.lower().replace("’s", ""))
    return {BENT.get(word, word)[:4] for word in plain} - LITTLE


@pytest.mark.parametrize("key", KEYS)
def test_what_is_missing_is_demanded_in_the_words_of_its_label(key: str) -> None:
    for question in every_question(key):
        asked = telling_words(question.label)
        if question.required_message and asked:
            assert (asked - ASKING or asked) & telling_words(question.required_message), question.label


@pytest.mark.parametrize("key", KEYS)
def test_any_choice_may_be_made_and_only_a_rule_may_object(key: str) -> None:
    ruled = {rule.field for rule in CATALOGUE.form(key).definition.rules}
    for question in questions(key).values():
        if question.kind in ("choice", "select", "yes_no", "yes_no_unknown"):
            for value in values(key, question.id) or {"yes", "no"}:
                answer: dict[str, Any] = {question.id: value}
                assert read_filled(key, **answer).errors.keys() <= ruled, f"{question.id}={value}"


@pytest.mark.parametrize("key", KEYS)
def test_questions_of_one_form_do_not_share_their_words(key: str) -> None:
    labels = [question.label for question in questions(key).values()]
    assert len(labels) == len(set(labels))
    assert not {"When?", "Why?", "Who?", "How?", "What?", "Where?"} & set(labels)


@pytest.mark.parametrize("key", KEYS)
def test_not_known_is_never_the_same_as_no(key: str) -> None:
    for question in every_question(key):
        for choice in question.choices:
            assert (choice.value in ("unknown", "not_asked")) == choice.label.startswith(UNANSWERED), choice.label


REQUIRED = {
    "F00": "list_source nominate reason",
    "F01": """nhs_number nhs_number_reason family_name given_name dob sex_recorded postcode language interpreter
        gp_practice gp_registered referrer_name referrer_role referrer_org referrer_phone referrer_email
        referrer_attend source consent_stage consent_date consent_by consent_how high_risk_reason views views_reason
        expectations question preventable""",
    "F03": "verdict priority override_reason team",
    "F03b": "wnb_considered welfare_check welfare_why verdict",
    "F04": "decision matched_record",
    "F05": """info_given choice discuss_mdt share_with purpose_eval given_by how capacity_doubt
        capacity_doubt_why valid_from review_by serious_harm""",
    "F06": """decision impairment impairment_what understand understand_evidence retain retain_evidence use_weigh
        use_weigh_evidence communicate communicate_evidence help_given help_text causal_link conclusion assessor
        profession attorney_kind""",
    "F07": """wishes_past wishes_now values consulted options decision decision_maker disagreement_plan
        review_date""",
    "F08": """harm who_at_risk likelihood imminence basis asked_consent asked_consent_why capacity items recipients
        alternatives approved_by approval expires_at person_told not_told_why outcome""",
    "F09": "coordinator",
    "F10": "at route outcome safe_and_well",
    "F11": """problems recommendation what_matters_done_by what_matters_done_at physical_na_reason
        cfs_date cfs_by""",
    "F12": "measured_on mode language tools_used",
    "F13": "meds_count high_risk adherence outcome",
    "F14": "visit_rule",
    "F15": "question presenter summary person_view needed_roles invite_referrer",
    "F16": """meeting present situation update views_of_person decision rationale coordinator
        next_review signed_by_chair""",
    "F17": "status outcome blocked_reason new_due_reason",
    "F18": "important_to_me how_to_communicate goals contingency next_review",
    "F19": "agreed_by agreement disagreements copy_wanted copy_format copy_route",
    "F20": "at type with purpose notes",
    "F20b": "service consent_ok status outcome",
    "F21": "consent_still_valid person_view decision next_review risk_override_reason",
    "F21b": "reason plan end_date decision",
    "F22": "what danger_to_life advice_given told_who",
    "F22b": "ack_at decision",
    "F23": """s42_needs s42_abuse s42_protect types adult_views consent consent_override_reason
        immediate_steps sent_to sent_at""",
    "F23b": "la_decision outcome closed",
    "F24": "admitted_at hospital planned weekly_check discharged_at destination went_to",
    "F24b": "contacted_at risk_changed",
    "F25": "reason agreed_with_person handover_to how_to_come_back measures_done chair_decision",
    "F26": """date known_by expected review_needed handover_consent withdrawn_what explained
        single_services_continue error_reason""",
    "F27": "open_actions risks verbal_handover_done released accepted accepted_by",
    "F28": "coordinator next_date",
    "F30": "previous_episode reason_now what_changed copy_assessment new_consent",
    "F29": "entered_by",
    "F32": "letter_read recipient_right",
    "F33": "team reason",
    "F34": "what owner due tell_person",
    "F35": "how_known told_family",
    "F36": "note",
    "F39": "which how_known",
    "F40": "person_knows",
    "F41": "moved_on care_home stay",
    "F42": "told_by postcode message_safe",
    "F43": "at type reached with_name how_are_they plan_holds notes follows why_close next_attempt",
    "F44": "other_case keep how_known",
    "F45": "how_known person_told",
}  # fmt: skip


@pytest.mark.parametrize(("key", "names"), REQUIRED.items())
def test_what_must_be_answered_is_required(key: str, names: str) -> None:
    for name in names.split():
        question = questions(key)[name]
        assert question.required or question.required_when, name


@pytest.mark.parametrize(
    ("key", "sections"),
    [
        ("F02", {"ask", "reply"}),
        ("F08", {"request", "approval", "told", "review"}),
        ("F22b", {"acknowledge", "decide", "reached"}),
        ("F24", {"admission", "weekly_check", "long_stay", "discharge", "whereabouts"}),
        ("F25", {"outcome", "handover", "feedback", "sign"}),
        ("F26", {"death", "moved", "withdrawn", "error"}),
        ("F27", {"handover", "release", "acceptance"}),
    ],
)
def test_each_part_of_a_shared_form_can_be_filled_alone(key: str, sections: set[str]) -> None:
    form = CATALOGUE.form(key)
    assert {section.key for section in form.sections} == sections
    for section in form.sections:
        reading = read_filled(key, (section.key,))
        assert reading.errors == {}
        assert reading.answers.keys() <= {question.id for question in section.fields}


def test_each_part_of_the_assessment_says_who_and_when_or_why_not() -> None:
    for section in CATALOGUE.form("F11").sections[:-1]:
        own = {question.id for question in section.fields}
        assert {f"{section.key}_{end}" for end in ("not_applicable", "na_reason", "done_by", "done_at")} <= own
        reading = read_filled("F11", (section.key,), **{f"{section.key}_not_applicable": True})
        assert reading.errors == {}
        assert reading.answers.keys() == {
            f"{section.key}_{end}" for end in ("not_applicable", "na_reason", "done_by", "done_at")
        }


def test_fields_with_a_padlock_are_marked_sensitive() -> None:
    for key in ("F23", "F23b"):
        assert all(question.sensitive for question in questions(key).values())
    for key, field in (
        ("F01", "risks_visiting"),
        ("F01", "risk_facts"),
        ("F11", "domestic_abuse"),
        ("F11", "domestic_abuse_detail"),
    ):
        assert questions(key)[field].sensitive
    shown = CATALOGUE.form("F11").show(
        read_filled("F11", domestic_abuse="yes").answers, lookups=LOOKUPS, may_see_sensitive=False
    )
    assert "only when the person is alone" not in str(shown)
    assert not any(
        row.text.startswith("Example answer: What is known, and what is safe") for part in shown for row in part.rows
    )


def test_only_free_questionnaires_are_asked_word_by_word() -> None:
    asked = {question.instrument for key in KEYS for question in every_question(key) if question.kind == "instrument"}
    assert asked == {"ONS4", "UCLA3", "PHQ2", "GAD2"}


def test_nothing_real_is_printed_in_a_form() -> None:
    for key in KEYS:
        for question in every_question(key):
            text = f"{question.label} {question.hint} {question.warning} {question.required_message}"
            assert "@" not in text
            assert all(digits.startswith("999") for digits in re.findall(r"\b\d{3} \d{3} \d{4}\b", text))


def test_people_meet_only_what_applies_to_them() -> None:
    refused = read_filled("F05", choice="refused").answers
    assert "share_with" not in refused
    assert "refusal_explained" in refused
    self_referral = read_filled("F01", source="self", referrer_email=None)
    assert self_referral.errors == {}
    assert "referrer_org" not in self_referral.answers
    without_home = read_filled("F01", home="none", postcode="ZZ99 3VZ").answers
    assert "address" not in without_home
    assert without_home["postcode"] == "ZZ99 3VZ"
    younger = read_filled("F11", cfs_suitable="no").answers
    assert "cfs" not in younger
    assert younger["cfs_skipped"]


def test_figures_are_worked_out_for_the_reader() -> None:
    assert read_filled("F11").answers["body"]["bmi"] == pytest.approx(26.6)
    risk = {"category": "falls", "risk": "A fall on the stairs", "likelihood": "4", "impact": "3"}
    assert read_filled("F14", risks=[risk]).answers["risks"][0]["product"] == 12
    assert read_filled("F16").answers["quorate"] == "Yes"
    assert read_filled("F16", roles_present=["chair"]).answers["quorate"] == "No"
    assert read_filled("F16", health_present="0").answers["quorate"] == "No"
    assert read_filled("F16", held_as="huddle", present=[{"name": "Ada"}]).answers["quorate"] == "No"
    assert "health_present" not in read_filled("F16", held_as="huddle").answers


def test_who_covers_is_named_with_somebodys_leave_and_an_older_allocation_still_shows_whom_it_named() -> None:
    newest, before = CATALOGUE.form("F09"), CATALOGUE.form("F09", 1)
    assert "cover_by" not in {question.id for question in newest.definition.questions}
    assert "cover_by" in {question.id for question in before.definition.questions}


def test_a_handover_written_before_still_reads_as_it_was_asked() -> None:
    newest, before = CATALOGUE.form("F27"), CATALOGUE.form("F27", 1)
    assert {"from_team", "accepted_on"} <= {question.id for question in before.definition.questions}
    assert not {"from_team", "accepted_on"} & {question.id for question in newest.definition.questions}
    assert "Is the case accepted?" in [row.label for part in before.show({"accepted": "yes"}) for row in part.rows]
