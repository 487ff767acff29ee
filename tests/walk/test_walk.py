"""Every demonstration case goes the way its scenario says, and leaves a whole record."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres_server import PostgresServer
from tests.walk.scenario import SCENARIOS, ScenarioError, every_scenario, read
from tests.walk.stage import make_template
from tests.walk.walking import walk

ON_POSTGRES = "g_one_worker_left_out.yaml"  # whom a case is kept from is judged in SQL, on every page


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demonstration in it, to copy."""
    return make_template(tmp_path_factory.mktemp("walks"))


def test_all_twelve_cases_are_told_and_what_happens_when_reviews_stay_undone() -> None:
    assert [read(path).letter for path in every_scenario()] == list("ABCDEFGHIJKLM")


@pytest.mark.parametrize("path", every_scenario(), ids=lambda path: path.stem)
def test_a_demonstration_case_goes_the_way_its_scenario_says(path: Path, demonstration: Path) -> None:
    walked = walk(path, demonstration)
    assert walked.differences == ()
    assert walked.lines


@pytest.mark.postgres
def test_a_demonstration_case_goes_the_same_way_on_postgres(postgres_server: PostgresServer) -> None:
    walked = walk(SCENARIOS / ON_POSTGRES, database=postgres_server.create("walk_g", "roundtable_template"))
    postgres_server.drop("walk_g")
    assert walked.differences == ()


def test_a_scenario_that_ends_otherwise_than_it_says_is_found_out(tmp_path: Path, demonstration: Path) -> None:
    wrong = tmp_path / "e_nearly_eighteen.yaml"
    said = (SCENARIOS / wrong.name).read_text(encoding="utf-8")
    wrong.write_text(said.replace("open: check_rejection_letter", "open: confirm_move").replace("'30'", "'29'"))
    found = walk(wrong, demonstration).differences
    assert any("open: ['check_rejection_letter']" in words for words in found)
    assert any("days: 30 instead of 29" in words for words in found)


def test_a_scenario_that_says_something_nobody_reads_is_refused(tmp_path: Path) -> None:
    strange = tmp_path / "a_strange.yaml"
    strange.write_text("name: A\nstory: B\nstarts: C\nsteps:\n  - {on: D, does: e, who: f, hopes: g}\n")
    with pytest.raises(ScenarioError, match="hopes, which nobody reads"):
        read(strange)


def test_the_same_word_twice_is_refused_instead_of_forgotten(tmp_path: Path) -> None:
    twice = tmp_path / "a_twice.yaml"
    twice.write_text("name: A\nname: B\n")
    with pytest.raises(ScenarioError, match="name stands here twice"):
        read(twice)
