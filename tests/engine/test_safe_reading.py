"""Files that somebody brings are read at arm's length: whatever they do to the reader, an answer comes back."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import pytest

import workflows
from tests.engine.dmn import dmn
from tests.engine.drawings import call, chain, diagram, end, flow, start, together, user
from tests.engine.test_safety import laughs
from workflows.engine import DiagramRefused, Library, safe_reading
from workflows.engine.outcome import Finding
from workflows.engine.safe_reading import Fault, Limits, Looked, read_safely

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


def _said(looked: Looked) -> str:
    return " ".join(fault.finding.message for fault in looked.faults)


def test_what_is_shipped_is_fit_and_the_answer_names_what_it_holds() -> None:
    looked = read_safely(DIAGRAMS | TABLES)
    assert looked.faults == ()
    assert looked.fit
    assert looked.keys["case.bpmn"] == ("acm_case",)
    assert looked.keys["eligibility.dmn"] == ("eligibility",)


def test_a_diagram_is_read_with_those_beside_it() -> None:
    calling = diagram(start(), call("c", "brought"), end(), chain("s", "c", "e"), process="calls")
    assert read_safely({"calls.bpmn": calling}, [GOOD]).fit
    alone = read_safely({"calls.bpmn": calling})
    assert [(fault.file, fault.finding.rule) for fault in alone.faults] == [("", "called_exists")]
    assert alone.keys == {}


def test_every_fault_of_every_file_comes_back_with_its_file() -> None:
    looked = read_safely(
        {
            "good.bpmn": GOOD,
            "no_end.bpmn": diagram(start(), user("u"), chain("s", "u")),
            "Table.DMN": dmn(["x"], ["y"], [(["5-10"], ["1"]), (["<"], ["import os"])], "FRIST"),
            "notes.txt": b"hello",
        }
    )
    assert {fault.file for fault in looked.faults} == {"no_end.bpmn", "Table.DMN", "notes.txt"}
    assert "has_end" in [finding.rule for finding in looked.of("no_end.bpmn")]
    assert [finding.rule for finding in looked.of("Table.DMN")] == ["cell", "cell", "expression", "hit_policy"]
    assert "Rule 1, column “x”" in looked.of("Table.DMN")[0].message
    assert looked.of("notes.txt") == (
        Finding("", "readable", "A diagram is a file .bpmn, a decision table a file .dmn."),
    )


def test_nothing_to_read_is_nothing_wrong() -> None:
    assert read_safely({}).fit


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


def test_the_log_says_how_the_reader_ended_and_nothing_of_what_it_read(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [sys.executable, "-c", "raise ValueError('Ada Example\\nLives: in 12 High Street')"]
    monkeypatch.setattr(safe_reading, "_READER", broken)
    read_safely({"good.bpmn": GOOD})
    assert "ValueError" in caplog.text
    assert "High Street" not in caplog.text


def test_files_made_to_hurt_are_answered_in_words_and_in_time() -> None:
    began = time.monotonic()
    for names in (list(HURTING)[:9], list(HURTING)[9:]):
        looked = read_safely({name: HURTING[name][0] for name in names}, limits=Limits(10, 60, 400))
        assert {fault.file for fault in looked.faults} == set(names)
        for name in names:
            assert HURTING[name][1] in " ".join(finding.message for finding in looked.of(name)), name
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("size", [2_000_001, 50_000_000])
def test_a_file_that_is_too_large_is_not_even_begun(size: int) -> None:
    began = time.monotonic()
    looked = read_safely({"good.bpmn": GOOD, "large.bpmn": b"<x>" + b" " * size + b"</x>"})
    assert [(fault.file, "larger than 2 MB" in fault.finding.message) for fault in looked.faults] == [
        ("large.bpmn", True)
    ]
    assert time.monotonic() - began < 1


def test_a_file_that_needs_more_memory_than_there_is_is_answered_in_words() -> None:
    looked = read_safely({"many.bpmn": MANY}, limits=Limits(10, 60, 120))
    assert [fault.file for fault in looked.faults] == ["many.bpmn"]
    assert "memory" in _said(looked)


def test_a_file_that_takes_longer_than_allowed_is_answered_in_words() -> None:
    blocks = range(1_000)  # every join is tried on its own: what lies before it is looked at a million times
    inside = [
        together(f"g{n}") + user(f"a{n}") + user(f"b{n}") + together(f"j{n}") + chain(f"g{n}", f"a{n}", f"j{n}")
        + chain(f"g{n}", f"b{n}", f"j{n}") for n in blocks
    ]  # fmt: skip
    between = [flow(f"j{n}", f"g{n + 1}") for n in blocks[:-1]]
    long = diagram(start(), *inside, *between, end(), flow("s", "g0"), flow("j999", "e"))
    looked = read_safely({"long.bpmn": long}, limits=Limits(2, 60, 400))
    assert looked.faults == (_too_long("long.bpmn"),)


def test_too_many_files_are_not_even_begun() -> None:
    assert "too many files" in _said(read_safely({f"{number}.bpmn": b"<x/>" for number in range(300)}))
    assert "too many files" in _said(read_safely({"a.bpmn": GOOD}, [b" " * 1_999_999] * 11))


# The reader itself ------------------------------------------------------------------------------


def _ask(script: str, limits: Limits, monkeypatch: pytest.MonkeyPatch) -> Looked:
    """The answer when this stands where the reader was; with r it is the reader's own room."""
    if "r." in script:
        within = f"r.keep_within({limits.computing}, {limits.megabytes})"
        script = f"from workflows.engine import reading_child as r\n{within}\n{script}"
    monkeypatch.setattr(safe_reading, "_READER", (sys.executable, "-P", "-s", "-c", script))
    return read_safely({"brought.bpmn": GOOD}, limits=limits)


