"""Find a form by its key and version, and say what is wrong with the ones that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from forms.definition import Definition, DefinitionError
from forms.form import Form
from forms.notation import read_definition
from forms.soundness import faults_in

SHIPPED = Path(__file__).parent / "definitions"


class Catalogue:
    """All forms in use, every version of them; older versions stay readable for what was written on them."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        self._forms: dict[str, dict[int, Form]] = {}
        faults: list[str] = []
        for definition in definitions:
            versions = self._forms.setdefault(definition.key, {})
            if definition.version in versions:
                faults.append(f"{definition.key} has two definitions of version {definition.version}.")
            versions[definition.version] = Form(definition)
        if faults:
            raise DefinitionError(faults)

    @staticmethod
    @cache
    def shipped() -> Catalogue:
        """The forms that come with the product, read once; raises DefinitionError with all that is wrong."""
        return Catalogue.load(SHIPPED)

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """The forms written in the JSON files of one folder; raises DefinitionError with all that is wrong."""
        definitions: list[Definition] = []
        faults: list[str] = []
        for path in sorted(folder.glob("*.json")):
            try:
                definitions.append(_read(path))
            except DefinitionError as error:
                faults.extend(error.faults)
        if faults:
            raise DefinitionError(faults)
        return cls(definitions)

    def form(self, key: str, version: int | None = None) -> Form:
        """The form with this key, the newest unless a version is named; raises KeyError if there is none."""
        versions = self._forms[key]
        return versions[max(versions) if version is None else version]

    def keys(self) -> tuple[str, ...]:
        """The keys of all forms, in order."""
        return tuple(sorted(self._forms))


def _read(path: Path) -> Definition:
    try:
        written = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise DefinitionError([f"{path.name}: this is not JSON that can be read: {error}."]) from error
    definition = read_definition(written, path.name)
    faults = faults_in(definition)
    if not path.name.lower().startswith(f"{definition.key.lower()}_"):
        faults.append(f"the file of {definition.key} must be named {definition.key.lower()}_<clinical word>.json.")
    if faults:
        raise DefinitionError([f"{path.name}: {fault}" for fault in faults])
    return definition


def _without_doubles(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    """JSON lets a key appear twice and keeps the last; a question would vanish without a word."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"an entry is written twice among {', '.join(key for key, _ in pairs)}")
    return found
