"""Find a form by its key and version, and say what is wrong with the ones that cannot be used."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from forms.definition import Definition, DefinitionError
from forms.form import Form
from forms.notation import read_definition
from forms.soundness import faults_in

SHIPPED = Path(__file__).parent / "definitions"
OF_ITS_OWN = frozenset({"key", "title", "about"})  # what a form that asks like another says for itself


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
        written: dict[str, object] = {}
        definitions: list[Definition] = []
        faults: list[str] = []
        for path in sorted(folder.glob("*.json")):
            try:
                written[path.name] = _written(path)
                if not _like(written[path.name]):
                    definitions.append(_read(path.name, written[path.name]))
            except DefinitionError as error:
                faults.extend(error.faults)
        for name, form in written.items():
            try:
                definitions.extend(_borrowed(name, form, definitions))
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


def _written(path: Path) -> object:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise DefinitionError([f"{path.name}: this is not JSON that can be read: {error}."]) from error
    return found


def _read(file_name: str, written: object) -> Definition:
    definition = read_definition(written, file_name)
    faults = [*faults_in(definition), *_misnamed(file_name, definition.key)]
    if faults:
        raise DefinitionError([f"{file_name}: {fault}" for fault in faults])
    return definition


def _like(written: object) -> str:
    return str(written.get("like") or "") if isinstance(written, Mapping) else ""


def _borrowed(file_name: str, written: object, definitions: Sequence[Definition]) -> list[Definition]:
    """The form that asks just what another one asks, in each of its versions, under a key and title of its own."""
    if not isinstance(written, Mapping) or not _like(written):
        return []
    same = [each for each in definitions if each.key == _like(written)]
    own = {name: str(written[name]) for name in OF_ITS_OWN if written.get(name)}
    faults = [] if same else [f"it is like “{_like(written)}”, which is no form."]
    faults += [f"“{name}” is missing." for name in ("key", "title") if name not in own]
    faults += [f"“{name}” is not something it may say: it asks what the other form asks." for name in _more(written)]
    faults += _misnamed(file_name, own.get("key", ""))
    if faults:
        raise DefinitionError([f"{file_name}: {fault}" for fault in faults])
    return [replace(each, key=own["key"], title=own["title"], about=own.get("about", each.about)) for each in same]


def _more(written: Mapping[str, object]) -> list[str]:
    return sorted(set(written) - OF_ITS_OWN - {"like"})


def _misnamed(file_name: str, key: str) -> Iterator[str]:
    if not file_name.lower().startswith(f"{key.lower()}_"):
        yield f"the file of {key} must be named {key.lower()}_<clinical word>.json."


def _without_doubles(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    """JSON lets a key appear twice and keeps the last; a question would vanish without a word."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"an entry is written twice among {', '.join(key for key, _ in pairs)}")
    return found
