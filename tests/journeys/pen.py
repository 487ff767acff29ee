"""The pen: fills in whatever form a page shows, through its own inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from playwright.sync_api import Locator, Page

from tests.browser import follow

INPUTS = """() => [...document.querySelectorAll('main form [name]')]
    .filter(one => !['hidden', 'file', 'submit', 'button'].includes(one.type))
    .map(one => one.name)"""
SHOWN = """() => Object.fromEntries([...document.querySelectorAll('main form [name]')].reverse()
    .filter(one => one.checkVisibility()).map(one => [one.name, one.type]))"""
TICKS = "all => all.map(one => [one.value, one.checked])"
ROUNDS = 6  # an answer may bring up a question, and that one another


def fill_in(page: Page, raw: Mapping[str, Sequence[str]]) -> None:
    """Answer every question on the page that `raw` (inputs by name) knows an answer to.

    What the page's script hides is left alone until another answer brings it up.
    """
    _add_rows(page, raw)
    wanted = {name for name in page.evaluate(INPUTS) if name in raw}
    for _ in range(ROUNDS):
        kinds = page.evaluate(SHOWN)
        shown = sorted(wanted & kinds.keys(), key=list(raw).index)
        wanted -= {name for name in shown if _answer(page, name, kinds[name], raw[name])}
        if not shown:
            return


def _add_rows(page: Page, raw: Mapping[str, Sequence[str]]) -> None:
    """Ask for a row after the other, until there are as many as are to be filled in."""
    for name in (name.removesuffix(".count") for name in raw if name.endswith(".count")):
        add = page.locator(f'main button[name="add"][value="{name}"]')
        for number in range(1, int(raw[f"{name}.count"][0])):
            if add.is_visible() and not page.locator(f'main [name^="{name}.{number}."]').count():
                follow(add)


def _answer(page: Page, name: str, kind: str, values: Sequence[str]) -> bool:
    """Answer one question; False when it is not shown any more."""
    inputs = page.locator(f'main [name="{name}"]')
    first = inputs.first
    if not first.is_visible():
        return False
    if kind in ("radio", "checkbox"):
        return _tick(inputs, values, kind)
    if kind.startswith("select"):
        first.select_option(values[0])
    else:
        first.fill(values[0])
    return True


def _tick(boxes: Locator, values: Sequence[str], kind: str) -> bool:
    offered = dict(boxes.evaluate_all(TICKS))
    strangers = [value for value in values if value not in offered]
    assert not strangers, f"not offered: {', '.join(strangers)}"
    for number, (value, ticked) in enumerate(offered.items()):
        if value in values and not ticked:
            boxes.nth(number).check()
        elif ticked and value not in values and kind == "checkbox":
            boxes.nth(number).uncheck()
    return True
