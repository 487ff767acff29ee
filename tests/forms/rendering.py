"""The templates of forms, rendered as the web application does."""

from __future__ import annotations

from typing import Any

import lxml.html
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader

from forms import Form

TEMPLATES = Environment(
    loader=ChoiceLoader([FileSystemLoader("webapp/templates"), PackageLoader("nhsuk_frontend_jinja")]),
    undefined=ChainableUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGE = TEMPLATES.from_string(
    '{% from "forms/form.html" import error_summary, look_again, render_form, seen %}'
    "{{ error_summary(errors) }}{{ look_again(warnings, 'Complete') }}"
    '<form method="post">{{ seen(warnings) }}{{ render_form(form, raw, errors, lookups, sections, warnings) }}</form>'
)


def html_of(form: Form, raw: Any = None, **more: Any) -> str:
    """The page of a form as HTML text."""
    given = {"raw": raw or {}, "errors": {}, "warnings": {}, "lookups": {}, "sections": None} | more
    return PAGE.render(form=form, **given)


def page_of(form: Form, raw: Any = None, **more: Any) -> lxml.html.HtmlElement:
    """The page of a form as a tree."""
    return lxml.html.fromstring(f"<div>{html_of(form, raw, **more)}</div>")
