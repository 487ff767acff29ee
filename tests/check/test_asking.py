"""Files that somebody brings are read at arm's length: whatever they do to the reader, an answer comes back."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import pytest

import workflows
from tests.engine.dmn import dmn
from tests.engine.drawings import call, chain, diagram, end, start, user
from tests.engine.test_safety import laughs
from workflows.check import apart, asking
from workflows.check.asking import Answer, Limits, check
from workflows.check.here import as_shipped
from workflows.check.known import Known
from workflows.check.question import Question
from workflows.engine import DiagramRefused, Library
from workflows.engine.outcome import Finding

SHIPPED = Path(workflows.__file__).parent
DIAGRAMS = {path.name: path.read_bytes() for path in sorted((SHIPPED / "diagrams").glob("*.bpmn"))}
TABLES = {path.name: path.read_bytes() for path in sorted((SHIPPED / "tables").glob("*.dmn"))}

LANES = '<bpmn:lane id="one" name="gp_lead"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane>'
GOOD = diagram(
    f'<bpmn:laneSet id="lanes">{LANES}</bpmn:laneSet>', start(), user("u"), end(), chain("s", "u", "e"),
    process="brought",
)  # fmt: skip

# A data object two levels up: SpiffWorkflow's reader looks for it one level up, again and again.
DATA_TWO_LEVELS_UP = diagram(
    '<bpmn:dataObject id="data"/>',
    start(),
    '<bpmn:subProcess id="one"><bpmn:startEvent id="s1"/><bpmn:subProcess id="two"><bpmn:startEvent id="s2"/>'
    '<bpmn:userTask id="u"><bpmn:ioSpecification id="io"><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>'
    '<bpmn:dataInputAssociation id="in"><bpmn:sourceRef>ref</bpmn:sourceRef></bpmn:dataInputAssociation>'
    "</bpmn:userTask>"
    '<bpmn:dataObjectReference id="ref" dataObjectRef="data"/>'
    f'<bpmn:endEvent id="e2"/>{chain("s2", "u", "e2")}</bpmn:subProcess>'
    f'<bpmn:endEvent id="e1"/>{chain("s1", "two", "e1")}</bpmn:subProcess>',
    end(),
    chain("s", "one", "e"),
)


def _found(answers: tuple[Answer, ...]) -> dict[str, tuple[Finding, ...]]:
    return {answer.file: answer.findings for answer in answers}


def _said(answers: tuple[Answer, ...]) -> str:
    return " ".join(finding.message for answer in answers for finding in answer.findings)


def test_what_is_shipped_is_fit_for_a_service_as_shipped() -> None:
    answers = check(Question(DIAGRAMS | TABLES, known=as_shipped()))
    assert [answer.file for answer in answers] == [*DIAGRAMS, *TABLES]
    assert _said(answers) == ""
    assert all(answer.runnable for answer in answers)


def test_a_diagram_is_read_with_those_beside_it() -> None:
    calling = diagram(start(), call("c", "brought"), end(), chain("s", "c", "e"), process="calls")
    assert check(Question({"calls.bpmn": calling}, [GOOD]))[0].runnable
    (alone,) = check(Question({"calls.bpmn": calling}))
    assert [finding.rule for finding in alone.findings] == ["service.called-exists"]


def test_every_fault_of_every_file_comes_back_with_its_file() -> None:
    found = _found(
        check(
            Question(
                {
                    "good.bpmn": GOOD,
                    "no_end.bpmn": diagram(start(), user("u"), chain("s", "u")),
                    "Table.DMN": dmn(["x"], ["y"], [(["5-10"], ["1"]), (["<"], ["import os"])], "FRIST"),
                    "notes.txt": b"hello",
                }
            )
        )
    )
    assert found["good.bpmn"] == ()
    assert "form.has-end" in [finding.rule for finding in found["no_end.bpmn"]]
    rules = ["decision.cell", "decision.cell", "decision.expression", "decision.hit-policy"]
    assert [finding.rule for finding in found["Table.DMN"]] == rules
    assert "Rule 1, column “x”" in found["Table.DMN"][0].message
    assert found["notes.txt"] == (
        Finding("", "form.readable", "A diagram is a file .bpmn, a decision table a file .dmn."),
    )


def test_only_the_families_that_are_asked_for_are_answered() -> None:
    nowhere = diagram(start(), user("u"), end(), chain("s", "u", "e"))  # in no lane, and it names no form
    table = dmn(["x"], ["y"], [(["<"], ["1"])])
    asked = {"nowhere.bpmn": nowhere, "table.dmn": table, "none.bpmn": b""}
    found = _found(check(Question(asked, only=("soundness",))))
    assert found["nowhere.bpmn"] == found["table.dmn"] == ()
    assert [one.rule for one in found["none.bpmn"]] == ["form.readable"]
    assert [one.rule for one in _found(check(Question(asked, only=("decision",))))["table.dmn"]] == ["decision.cell"]


def test_what_this_service_does_not_have_is_found_only_where_its_service_is_known() -> None:
    asked = {"brought.bpmn": GOOD.replace(b"gp_lead", b"wizard")}
    assert check(Question(asked))[0].runnable
    (answer,) = check(Question(asked, known=as_shipped()))
    assert [one.rule for one in answer.findings] == ["service.known-role"]


def test_what_is_known_comes_through_whole() -> None:
    known = as_shipped()
    assert Known.heard(json.loads(json.dumps(known.told()))) == known


def test_nothing_to_read_is_nothing_wrong() -> None:
    assert check(Question({})) == ()


# Files made to hurt -----------------------------------------------------------------------------

DEEP = b"<a>" * 300_000
MANY = b"<a>" + b"<b/>" * 450_000 + b"</a>"
WIDE = diagram(start(), *(user(f"u{number}") for number in range(1_500)), end())
ROUND = diagram(start(), *(call(f"c{number}", "p") for number in range(50)), end(), chain("s", "c0", "c1", "c0"))
HURTING = {
    "hangs.bpmn": (DATA_TWO_LEVELS_UP, "Data objects are not run"),
    "laughs.bpmn": (laughs("<x>&l11;</x>"), "document type"),
    "laughs.dmn": (laughs('<x a="&l11;"/>'), "document type"),
    "doctype.bpmn": (b"<!DOCTYPE x><x/>", "document type"),
    "outside.dmn": (b'<!DOCTYPE x [<!ENTITY e SYSTEM "/etc/passwd">]><x>&e;</x>', "document type"),
    "deep.bpmn": (DEEP, "nested too deeply"),
    "deep.dmn": (DEEP, "nested too deeply"),
    "many.bpmn": (MANY, "not valid BPMN"),
    "many.dmn": (MANY, "exactly one decision"),
    "wide.bpmn": (WIDE, "Put the step into the lane"),
    "round.bpmn": (ROUND, "A process cannot call itself"),
    "picture.bpmn": (b"\x89PNG\r\n\x1a\n" + bytes(1_000), "not well-formed"),
    "empty.bpmn": (b"", "not well-formed"),
    "text.dmn": (b"Dear all, please find attached", "not well-formed"),
    "other.bpmn": (b"<html/>", "not valid BPMN"),
    "other.dmn": (b"<html/>", "exactly one decision"),
    "packed.bpmn": (b"PK\x03\x04" + bytes(1_000), "not well-formed"),
    "exotic.dmn": (b'<?xml version="1.0" encoding="UTF-7"?><x/>', "save it as UTF-8"),
}


def test_files_made_to_hurt_are_answered_in_words_and_each_within_five_seconds() -> None:
    for names in (list(HURTING)[:9], list(HURTING)[9:]):
        answers = check(Question({name: HURTING[name][0] for name in names}))
        assert [answer.file for answer in answers] == names
        for answer in answers:
            assert not answer.runnable
            assert HURTING[answer.file][1] in " ".join(one.message for one in answer.findings), answer.file


@pytest.mark.parametrize("size", [2_000_001, 50_000_000])
def test_a_file_that_is_too_large_is_not_even_begun(size: int) -> None:
    began = time.monotonic()
    answers = check(Question({"good.bpmn": GOOD, "large.bpmn": b"<x>" + b" " * size + b"</x>"}))
    assert [answer.file for answer in answers if not answer.runnable] == ["large.bpmn"]
    assert "larger than 2 MB" in _said(answers)
    assert time.monotonic() - began < 1


def test_a_file_that_needs_more_memory_than_there_is_is_answered_in_words_and_the_others_as_ever() -> None:
    answers = check(Question({"many.bpmn": MANY, "good.bpmn": GOOD}), Limits(10, 60, 120))
    assert [answer.runnable for answer in answers] == [False, True]
    assert "memory" in _said(answers)


def test_too_many_files_are_not_even_begun() -> None:
    assert "too many files" in _said(check(Question({f"{number}.bpmn": b"<x/>" for number in range(300)})))
    assert "too many files" in _said(check(Question({"a.bpmn": GOOD}, [b" " * 1_999_999] * 11)))


# The reader itself ------------------------------------------------------------------------------


def _ask(script: str, limits: Limits, monkeypatch: pytest.MonkeyPatch) -> tuple[Answer, ...]:
    """The answers when this is done where a file is looked at, in a process of its own."""
    own = f"import workflows.check.reader as r\ndef look(*given):\n    {script}\n    return ()\n"
    own += "r.judge = look\nimport sys; r.main(sys.argv[1:])"
    monkeypatch.setattr(asking, "_READER", (sys.executable, "-P", "-s", "-c", own))
    return check(Question({"brought.bpmn": GOOD, "good.dmn": TABLES["routing.dmn"]}), limits)


def test_spiffworkflows_own_reader_does_hang_and_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = (
        "from SpiffWorkflow.spiff.parser import SpiffBpmnParser; "
        f"reader = SpiffBpmnParser(); reader.add_bpmn_str({DATA_TWO_LEVELS_UP!r}); "
        "reader.get_spec('p'); reader.get_subprocess_specs('p')"
    )
    assert "takes too long" in _said(_ask(reads, Limits(computing=2, waiting=60), monkeypatch))


@pytest.mark.parametrize(
    ("script", "limits", "said"),
    [
        ("while True: pass", Limits(computing=1, waiting=60), "takes too long"),
        ("import time; time.sleep(60)", Limits(waiting=1), "takes too long"),
        ("r.x = [bytes(10**7) for _ in range(10**4)]", Limits(megabytes=300), "breaks off its reader"),
        ("return [r.Finding('x' * 10**7, 'y', 'z')]", Limits(), "breaks off its reader"),
        ("r.x = open('WRITTEN', 'wb').write(bytes(10**7))", Limits(), "breaks off its reader"),
        ("import os; os.kill(os.getpid(), 11)", Limits(), "breaks off its reader"),
        ("raise SystemExit(3)", Limits(), "breaks off its reader"),
        ("return 5", Limits(), "breaks off its reader"),
    ],
)
def test_whatever_happens_in_looking_every_file_has_an_answer(
    script: str, limits: Limits, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers = _ask(script.replace("WRITTEN", str(tmp_path / "written")), limits, monkeypatch)
    assert [answer.file for answer in answers] == ["brought.bpmn", "good.dmn"]
    assert all(said in one.message for answer in answers for one in answer.findings)
    assert not any(answer.runnable for answer in answers)


@pytest.mark.parametrize("script", ["raise SystemExit(3)", "print('hello')", "print('[1, 2]')", "print('{\"x\": 1}')"])
def test_a_reader_that_does_not_answer_is_said(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_READER", (sys.executable, "-c", script))
    assert "breaks off its reader" in _said(check(Question({"brought.bpmn": GOOD})))


def test_a_reader_that_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_READER", ("/nowhere/python",))
    assert "try again later" in _said(check(Question({"brought.bpmn": GOOD})))


def test_the_log_says_how_looking_ended_and_nothing_of_what_was_read(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ask(r"raise ValueError('Ada Example\nLives: in 12 High Street')", Limits(), monkeypatch)
    assert "ValueError" in caplog.text
    assert "High Street" not in caplog.text


def test_the_reader_is_told_nothing_of_our_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDTABLE_SECRET", "a secret")
    answers = _ask("import os; return [r.Finding('', 'form.x', ' '.join(os.environ))]", Limits(), monkeypatch)
    assert set(_said(answers).split()) <= {
        "PYTHONPATH",
        "PYTHONUTF8",
        "PYTHONDONTWRITEBYTECODE",
        "LC_CTYPE",
        "__CF_USER_TEXT_ENCODING",
    }


def test_whoever_looks_may_start_nothing_and_write_little() -> None:
    """What a process takes from itself is gone: tried in one of its own."""

    def own_limits() -> object:
        names = ("RLIMIT_CPU", "RLIMIT_AS", "RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NPROC")
        return [resource.getrlimit(getattr(resource, name)) for name in names]

    found = apart.apart(own_limits, Limits(7, 60, 4_000))
    assert found == [[7, 8], [4_000_000_000] * 2, [4_000_000] * 2, [0, 0], [0, 0]] or sys.platform == "darwin"


def test_no_more_comes_back_than_somebody_can_read() -> None:
    many = diagram(start(), *(f'<bpmn:task id="t{number}"/>' for number in range(500)), end(), chain("s", "e"))
    assert len(check(Question({"many.bpmn": many}))[0].findings) == 200


def test_what_passes_here_can_be_read_by_everybody_and_what_does_not_is_refused_there_too() -> None:
    assert check(Question({"good.bpmn": GOOD}))[0].runnable
    assert Library(lambda _: [GOOD]).spec("r", "brought").outline()
    with pytest.raises(DiagramRefused):
        Library(lambda _: [DATA_TWO_LEVELS_UP]).spec("r", "p")
