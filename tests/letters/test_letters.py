"""Letters say only what they may, in words their readers can read."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from string import Template
from typing import Any

import pytest

from forms import Catalogue
from workflows.duties.letter_words import AS_AGREED
from workflows.duties.meeting_words import DECISIONS, DECISIONS_TO_YOU, NEXT_TO_YOU
from workflows.duties.overtaken import WHY
from workflows.duties.wording import letter_template

FOLDER = Path(__file__).parents[2] / "workflows" / "letters"
LETTERS: dict[str, dict[str, Any]] = json.loads((FOLDER / "letters.json").read_text(encoding="utf-8"))
NOTICES: dict[str, dict[str, Any]] = json.loads((FOLDER / "notices.json").read_text(encoding="utf-8"))
RECIPIENTS = {
    "person", "carer", "referrer", "gp", "team", "ward", "ambulance_111", "hospital", "social_care", "mental_health",
    "vcse", "service",
}  # fmt: skip

ABOUT_THE_SERVICE = {
    *("date", "programme_name", "team_name", "coordinator_name", "coordinator_phone"),
    *("who_coordinates", "your_worker", "whom_to_call"),
    *(
        "emergency_advice",
        "welcome_to_join",
        "how_to_come_back",
        "reply_by",
        "signpost",
        "hospital",
        "handover_to",
        "services",
        "how_far_we_share",
    ),
}
ABOUT_THE_PERSON = {
    *("person_name", "person_dob", "referrer_name", "decision", "reasons", "what_next", "actions", "goals"),
    *("why_it_ends", "how_they_see_it", "goals_at_the_end"),
    *("contingency", "plan_version", "received_on", "opened_on", "closed_on", "meeting_date", "next_review"),
    "plan_actions",
    *("reviewed_on", "reviewed_by", "recommendations", "medicine_problems", "medicines_found", "medicines_agreed"),
    *("medicine_changes", "asked_of_practice"),
}
TO_A_MEETING = {"meets_at", "meets_where", "recipient_name"}  # said by phone or post alone
IN_A_LETTER = ABOUT_THE_SERVICE | ABOUT_THE_PERSON | TO_A_MEETING | {"case_number"}
IN_A_NOTICE = {
    "case_number",
    "news",
    "link",
    "items",
    "due",
    "count",
    "lines",
    "letters",
    "on",
    "when",
    "phone",
}  # a line: case number, task, when


BY_HAND: dict[str, dict[str, Any]] = json.loads((FOLDER / "by_hand.json").read_text(encoding="utf-8"))


def letter(key: str) -> str:
    return (FOLDER / f"{key}.txt").read_text(encoding="utf-8")


def subject(key: str) -> str:
    return letter(key).split("\n", 1)[0]


def placeholders(text: str) -> set[str]:
    assert Template(text).is_valid()
    return set(Template(text).get_identifiers())


every_letter = pytest.mark.parametrize("key", sorted(LETTERS))
every_notice = pytest.mark.parametrize("kind", sorted(NOTICES))
to_people = pytest.mark.parametrize("key", sorted(k for k, entry in LETTERS.items() if entry["audience"] == "person"))


def test_every_letter_in_the_register_is_a_file_and_every_file_is_in_the_register() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(LETTERS)


def test_all_fifteen_letters_are_there_and_plain_versions_where_two_kinds_of_reader_get_one() -> None:
    plain = {"L04p", "L05p", "L08p"}
    assert set(LETTERS) == {f"L{number:02d}" for number in range(1, 16)} | plain
    assert all(LETTERS[key]["audience"] == "person" for key in plain)
    assert all(LETTERS[key.removesuffix("p")]["audience"] == "professional" for key in plain)


def test_only_invitations_wait_while_the_person_is_in_hospital() -> None:
    """What asks the person to do something at home; an outcome, a plan or a confirmation is owed to them anyway."""
    assert {key for key, entry in LETTERS.items() if entry["waits_in_hospital"]} == {"L02", "L06", "L07"}


@every_letter
def test_a_letter_is_registered_in_full(key: str) -> None:
    entry = LETTERS[key]
    usual = {"title", "audience", "needs_consent", "after_death", "waits_in_hospital", "to"}
    assert set(entry) == usual | {"overtaken_by"}
    assert set(entry["overtaken_by"]) <= set(WHY)
    assert entry["title"]
    assert entry["audience"] in {"person", "professional"}
    assert set(entry["to"]) <= RECIPIENTS
    assert (entry["audience"] == "person") == (set(entry["to"]) <= {"person", "carer"})


@every_letter
def test_a_letter_uses_only_words_from_the_list(key: str) -> None:
    assert placeholders(letter(key)) <= IN_A_LETTER


def test_no_word_of_the_list_is_idle() -> None:
    assert {name for key in LETTERS for name in placeholders(letter(key))} == IN_A_LETTER - TO_A_MEETING


@every_letter
def test_a_subject_says_nothing_about_anybody(key: str) -> None:
    assert subject(key).startswith("Subject: ")
    assert placeholders(subject(key)) == set()
    assert letter(key).count("Subject:") == 1


@every_letter
def test_a_letter_is_dated_signed_and_says_whom_to_call(key: str) -> None:
    assert letter(key).split("\n")[1:3] == ["", "$date"]
    assert letter(key).endswith("$team_name\n" if LETTERS[key]["audience"] == "person" else "$programme_name\n")
    whom_to_call = {"coordinator_phone", "who_coordinates", "your_worker"}
    assert whom_to_call & set(Template(letter(key)).get_identifiers()) or key == "L08p"


@to_people
def test_a_letter_to_a_person_tells_what_to_do_in_an_emergency(key: str) -> None:
    assert "$emergency_advice" in letter(key)


@to_people
def test_nothing_goes_to_a_person_who_has_died_or_to_their_carer(key: str) -> None:
    assert LETTERS[key]["after_death"] is False


@every_letter
def test_a_letter_that_tells_others_about_the_person_needs_consent(key: str) -> None:
    tells_others = LETTERS[key]["to"] not in (["person"], ["referrer"])
    assert LETTERS[key]["needs_consent"] == tells_others
    if LETTERS[key]["audience"] == "professional" and tells_others:
        said = letter(key).replace("$how_far_we_share", AS_AGREED)
        assert "only what the person agreed, or the law allows" in said


def test_what_goes_to_the_referrer_alone_names_nobody() -> None:
    for key in ("L01", "L03"):
        assert not placeholders(letter(key)) & {"person_name", "person_dob", "goals", "contingency", "actions"}


def syllables(word: str) -> int:
    """Roughly how many syllables an English word has: its groups of vowels, a silent e not counted."""
    groups = re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e(d|s)?$", "", word))
    return max(len(groups), 1)


def reading_age(text: str) -> float:
    """The school grade of the well-known Flesch-Kincaid formula, plus five: about the age that reads it with ease."""
    words = [word.lower() for word in re.findall(r"[A-Za-z']+", text)]
    sentences = len(re.findall(r"[.?!:](\s|$)", text))
    grade = 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59
    return grade + 5


def test_reading_age_tells_plain_words_from_official_ones() -> None:
    assert reading_age("We will call you. You can say no. We want to help.") < 8
    official = "Following multidisciplinary consideration, notification of eligibility determination is communicated."
    assert reading_age(official) > 16


@to_people
def test_a_letter_to_a_person_can_be_read_at_eleven(key: str) -> None:
    prose = [line for line in letter(key).split("\n")[3:] if line.rstrip().endswith((".", "?"))]
    assert reading_age(Template("\n".join(prose)).substitute(dict.fromkeys(IN_A_LETTER, "Ann"))) <= 11


@every_notice
def test_a_notice_carries_no_identifiable_content(kind: str) -> None:
    entry = NOTICES[kind]
    assert {"urgent", "subject", "body"} <= set(entry)
    assert set(entry) <= {"urgent", "awaited", "morning", "while_open", "subject", "body", "text"}
    assert placeholders(entry["subject"]) == set()
    assert placeholders(entry["body"]) <= IN_A_NOTICE
    assert "$link" in entry["body"]


@every_notice
def test_a_notice_is_short(kind: str) -> None:
    assert len(NOTICES[kind]["subject"]) <= 60
    assert len(NOTICES[kind]["body"]) <= 260


@every_notice
def test_a_text_message_says_how_many_tasks_at_most_and_fits_into_one(kind: str) -> None:
    text = NOTICES[kind].get("text", "")
    assert placeholders(text) <= {"tasks"}
    assert len(text) <= 120


def test_safety_notices_go_out_at_once_and_the_digest_does_not() -> None:
    assert {kind for kind in NOTICES if kind.endswith("_safety")} <= {k for k, n in NOTICES.items() if n["urgent"]}
    assert NOTICES["digest"]["urgent"] is False


@pytest.mark.parametrize("kind", sorted(BY_HAND))
def test_what_is_told_by_phone_or_post_is_short_and_names_the_person_only_where_consent_is_asked(kind: str) -> None:
    told = letter_template(kind)
    to_them = told.audience == "person"
    assert (kind in NOTICES or to_them, told.by_hand, told.waits_in_hospital) == (True, True, to_them)
    assert placeholders(told.text) <= IN_A_LETTER
    assert "$coordinator_phone" in told.text
    assert len(told.text) < 900
    named = placeholders(told.text) & ABOUT_THE_PERSON
    # Who is told that consent has ended could not be asked for consent any more.
    assert bool(named) == (BY_HAND[kind]["needs_consent"] or kind == "consent_withdrawn" or to_them)


@every_letter
def test_a_letter_that_knows_everything_says_everything(key: str) -> None:
    known = {name: f"<{name}>" for name in placeholders(letter(key))}
    assert letter_template(key).fill(known) == Template(letter(key)).substitute(known)


@every_letter
def test_what_nobody_knows_leaves_no_hole_and_no_empty_heading(key: str) -> None:
    said = letter_template(key).fill({"person_name": "Ada", "team_name": "East", "date": "1 May 2026"})
    assert "$" not in said
    assert "–" not in said
    headings = {above for above, below in pairwise(letter(key).split("\n\n")) if below.startswith("$")}
    for above, below in pairwise(said.split("\n\n")):
        assert not (above in headings and below.startswith("Yours sincerely")), above


def test_only_the_sentence_that_is_not_known_is_left_out() -> None:
    known = {name: name for name in placeholders(letter("L05p"))} | {"goals": "• to walk to the shop"}
    del known["next_review"]
    said = letter_template("L05p").fill(known)
    assert "look at the plan with you again" not in said
    assert "You can ask us to change it at any time." in said


@pytest.mark.parametrize("words", [DECISIONS, DECISIONS_TO_YOU])
def test_every_decision_of_the_meeting_has_its_sentence(words: dict[str, str]) -> None:
    asked = Catalogue.shipped().form("F16").definition.questions
    (decision,) = [question for question in asked if question.id == "decision"]
    assert set(words) == {choice.value for choice in decision.choices}


def test_what_the_person_reads_speaks_to_them() -> None:
    for sentence in (*DECISIONS_TO_YOU.values(), *NEXT_TO_YOU.values()):
        assert "the person" not in sentence.replace("the person who asked us", "")
        assert re.search(r"\b(we|us|you|your)\b", sentence, re.IGNORECASE), sentence
