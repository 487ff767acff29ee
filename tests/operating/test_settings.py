"""What cannot be read from the environment stops the start with a sentence, and no secret in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflows.settings import Settings, SettingsError


def read(folder: Path, **given: str) -> Settings:
    return Settings.from_environment(
        {"ROUNDTABLE_DATA": str(folder), **{f"ROUNDTABLE_{k}": v for k, v in given.items()}}
    )


@pytest.mark.parametrize("address", ["127.0.0.1:8351", "http://", "ftp://here", "http://here:port", "http://a b"])
def test_an_address_that_nobody_could_type_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="such as http"):
        read(tmp_path, ADDRESS=address)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8351/", "https://roundtable.example.org", "http://[::1]:8351"])
def test_an_address_that_people_type_is_taken(tmp_path: Path, address: str) -> None:
    assert read(tmp_path, ADDRESS=address).base_url == address.rstrip("/")


@pytest.mark.parametrize("database", ["roundtable.db", "mysql://me:secret@here/db"])
def test_a_database_that_we_do_not_speak_is_refused_without_its_password(tmp_path: Path, database: str) -> None:
    with pytest.raises(SettingsError, match="DATABASE cannot be read") as refused:
        read(tmp_path, DATABASE=database)
    assert "secret" not in str(refused.value)


def test_downtime_packs_lie_in_the_data_folder_or_where_it_is_said_or_nowhere(tmp_path: Path) -> None:
    assert read(tmp_path).downtime_folder == tmp_path.resolve() / "downtime"
    assert read(tmp_path, DOWNTIME_FOLDER="/srv/packs").downtime_folder == Path("/srv/packs")
    assert read(tmp_path, DOWNTIME_FOLDER="none").downtime_folder is None
    with pytest.raises(SettingsError, match="DOWNTIME_FOLDER is “packs”"):
        read(tmp_path, DOWNTIME_FOLDER="packs")
