"""An office made once, and copies of it at which two people sit, each as in a process of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import UUID

from tests.at_once.acts import BEGINS, Scene, set_scene
from tests.crash.killing import Databases
from tests.crash.stage import office_on
from workflows.assembly import Office
from workflows.engine.parsing import Library
from workflows.storage import runs


class Stage:
    """The scene on one kind of database. What is read from files or parsed is shared, as nothing changes in it."""

    def __init__(self, databases: Databases, folder: Path) -> None:
        self._databases, self._folder = databases, folder
        self._template = databases.empty()
        self._first = office_on(self._template, folder, BEGINS)
        self._first.migrate()
        self.scene: Scene = set_scene(self._first)
        self._now = self._first.clock.now()
        self._first.close()  # PostgreSQL copies only a database to which nobody is connected
        self._library = Library(self._diagrams)

    def two_offices(self) -> tuple[Office, Office]:
        """Two installations on one copy of the scene's database."""
        url = self._databases.copy(self._template)
        self._newest = self._office(url)
        return self._newest, self._office(url)

    def _office(self, url: str) -> Office:
        office = office_on(url, self._folder, self._now)
        desk = replace(office.desk(), library=self._library, forms=self._first.desk().forms)
        return replace(office, _desk=desk)

    def _diagrams(self, release: str) -> list[bytes]:
        with self._newest.desk().looking() as session:
            return [version.xml for version in runs.models_of(session, UUID(release), "bpmn").values()]
