"""Lists of people at risk: uploaded, looked through, confirmed, and taken in batch by batch until they are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, or_, select, update

from forms import Catalogue
from workflows.actions.incidents import leaving_out_what_fails
from workflows.actions.journey import follow_up, start_process
from workflows.actions.list_files import read_file
from workflows.actions.list_rows import FROM_F00, FROM_F01, Checked, check_rows, open_or_dead
from workflows.actions.paperwork import Origin, file_document
from workflows.actions.referrals import open_case_for, programme_by_key, provisional_person
from workflows.casework.access import HELD_BACK, PERMISSIONS, may
from workflows.casework.base import new_id
from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound, RuleBroken
from workflows.casework.person import Person
from workflows.casework.programme import Programme
from workflows.casework.referral import Candidate, CandidateList
from workflows.casework.sectors import CARE_SECTORS
from workflows.casework.staff import StaffMember
from workflows.desk import Desk, Work

PROCESS = "acm_nomination"
LONGEST_NAME = 120
GROUNDS = ("suitability", "health", "use")
ARE_THEY_RIGHT = (
    "The file is not saved as UTF-8, so some letters were guessed: {}. If they are right, tick that and choose the "
    "file again. If not, choose “Save as” and “CSV UTF-8” in your spreadsheet, and bring that file"
)
ROWS_KEPT = timedelta(days=30)


def upload_list(
    desk: Desk, programme_key: str, source: str, file_name: str, content: bytes, letters_right: bool = False
) -> UUID:
    """Read and check a list; nothing is taken in before somebody confirms. Returns the list's id.

    Raises AnswersRefused about "file" or "source" when the file as a whole cannot be used, about "letters" when it is
    not UTF-8 and nobody has said yet that what was read of it is right (`letters_right`).
    """
    sources = {choice.value for choice in sources_of(desk)}
    if source not in sources:
        raise AnswersRefused({"source": "Select which list this is"})
    table = read_file(content)
    if table.guessed and not letters_right:
        raise AnswersRefused({"letters": ARE_THEY_RIGHT.format(", ".join(f"“{one}”" for one in table.guessed))})
    with desk.work() as work:
        programme = programme_by_key(work, programme_key)
        _must_import(work, programme.id)
        checked = check_rows(desk, work.session, programme, table.lines)
        found = CandidateList(
            programme_id=programme.id,
            source=source,
            file_name=file_name.replace("\\", "/").rpartition("/")[2][:LONGEST_NAME],
            total=len(checked),
            good=sum(not row.problems for row in checked),
            uploaded_by_id=work.actor.id,
            uploaded_at=work.now,
        )
        found.happened("list uploaded", rows=found.total, good=found.good)
        work.session.add(found)
        work.session.flush()
        work.session.execute(insert(Candidate), [_kept(found.id, row) for row in checked])
        work.commit()
        return found.id


def sources_of(desk: Desk) -> Sequence[Any]:
    """Return the kinds of list there are, as the review form names them."""
    questions = desk.forms.form("F00").definition.questions
    return next(question.choices for question in questions if question.id == "list_source")


def confirm_list(desk: Desk, list_id: UUID) -> None:
    """Let the good rows be taken in; confirmed twice is confirmed once."""
    with desk.work() as work:
        found = _held(work, list_id)
        if found.status in {"importing", "imported"}:
            return
        if found.status != "preview" or not found.good:
            raise RuleBroken("There is nothing in this list that could be taken in.")
        found.status = "importing"
        found.happened("list confirmed", rows=found.good)
        work.commit()


def try_list_again(desk: Desk, list_id: UUID) -> None:
    """Let a list that stopped go on; one that goes on does."""
    with desk.work() as work:
        found = _held(work, list_id)
        if found.status == "importing":
            return
        if found.status != "stopped":
            raise RuleBroken("This list does not wait to be taken in.")
        found.status = "importing"
        found.goes_on()
        found.happened("list to be tried again", done=found.done)
        work.commit()


def discard_list(desk: Desk, list_id: UUID) -> None:
    """Throw a list away that was only looked through."""
    with desk.work() as work:
        found = _held(work, list_id)
        if found.status != "preview":
            raise RuleBroken("This list was confirmed already. What was taken in stays.")
        _forget_rows(work, found.id)
        found.status = "discarded"
        found.happened("list discarded")
        work.commit()


def forget_old_rows(desk: Desk) -> int:
    """Empty the rows of lists that nobody worked on for a month; returns how many lists that were.

    A list that was only looked through is thrown away with them; of one taken in only the rows to mend were left.
    """
    with desk.work() as work:
        old = select(CandidateList).where(
            CandidateList.status.in_(("preview", "imported")), CandidateList.uploaded_at < work.now - ROWS_KEPT
        )
        emptied = 0
        for found in work.session.scalars(old.with_for_update()):
            gone = _forget_rows(work, found.id)
            if found.status == "preview":
                found.status = "discarded"
            if gone:
                found.happened("rows of an old list forgotten", rows=gone)
            emptied += bool(gone)
        work.commit()
        return emptied


def lists_under_way(desk: Desk) -> list[UUID]:
    """Return the lists to be gone on with now: confirmed and not whole yet, oldest first. For the worker."""
    due = or_(CandidateList.next_at.is_(None), CandidateList.next_at <= desk.clock.now())
    with desk.looking() as session:
        query = select(CandidateList.id).where(CandidateList.status == "importing", due).order_by(CandidateList.id)
        return list(session.scalars(query))


@leaving_out_what_fails
def import_next_rows(desk: Desk, list_id: UUID, limit: int) -> int:
    """Take the next rows of a confirmed list in, in one transaction; returns how many, 0 when the list is whole.

    Each row knows its case, so a batch that died is simply done again. With the last row all become visible at once.
    """
    with desk.work() as work:
        found = work.session.scalar(select(CandidateList).where(CandidateList.id == list_id).with_for_update())
        if found is None or found.status != "importing":
            return 0
        waiting = select(Candidate).where(
            Candidate.list_id == list_id, Candidate.good.is_(True), Candidate.case_id.is_(None)
        )
        rows = work.session.scalars(waiting.order_by(Candidate.row).limit(limit)).all()
        if rows:
            _take_in(work, found, rows)
        found.goes_on()
        if len(rows) < limit:
            _finish(work, found)
        found.happened("rows taken in", rows=len(rows), done=found.done)
        work.commit()
        return len(rows) if found.status == "importing" else 0


def _take_in(work: Work, found: CandidateList, rows: Sequence[Candidate]) -> None:
    key = work.session.get_one(Programme, found.programme_id).key
    programme = programme_by_key(work, key)
    author = work.session.get_one(StaffMember, found.uploaded_by_id).name
    numbers = [str(row.answers["nhs_number"]) for row in rows]
    in_the_way = open_or_dead(work.session, programme.id, numbers, found.uploaded_by_id)
    people = _known_people(work, numbers)
    # Nothing below asks for what was just added; writing it out at the end saves a round trip for each question.
    with work.session.no_autoflush:
        for row in rows:
            said = dict(row.answers)
            trouble = in_the_way.get(str(said["nhs_number"]))
            if trouble:  # since the list was looked through
                row.good, row.problems, row.typed = False, [["nhs_number", trouble]], said
                found.good -= 1
            else:
                person = _same_person(people, said) or provisional_person(said)
                case = open_case_for(work, programme, person, "risk_list", "identified")
                _nominate(work, case, found.source, said, author)
                row.case_id = case.id
                found.done += 1
            row.answers = {}
    follow_up(work)


def _nominate(work: Work, case: Case, source: str, said: Mapping[str, Any], author: str) -> None:
    case.share(HELD_BACK, CARE_SECTORS)
    forms, referral = work.desk.forms, {name: said[name] for name in FROM_F01 if name in said}
    referral |= {"nhs_available": "yes", "gp_registered": "yes", "source": "risk_list"}
    answers = {name: value for name, value in referral.items() if value}
    file_document(
        work,
        case,
        forms.form("F01"),
        answers,
        Origin(sections=["person", "practice", *_grounds(forms, answers)], author=author),
    )
    score = {name: said[name] for name in FROM_F00.values() if name in said}
    review = {"list_source": source, **score}
    if said.get("reason"):  # of a list that was looked through by an older version
        review["list_reason"] = said["reason"]
    if source == "other":
        review["list_source_other"] = "uploaded list"
    file_document(work, case, forms.form("F00"), review, Origin(sections=["source"], author=author))
    start_process(work, case, PROCESS, {"source": "risk_list"})


def _grounds(forms: Catalogue, answers: Mapping[str, Any]) -> list[str]:
    """The sections of a referral about the four groups of which the list says something."""
    sections = forms.form("F01").sections
    return [one.key for one in sections if one.key in GROUNDS and any(asked.id in answers for asked in one.fields)]


def _known_people(work: Work, numbers: Sequence[str]) -> dict[str, Person]:
    query = select(Person).where(Person.nhs_number.in_(numbers), Person.confirmed.is_(True))
    return {str(person.nhs_number): person for person in work.session.scalars(query)}


def _same_person(people: Mapping[str, Person], said: Mapping[str, Any]) -> Person | None:
    """The person we know under the same NHS number, date of birth and family name."""
    known = people.get(str(said["nhs_number"]))
    if known is None or known.dob is None or known.dob.isoformat() != said["dob"]:
        return None
    return known if known.family_name.casefold() == str(said["family_name"]).casefold() else None


def _finish(work: Work, found: CandidateList) -> None:
    """Make everybody on the list visible in one stroke, and forget what the rows said: their cases hold it now."""
    work.session.flush()
    ours = select(Candidate.case_id).where(Candidate.list_id == found.id, Candidate.case_id.is_not(None))
    work.session.execute(
        update(Case)
        .where(Case.id.in_(ours), Case.sharing_scope == HELD_BACK)
        .values(sharing_scope="none")
        .execution_options(synchronize_session=False)
    )
    found.status, found.imported_at = "imported", work.now
    found.happened("list imported", rows=found.done)


def _kept(list_id: UUID, row: Checked) -> dict[str, Any]:
    return {
        "id": new_id(),
        "list_id": list_id,
        "row": row.line.row,
        "answers": {} if row.problems else dict(row.answers),
        "typed": dict(row.line.cells) if row.problems else {},
        "problems": [list(problem) for problem in row.problems],
        "good": not row.problems,
    }


def _forget_rows(work: Work, list_id: UUID) -> int:
    """Remove the rows that became nobody's case; returns how many there were."""
    gone: Any = work.session.execute(delete(Candidate).where(Candidate.list_id == list_id, Candidate.case_id.is_(None)))
    return int(gone.rowcount)


def _held(work: Work, list_id: UUID) -> CandidateList:
    found = work.session.scalar(select(CandidateList).where(CandidateList.id == list_id).with_for_update())
    if found is None:
        raise NotFound("There is no such list.")
    _must_import(work, found.programme_id)
    return found


def _must_import(work: Work, programme_id: UUID) -> None:
    roles = PERMISSIONS["list.import"]
    here = any(post.role in roles and post.programme_id == programme_id for post in work.actor.posts)
    if not (may(work.actor, "list.import") and here):
        raise NotAllowed("Lists are for coordinators, triage, GP leads and managers of the programme.")
