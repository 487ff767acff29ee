"""An operator's hand on a run: moved, begun again, taken away; never into a state from which there is no way on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.drawings import (
    Office,
    boundary,
    call,
    catch,
    chain,
    complete,
    date,
    diagram,
    duty,
    end,
    hears,
    messages,
    open_keys,
    saved_and_resumed,
    spec_of,
    start,
    together,
    user,
)
from workflows.engine import HandRefused, Run, Spec

LINE = spec_of(
    diagram(
        start(), user("a"), user("b"), duty("write", "letters.send"), user("c"), end(),
        boundary("late", "b", date("due('b')")), end("e2"),
        chain("s", "a", "b", "write", "c", "e"), chain("late", "e2"),
    )
)  # fmt: skip
SIDE_BY_SIDE = spec_of(
    diagram(
        start(), together("fork"), user("a"), user("b"), together("join"), user("after"), end(),
        chain("s", "fork", "a", "join", "after", "e"), chain("fork", "b", "join"),
    )
)  # fmt: skip


def office() -> Office:
    return Office(days={"b": 3})


def token(run: Run, key: str) -> str:
    return next(one.id for one in run.tokens() if one.key == key)


def begun(spec: Spec, to: str = "", **data: object) -> Run:
    run = Run.start(spec, office().asked, data)
    while to and open_keys(run) != [to]:
        complete(run, open_keys(run)[0])
    return run


def test_a_token_goes_on_from_another_step_and_what_lies_between_is_not_done() -> None:
    house = office()
    run = Run.start(LINE, house.asked, {"priority": "high"})
    run.move_on(token(run, "a"), "c")
    (step,) = run.outcome().open_steps
    assert (step.key, step.data, house.calls) == ("c", {"priority": "high"}, [])
    run = saved_and_resumed(run, LINE, house)
    complete(run, "c")
    assert run.outcome().finished


def test_what_watches_at_the_edge_goes_with_its_step_and_begins_with_the_other() -> None:
    house = office()
    run = Run.start(LINE, house.asked, {})
    run.move_on(token(run, "a"), "b")
    assert [event.key for event in run.outcome().waiting] == ["late"]
    run = saved_and_resumed(run, LINE, house)
    run.move_on(token(run, "b"), "a")
    assert run.outcome().waiting == ()
    complete(run, "a")
    assert [event.key for event in run.outcome().waiting] == ["late"]


def test_a_step_that_is_begun_again_is_another_one_and_its_dates_are_new() -> None:
    house = office()
    run = begun(LINE)
    complete(run, "a")
    before = run.outcome()
    house.later(2)
    run = Run.resume(before.state, LINE, house.asked)
    run.begin_again(token(run, "b"))
    after = run.outcome()
    assert (after.open_steps[0].key, after.open_steps[0].id) != ("b", before.open_steps[0].id)
    assert after.next_due_at != before.next_due_at
    complete(run, "b")
    assert open_keys(run) == ["c"]


def test_a_held_step_is_passed_by_moving_on_from_it() -> None:
    run = Run.start(LINE, replace(office().asked, left_out=frozenset({("p", "write")})), {})
    complete(run, "a")
    complete(run, "b")
    held = run.outcome()
    run = Run.resume(held.state, LINE, office().asked)
    assert [(one.key, one.held) for one in run.tokens()] == [("write", True)]
    run.move_on(token(run, "write"), "c")
    assert (open_keys(run), run.outcome().held) == (["c"], ())


def test_a_branch_for_which_a_join_waits_is_not_taken_away() -> None:
    run = begun(SIDE_BY_SIDE)
    with pytest.raises(HandRefused, match="wait for ever"):
        run.take_away(token(run, "b"))


def test_a_branch_is_not_moved_to_where_another_comes_too() -> None:
    run = begun(SIDE_BY_SIDE)
    with pytest.raises(HandRefused, match=r"wait for ever|twice"):
        run.move_on(token(run, "b"), "after")


def test_a_branch_is_not_led_back_to_where_it_parted_from_one_that_goes_on() -> None:
    run = begun(SIDE_BY_SIDE)
    with pytest.raises(HandRefused, match=r"“b” would be done twice"):
        run.move_on(token(run, "a"), "fork")


def test_a_branch_is_not_led_back_to_where_one_that_waits_for_it_would_come_again() -> None:
    run = begun(SIDE_BY_SIDE)
    complete(run, "b")
    with pytest.raises(HandRefused, match="by “b” twice"):
        run.move_on(token(run, "a"), "fork")


def test_what_news_began_beside_a_step_is_not_led_to_where_that_step_goes() -> None:
    shapes = [start(), user("work"), user("beside"), user("after"), end(), end("e2")]
    news = boundary("news", "work", hears("go"), interrupting=False)
    spec = spec_of(
        diagram(*shapes, news, chain("s", "work", "after", "e"), chain("news", "beside", "e2"), extra=messages("go"))
    )
    run = begun(spec)
    run.deliver("go", {})
    assert open_keys(run) == ["beside", "work"]  # and it may come once more, as it is drawn
    for where in ("work", "after"):
        with pytest.raises(HandRefused, match="would be done twice"):
            saved_and_resumed(run, spec, office()).move_on(token(run, "beside"), where)


def test_a_branch_is_taken_away_and_the_rest_ends_by_itself() -> None:
    spec = spec_of(
        diagram(
            start(), together("fork"), user("a"), user("b"), end("e1"), end("e2"),
            chain("s", "fork", "a", "e1"), chain("fork", "b", "e2"),
        )
    )  # fmt: skip
    run = begun(spec)
    complete(run, "a")
    run = saved_and_resumed(run, spec, office())
    run.take_away(token(run, "b"))
    assert run.outcome().finished


def test_all_that_a_process_does_is_not_taken_away() -> None:
    run = begun(LINE)
    with pytest.raises(HandRefused, match="all that this process does"):
        run.take_away(token(run, "a"))


def test_a_variable_that_is_set_counts_where_branches_meet() -> None:
    run = begun(SIDE_BY_SIDE, owner="Ann")
    complete(run, "a", owner="Ben")
    run.set_variable("owner", "Cem")
    run = saved_and_resumed(run, SIDE_BY_SIDE, office())
    complete(run, "b")
    assert run.outcome().open_steps[0].data == {"owner": "Cem"}


def test_a_call_is_left_with_everything_in_it_and_what_is_in_it_stays_in_it() -> None:
    inner = diagram(start("s2"), user("x"), user("y"), end("e3"), chain("s2", "x", "y", "e3"), process="q")
    outer = diagram(start(), call("do", "q"), user("after"), end(), chain("s", "do", "after", "e"))
    spec = spec_of(outer, inner)
    run = begun(spec)
    assert [one.key for one in run.tokens()] == ["do", "x"]
    with pytest.raises(HandRefused, match="no such step"):
        run.move_on(token(run, "x"), "after")
    run = begun(spec)
    run.move_on(token(run, "x"), "y")
    run = saved_and_resumed(run, spec, office())
    assert open_keys(run) == ["y"]
    run.move_on(token(run, "do"), "after")
    assert open_keys(saved_and_resumed(run, spec, office())) == ["after"]


def test_what_waits_for_news_may_be_moved_and_hears_it_no_more() -> None:
    spec = spec_of(
        diagram(
            start(), catch("news", hears("news")), user("after"), end(), chain("s", "news", "after", "e"),
            extra=messages("news"),
        )
    )  # fmt: skip
    run = begun(spec)
    run.move_on(token(run, "news"), "after")
    run = saved_and_resumed(run, spec, office())
    assert not run.deliver("news", {})
    assert open_keys(run) == ["after"]