def test_spiffworkflows_own_reader_does_hang_and_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = (
        "r._say({'reading': 'brought.bpmn'})\n"
        "from SpiffWorkflow.spiff.parser import SpiffBpmnParser\n"
        f"reader = SpiffBpmnParser(); reader.add_bpmn_str({DATA_TWO_LEVELS_UP!r})\n"
        "reader.get_spec('p'); reader.get_subprocess_specs('p')"
    )
    looked = _ask(reads, Limits(computing=2, waiting=60), monkeypatch)
    assert looked.faults == (_too_long("brought.bpmn"),)


def _too_long(file: str) -> Fault:
    return Fault(file, Finding("", "readable", "Reading the file takes too long; it is not taken."))


@pytest.mark.parametrize(
    ("script", "limits", "said"),
    [
        ("r.x = 1\nwhile True: pass", Limits(computing=1, waiting=60), "takes too long"),
        ("import time; time.sleep(60)", Limits(waiting=1), "takes too long"),
        ("r.x = [bytes(10**7) for _ in range(10**4)]", Limits(megabytes=300), "breaks off its reader"),
        ("r._say({'x': 'x' * 10**7})", Limits(), "breaks off its reader"),
        ("r.x = open('WRITTEN', 'wb').write(bytes(10**7))", Limits(), "breaks off its reader"),
        ("import os; os.kill(os.getpid(), 11)", Limits(), "breaks off its reader"),
        ("raise SystemExit(3)", Limits(), "breaks off its reader"),
        ("print('hello')", Limits(), "breaks off its reader"),
        ("print('[1, 2]')", Limits(), "breaks off its reader"),
        ('print(\'{"faults": 5, "keys": {}}\')', Limits(), "breaks off its reader"),
    ],
)
def test_whatever_happens_to_the_reader_an_answer_comes_back(
    script: str, limits: Limits, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    began = time.monotonic()
    assert said in _said(_ask(script.replace("WRITTEN", str(tmp_path / "written")), limits, monkeypatch))
    assert time.monotonic() - began < limits.waiting + 5


def test_the_file_at_which_the_reader_broke_off_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = _ask('r._say({"reading": "bad.bpmn"}); import os; os.abort()', Limits(), monkeypatch)
    assert [fault.file for fault in looked.faults] == ["bad.bpmn"]


def test_a_reader_that_cannot_be_started_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_reading, "_READER", ("/nowhere/python",))
    assert "try again later" in _said(read_safely({"brought.bpmn": GOOD}))


def test_the_reader_is_told_nothing_of_our_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROUNDTABLE_SECRET", "a secret")
    looked = _ask(
        "import os; r._say({'faults': [['', '', 'x', ' '.join(os.environ)]], 'keys': {}})", Limits(), monkeypatch
    )
    assert set(_said(looked).split()) <= {
        "PYTHONPATH",
        "PYTHONUTF8",
        "PYTHONDONTWRITEBYTECODE",
        "LC_CTYPE",
        "__CF_USER_TEXT_ENCODING",
    }


def test_the_reader_may_start_nothing_and_write_little() -> None:
    """What a process takes from itself is gone: tried in one of its own."""
    script = (
        "import json, resource as r\n"
        "from workflows.engine.reading_child import keep_within\n"
        "keep_within(7, 600)\n"
        "names = ('RLIMIT_CPU', 'RLIMIT_AS', 'RLIMIT_FSIZE', 'RLIMIT_CORE', 'RLIMIT_NPROC')\n"
        "print(json.dumps([r.getrlimit(getattr(r, name)) for name in names]))"
    )
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        safe_reading._ask((sys.executable, "-P", "-s", "-c", script), question, answer, 60)
        answer.seek(0)
        found = json.loads(answer.read())
    assert found == [[7, 8], [600_000_000] * 2, [4_000_000] * 2, [0, 0], [0, 0]] or sys.platform == "darwin"


def test_no_more_faults_come_back_than_somebody_can_read() -> None:
    many = diagram(start(), *(f'<bpmn:task id="t{number}"/>' for number in range(500)), end(), chain("s", "e"))
    assert len(read_safely({"many.bpmn": many}).faults) == 50


def test_what_passes_here_can_be_read_by_everybody_and_what_does_not_is_refused_there_too() -> None:
    assert read_safely({"good.bpmn": GOOD}).fit
    assert Library(lambda _: [GOOD]).spec("r", "brought").outline()
    with pytest.raises(DiagramRefused):
        Library(lambda _: [DATA_TWO_LEVELS_UP]).spec("r", "p")
