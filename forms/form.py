"""A form in use."""

from __future__ import annotations

from dataclasses import dataclass

from forms.definition import Definition


@dataclass(frozen=True)
class Form:
    """One version of a form that can be asked, read and shown."""

    definition: Definition
