"""The downtime packs lie in their folder once a day from six, whole, for their owner only, and not for long."""

from __future__ import annotations

import csv
import json
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from lxml import html
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workers.jobs.write_downtime_packs import work
from workflows.assembly import Office, open_office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import RuleBroken
from workflows.clock import FixedClock
from workflows.downtime import folder as shelf
from workflows.downtime import write_now, writing

SIX = datetime(2026, 11, 16, 6, tzinfo=UTC)


@pytest.fixture
def town(office: Office, clock: FixedClock) -> SmallTown:
    clock.move_to(SIX)
    town = SmallTown(office)
    town.staff("Nia Nurse", "nurse east")
    town.task(town.case(), due="+3h", name="Visit")
    return town


def packs(town: SmallTown) -> list[str]:
    folder = town.office.settings.downtime_folder
    assert folder is not None
    return sorted(one.name for one in folder.iterdir() if one.is_dir()) if folder.exists() else []


def newest(town: SmallTown) -> Path:
    folder = town.office.settings.downtime_folder
    assert folder is not None
    return folder / str(json.loads((folder / "manifest.json").read_text())["folder"])


def test_a_pack_is_written_from_six_and_once_a_day(town: SmallTown, clock: FixedClock) -> None:
    clock.move_to(SIX - timedelta(minutes=1))
    assert work(town.office) == (0, 0)
    assert packs(town) == []
    clock.move_to(SIX)
    assert work(town.office) == (2, 0)
    clock.advance(timedelta(hours=17))
    assert work(town.office) == (0, 0)
    assert packs(town) == ["2026-11-16-060000"]
    clock.advance(timedelta(hours=7))
    assert work(town.office) == (2, 0)
    assert packs(town) == ["2026-11-16-060000", "2026-11-17-060000"]


def test_six_is_six_in_london_in_summer_too(town: SmallTown, clock: FixedClock) -> None:
    clock.move_to(datetime(2026, 7, 1, 4, 59, tzinfo=UTC))
    assert work(town.office) == (0, 0)
    clock.move_to(datetime(2026, 7, 1, 5, 0, tzinfo=UTC))
    work(town.office)
    assert packs(town) == ["2026-07-01-060000"]


def test_a_worker_that_was_down_at_six_writes_it_when_it_is_back(town: SmallTown, clock: FixedClock) -> None:
    work(town.office)
    clock.move_to(SIX + timedelta(days=2, hours=5))
    assert work(town.office) == (2, 0)
    assert packs(town) == ["2026-11-16-060000", "2026-11-18-110000"]


def test_it_is_for_its_owner_only(town: SmallTown) -> None:
    work(town.office)
    pack = newest(town)
    assert [stat.S_IMODE(one.stat().st_mode) for one in (pack.parent, pack)] == [0o700, 0o700]
    files = [*pack.iterdir(), pack.parent / "manifest.json"]
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}


def test_a_page_needs_nothing_and_runs_nothing(town: SmallTown) -> None:
    work(town.office)
    page = html.fromstring((newest(town) / "acm-east.html").read_bytes())
    assert page.xpath("//script | //link | //img | //*[@src]") == []
    text = " ".join(page.text_content().split())
    assert "Visit" in text
    assert "Ada Khan, born 1 March 1942" in text
    contents = html.fromstring((newest(town) / "contents.html").read_bytes())
    there = {one.name for one in newest(town).iterdir()}
    assert set(contents.xpath("//a/@href")) == there - {"contents.html"}


def test_a_name_is_no_formula_in_a_spreadsheet_and_no_tag_on_a_page(town: SmallTown) -> None:
    town.task(town.case(given="=1+1", family="<b>Bold</b>"), due="+3h")
    work(town.office)
    rows = list(csv.DictReader((newest(town) / "acm-east.csv").read_text("utf-8-sig").splitlines()))
    assert {row["Person"] for row in rows} == {"Ada Khan", "'=1+1 <b>Bold</b>"}
    assert "<b>Bold" not in (newest(town) / "acm-east.html").read_text()


def test_old_packs_go_and_so_does_an_earlier_one_of_the_day(town: SmallTown, clock: FixedClock) -> None:
    for _ in range(5):
        work(town.office)
        clock.advance(timedelta(days=1))
    assert packs(town) == ["2026-11-18-060000", "2026-11-19-060000", "2026-11-20-060000"]
    write_now(town.office.desk())
    clock.advance(timedelta(hours=2))
    write_now(town.office.desk())
    assert packs(town) == ["2026-11-19-060000", "2026-11-20-060000", "2026-11-21-080000"]


def test_what_else_lies_in_the_folder_is_left_alone(town: SmallTown, clock: FixedClock) -> None:
    work(town.office)
    theirs = newest(town).parent / "2026-11-01-notes"
    theirs.mkdir()
    clock.advance(timedelta(days=9))
    work(town.office)
    assert theirs.exists()


def test_a_crash_in_the_middle_leaves_the_old_pack_whole(
    town: SmallTown, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(town.office)
    before = {one.name: one.read_bytes() for one in newest(town).iterdir()}
    manifest = (newest(town).parent / "manifest.json").read_bytes()
    clock.advance(timedelta(days=1))
    written = shelf._write

    def killed(file: Path, content: bytes) -> None:
        if file.suffix == ".csv":
            raise KeyboardInterrupt
        written(file, content)

    monkeypatch.setattr(shelf, "_write", killed)
    with pytest.raises(KeyboardInterrupt):
        work(town.office)
    assert {one.name: one.read_bytes() for one in newest(town).iterdir()} == before
    assert (newest(town).parent / "manifest.json").read_bytes() == manifest
    monkeypatch.undo()
    assert work(town.office) == (2, 0)
    assert packs(town) == ["2026-11-16-060000", "2026-11-17-060000"]  # and nothing unfinished


def test_two_who_write_at_once_write_one_after_the_other(town: SmallTown) -> None:
    assert town.office.settings.downtime_folder is not None
    with ThreadPoolExecutor() as beside:
        with shelf.held(town.office.settings.downtime_folder):
            other = beside.submit(work, town.office)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.5)
            assert packs(town) == []
        assert other.result() == (2, 0)


def test_a_full_disk_is_told_and_tried_again(
    town: SmallTown, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(shelf, "_write", full)
        with pytest.raises(RuleBroken, match="No space left"):
            work(town.office)
    assert packs(town) == []
    assert work(town.office) == (2, 0)


def test_a_team_that_fails_keeps_no_other_from_its_pack_and_all_are_written_again(
    town: SmallTown, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = writing.pack_of
    with monkeypatch.context() as patched:
        patched.setattr(writing, "pack_of", lambda desk, one: 1 / 0 if one.team == "North" else real(desk, one))
        assert work(town.office) == (1, 1)
        assert "There is none for North" in (newest(town) / "contents.html").read_text()
    clock.advance(timedelta(minutes=5))
    assert work(town.office) == (2, 0)
    assert packs(town) == ["2026-11-16-060500"]


def test_whom_it_tells_of_stands_in_the_trail(town: SmallTown) -> None:
    work(town.office)
    with town.office.desk().looking() as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.act == "downtime pack written")).all()
    assert {one.detail["team"]: one.detail["shown"] for one in told} == {"East": ["ACM-000001"], "North": []}


def test_where_no_folder_is_named_none_is_written(town: SmallTown, clock: FixedClock) -> None:
    office = open_office(replace(town.office.settings, downtime_folder=None), clock)
    assert work(office) == (0, 0)
    with pytest.raises(RuleBroken, match="ROUNDTABLE_DOWNTIME_FOLDER"):
        write_now(office.desk())
    office.close()
