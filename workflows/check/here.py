"""What diagrams may name here: read off the forms, the register of duties and the roles of this service."""

from __future__ import annotations

from collections.abc import Iterable
from inspect import Parameter, signature

from forms import Catalogue
from workflows.casework.access import ROLES
from workflows.check.known import Known, KnownDuty, KnownForm
from workflows.check.shipped import shipped_settings, shipped_tables
from workflows.duties.register import REGISTER, Duty


def this_service(forms: Catalogue, tables: Iterable[str], settings: Iterable[str]) -> Known:
    """Return what may be named beside these tables and these settings of the programmes."""
    return Known(
        forms={key: _form(forms, key) for key in forms.keys()},  # noqa: SIM118 - a catalogue is no mapping
        duties={name: _duty(duty) for name, duty in REGISTER.items()},
        tables=tuple(sorted(tables)),
        roles=tuple(sorted(ROLES)),
        settings=tuple(sorted(settings)),
    )


def as_shipped() -> Known:
    """Return what may be named in a service that is as it was shipped: no database is asked."""
    return this_service(Catalogue.shipped(), shipped_tables(), shipped_settings())


def _form(forms: Catalogue, key: str) -> KnownForm:
    definition = forms.form(key).definition
    return KnownForm(
        tuple(section.key for section in definition.sections), tuple(question.id for question in definition.questions)
    )


def _duty(duty: Duty) -> KnownDuty:
    wanted = list(signature(duty.perform).parameters.values())[1:]
    needs = (one.name for one in wanted if one.default is Parameter.empty and one.kind is not Parameter.VAR_KEYWORD)
    return KnownDuty(duty.parameters, tuple(needs), duty.open_ended)
