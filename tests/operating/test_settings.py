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


def test_texts_go_by_notify_with_a_key_and_a_template_or_not_at_all(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("ours-5bbd66b4-58cb-4a5c-93b3-2d6d5f6f4f9c-0f1c64b3-36b4-4d31-9d6a-4f0a7d3c2b1a\n")
    notify = {"TEXTS": "https://notify.example.org/", "TEXTS_KEY_FILE": str(key), "TEXTS_TEMPLATE": "a1b2"}
    found = read(tmp_path, DEMONSTRATION="no", MAIL="folder", **notify)
    assert (found.texts, found.sends_texts) == ("https://notify.example.org", True)
    assert "0f1c64b3" not in repr(found)
    assert not read(tmp_path, DEMONSTRATION="no", MAIL="folder").sends_texts
    assert read(tmp_path).texts == "folder"
    for wrong in ({"TEXTS": "pigeons"}, {"TEXTS_TEMPLATE": ""}, {"TEXTS_KEY_FILE": str(tmp_path / "none")}):
        with pytest.raises(SettingsError, match="TEXTS"):
            read(tmp_path, **(notify | wrong))


def test_a_network_into_which_webhooks_may_lead_is_written_as_one(tmp_path: Path) -> None:
    assert read(tmp_path, WEBHOOK_NETWORKS="10.20.0.0/16, fd00::/8").webhook_networks == "10.20.0.0/16, fd00::/8"
    with pytest.raises(SettingsError, match="give networks such as 10"):
        read(tmp_path, WEBHOOK_NETWORKS="our network")


def test_downtime_packs_lie_in_the_data_folder_or_where_it_is_said_or_nowhere(tmp_path: Path) -> None:
    assert read(tmp_path).downtime_folder == tmp_path.resolve() / "downtime"
    assert read(tmp_path, DOWNTIME_FOLDER="/srv/packs").downtime_folder == Path("/srv/packs")
    assert read(tmp_path, DOWNTIME_FOLDER="none").downtime_folder is None
    with pytest.raises(SettingsError, match="DOWNTIME_FOLDER is “packs”"):
        read(tmp_path, DOWNTIME_FOLDER="packs")
