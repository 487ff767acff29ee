"""An operator moves cases to another release of the diagrams from the command line."""

from __future__ import annotations

import pytest

from tests.actions.test_moving_cases import Street, errand, street
from tests.builders.everything import everything
from tests.builders.walked_case import Town
from tests.webapp.test_serving import environment, run

__all__ = ["environment", "street"]  # fixtures


def test_a_try_tells_what_every_case_would_do_and_keeps_nothing(street: Street, environment: dict[str, str]) -> None:
    moves, chooses = street.begin(), street.begin()
    street.town.do(moves, "visit")
    to = street.publish(errand("call_on", "phone"))
    before = everything(street.town.office)
    told = run(environment, "diagrams", "move", "--to", str(to), "--dry-run")
    assert told.output.splitlines() == [
        f"{moves}  moves: errand",
        f"{chooses}  needs a choice: The step “visit” is no longer there. The date “late” is no longer there."
        " [--instead visit=call_on or --instead visit=phone] [--instead late=]",
        "1 of 2 can move; 1 cannot, because: The step “visit” is no longer there (1);"
        " The date “late” is no longer there (1).",
    ]
    assert told.exit_code == 0
    assert everything(street.town.office) == before


def test_cases_move_with_a_choice_and_those_that_stay_are_told_of(street: Street, environment: dict[str, str]) -> None:
    number, other = street.begin(), street.begin()
    to = street.publish(errand("call_on", "phone"))
    words = ("diagrams", "move", "--to", str(to), "--case", number)
    told = run(environment, *words, "--instead", "visit=call_on")
    assert (told.exit_code, told.output.splitlines()[-1]) == (
        1, "0 of 1 moved; 1 did not, because: The date “late” is no longer there (1).",
    )  # fmt: skip
    told = run(environment, *words, "--instead", "visit=call_on", "--instead", "late=")
    assert (told.exit_code, told.output) == (0, f"{number}  moves: errand\n1 of 1 moved.\n")
    assert [street.task(one).key for one in (number, other)] == ["call_on", "visit"]
    told = run(environment, *words)
    assert (told.exit_code, told.output) == (0, f"{number}  is there already\n1 of 1 moved.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--to", "99"), "There is no release 99 of the diagrams."),
        (("--to", "1", "--case", "ACM-999999"), "stays: There is no such case"),
        (("--to", "1", "--instead", "visit"), "“visit” is no choice: write OLD=NEW"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    environment: dict[str, str], town: Town, words: tuple[str, ...], said: str
) -> None:
    told = run(environment, "diagrams", "move", *words)
    assert said in told.output
    assert told.exit_code != 0
