"""With the script, questions come and go with the answers; the page and the server judge conditions alike."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from forms import Catalogue, Form
from forms.condition_tree import tree_of
from forms.conditions import Condition
from tests.browser import Axe
from tests.builders.written_forms import a_form, a_question
from tests.forms.rendering import html_of
from tests.web_server import Serve

pytestmark = pytest.mark.journey

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'self'"
SCRIPT = Path(__file__).parents[2] / "webapp" / "assets" / "forms.js"
START = """import { judge, showWhatIsAsked, truth } from "/forms.js";
showWhatIsAsked(document); Object.assign(window, { judge, truth });
document.documentElement.dataset.ready = "";"""
FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A form</title>
<link rel="icon" href="/nothing"></head><body><main><h1>A form</h1>{body}</main>
<script type="module" src="/start.js"></script></body></html>"""


class OneForm:
    """Serves the page of one form and its script under the strict policy of the real pages."""

    def __init__(self, form: Form) -> None:
        self.pages = {
            "/": ("text/html; charset=utf-8", FRAME.format(body=html_of(form))),
            "/forms.js": ("text/javascript", SCRIPT.read_text(encoding="utf-8")),
            "/start.js": ("text/javascript", START),
        }

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        kind, content = self.pages.get(environ["PATH_INFO"], ("text/plain", ""))
        start_response("200 OK", [("Content-Type", kind), ("Content-Security-Policy", POLICY)])
        return [content.encode()]


def opened(page: Page, serve: Serve, form: Form) -> Page:
    page.goto(serve(OneForm(form)))
    expect(page.locator("html")).to_have_attribute("data-ready", "")
    return page


CARER = a_form(
    a_question("has_carer", "yes_no"),
    a_question("born", "date"),
    a_question("carer", "group", show_when="has_carer == 'yes'", fields=[a_question("strain", "bool")]),
    a_question("support", show_when="carer.strain"),
    a_question("count", "int") | {"id": "falls"},
    a_question("injury", show_when="falls >= 2"),
    a_question("young", show_when="born > '2000-01-01'"),
)


def test_questions_come_and_go_with_the_answers(page: Page, serve: Serve) -> None:
    opened(page, serve, CARER)
    strain, support = page.get_by_label("Strain"), page.get_by_label("Support")
    expect(strain).to_be_hidden()
    page.get_by_label("Yes").check()
    strain.check()
    support.fill("Respite")
    page.get_by_label("No", exact=True).check()
    expect(support).to_be_hidden()
    page.get_by_label("Yes").check()
    expect(support).to_have_value("Respite")


def test_numbers_and_dates_are_compared_as_such(page: Page, serve: Serve) -> None:
    opened(page, serve, CARER)
    page.get_by_label("Count").fill("10")
    expect(page.get_by_label("Injury")).to_be_visible()
    page.get_by_label("Count").fill("1")
    expect(page.get_by_label("Injury")).to_be_hidden()
    for part, text in (("Day", "3"), ("Month", "4"), ("Year", "2001")):
        page.get_by_label(part).fill(text)
    expect(page.get_by_label("Young")).to_be_visible()


CONDITIONS = (
    "a == 'yes'", "a != 'yes'", "a is None", "not a", "a in ('yes', 'no')", "a not in ('yes', 'no')", "n < 3",
    "n >= 3", "0 < n <= 3", "n == 3", "a < 3", "len(l) >= 2", "'x' in l", "'x' not in l", "not l", "t", "t == True",
    "a == 'yes' and (n > 2 or t)", "l and n", "n == -1", "'e' in a", "a > 'no'",
)  # fmt: skip
ANSWERS: tuple[dict[str, Any], ...] = (
    {},
    {"a": "yes", "n": 3, "l": ["x"], "t": True},
    {"a": "no", "n": 0, "l": ["x", "y"], "t": False},
    {"a": "unknown", "n": -1, "l": ["y"]},
)


def test_page_and_server_judge_every_condition_alike(page: Page, serve: Serve) -> None:
    opened(page, serve, CARER)
    run = "([tree, answers]) => window.truth(window.judge(tree, (name) => answers[name] ?? null))"
    for written in CONDITIONS:
        condition = Condition.parse(written)
        tree = tree_of(condition, lambda name: {"input": name, "as": "word"})
        for answers in ANSWERS:
            there = page.evaluate(run, [json.loads(json.dumps(tree)), answers])
            assert there == condition.holds(answers), (written, answers)


@pytest.mark.parametrize("key", ["F01", "F16", "F12"])
def test_a_form_can_be_used_by_everybody(page: Page, serve: Serve, axe: Axe, key: str) -> None:
    assert axe(opened(page, serve, Catalogue.shipped().form(key))) == []
