"""What to say of an automatic step that failed: where, why and with what, and nothing about the person."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from forms import Catalogue
from forms.definition import Question, every_question
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import CannotBeKept, CaseworkError, OutOfDate, RuleBroken, SetUpWrong
from workflows.casework.incident import Failure, StepFailed
from workflows.casework.masking import masked, without, words_hidden
from workflows.casework.outside import OutsideTask
from workflows.desk import Work
from workflows.engine.expressions import ExpressionRefused
from workflows.engine.outcome import HeldStep
from workflows.engine.refusals import CannotMove, EngineRefused, HandRefused, StepNotOpen
from workflows.storage import runs

log = logging.getLogger("roundtable.journey")
OURS = "/workflows/"
_QUOTED = re.compile(r"""["']([a-z][a-z0-9_]*)["']""")


@dataclass
class Stop:
    """Where an act of the engine stopped, if it did."""

    step: HeldStep | None = None

    def at(self, step: HeldStep) -> None:
        """Take note of the step."""
        self.step = step


@contextmanager
def told(work: Work, case: Case, run: CaseRun) -> Iterator[Stop]:
    """Stop the act at a fault of the diagram, the set-up or the program, with words for whoever mends it.

    What a duty refuses in words for whoever acts stays a refusal, unless nobody is there to read it.
    """
    stop = Stop()
    try:
        yield stop
    except StepNotOpen as gone:
        raise OutOfDate("The case has moved on; this step is no longer open.") from gone
    except HandRefused as refused:
        raise RuleBroken(str(refused)) from refused
    except (OutOfDate, CannotBeKept, CannotMove, StepFailed, SQLAlchemyError):
        raise  # nothing is wrong with the step: somebody was faster, nothing can be kept, or it is not to go there
    except Exception as fault:
        if _for_whoever_acts(work, fault) or not (stop.step or _of_the_diagram(fault)):
            raise
        failure = _failure(work, case, run, stop.step, fault)
        log.exception("automatic step failed", extra={"action": "step_failed", "diagram": run.process})
        raise StepFailed(failure) from fault


def told_of(case: Case, run: CaseRun, fault: Exception) -> Failure:
    """Say why an act upon a process failed as a whole."""
    if isinstance(fault.__cause__, StepFailed):
        return fault.__cause__.failure
    why = without(_words(fault), _about(case))
    return Failure(case.number, case.id, run.id, run.process, why=why, fault=type(fault).__name__)


def told_elsewhere(work: Work, case: Case, run: CaseRun, job: OutsideTask, why: str) -> Failure:
    """Say why another system could not do a step. Its words may name the person in spite of what it was asked."""
    codes, sensitive = codes_of(work, run), sensitive_of(work, run)
    about = _about(case)
    return Failure(
        case.number, case.id, run.id, job.process, key=job.key, step_id=job.step_id, name=job.name,
        step_kind="outside", asks=job.topic, why=without(why, [*words_hidden(job.told, codes, sensitive), *about]),
        fault=without(job.worker or "", about), inputs=masked(job.told, codes, sensitive),
    )  # fmt: skip


def _for_whoever_acts(work: Work, fault: Exception) -> bool:
    refused = isinstance(fault, CaseworkError) and not isinstance(fault, SetUpWrong)
    return refused and not work.desk.unattended


def _of_the_diagram(fault: Exception) -> bool:
    return isinstance(fault, EngineRefused | ExpressionRefused | SetUpWrong)


def _failure(work: Work, case: Case, run: CaseRun, step: HeldStep | None, fault: Exception) -> Failure:
    codes, sensitive = codes_of(work, run), sensitive_of(work, run)
    data = dict(step.data) if step else {}
    hidden = [*words_hidden(data, codes, sensitive), *_about(case)]
    why = without(_words(fault), hidden)
    place = Failure(case.number, case.id, run.id, run.process, why=why, fault=type(fault).__name__)
    if step is None:
        return place
    return replace(
        place, process=step.process, key=step.key, step_id=step.id, name=step.name, step_kind=step.kind,
        asks=step.asks, inputs=masked(data, codes, sensitive),
    )  # fmt: skip


def _words(fault: Exception) -> str:
    """Say what is wrong. The words of an error of the program may hold anything, so only its place is told."""
    if isinstance(fault, CaseworkError) or _of_the_diagram(fault):
        return str(fault)
    ours = [frame for frame in traceback.extract_tb(fault.__traceback__) if OURS in frame.filename]
    where = f" in {ours[-1].filename.rpartition(OURS)[2]}, line {ours[-1].lineno}" if ours else ""
    return f"The program failed{where} ({type(fault).__name__}). Its log says more."


def _about(case: Case) -> list[str]:
    """Return the words by which the person of a case could be known: nobody who mends the machinery reads them."""
    person = case.person
    number = person.nhs_number or ""
    names = f"{person.given_name} {person.family_name} {person.preferred_name}".split()
    told = [str(person.details.get(name) or "") for name in ("address", "postcode", "phone")]
    lines = [line.strip() for one in told for line in (one, *re.split(r"[,\n]", one))]
    return [*names, person.name, number, f"{number[:3]} {number[3:6]} {number[6:]}".strip(), *lines]


def codes_of(work: Work, run: CaseRun) -> frozenset[str]:
    """Return the words that diagrams, tables and forms themselves use: they say nothing that was typed."""
    tables = runs.models_of(work.session, run.release_id, "dmn").values()
    diagrams = runs.models_of(work.session, run.release_id, "bpmn").values()
    drawn = (version.xml.decode(errors="replace").replace("&#34;", '"') for version in (*tables, *diagrams))
    codes = {code for text in drawn for code in _QUOTED.findall(text.replace("&quot;", '"').replace("&#39;", "'"))}
    return frozenset(codes | {"yes", "no", "unknown"} | _choices(work.desk.forms))


def _choices(forms: Catalogue) -> set[str]:
    return {choice.value for question in _questions(forms) for choice in question.choices}


def _questions(forms: Catalogue) -> Iterator[Question]:
    keys = forms.keys()
    for key in keys:
        yield from every_question(forms.form(key).definition.questions)


def sensitive_of(work: Work, run: CaseRun) -> frozenset[str]:
    """Return the decision variables that come from questions of which the answers are kept to clinicians."""
    fields = {question.id for question in _questions(work.desk.forms) if question.sensitive}
    named = set(fields)
    try:
        steps = work.desk.library.spec(run.release_id.hex, run.process).steps()
    except EngineRefused:
        return frozenset(named)
    for step in steps:
        for declared in step.properties.get("decides", "").split(","):
            answer, _, variable = declared.strip().partition(" as ")
            if answer in fields:
                named.add(variable.strip() or answer)
    return frozenset(named)
