"""Settings of this installation, read once from the environment. A wrong value stops the start with a sentence."""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "ROUNDTABLE_"


class SettingsError(ValueError):
    """A setting is missing, unknown or cannot be read."""


@dataclass(frozen=True)
class Settings:
    """What differs from one installation to the next. Times and thresholds are programme data, not these."""

    data_folder: Path
    database_url: str
    secret_key: str
    demonstration: bool
    base_url: str
    mail: str  # "folder" (a mailbox of files below the data folder) or "smtp://host:port"
    mail_from: str
    session_minutes: int
    clock_file: Path | None
    api_rate: str  # how many requests one token may send, such as "6000 per minute"
    virus_scanner: str = ""  # "clamd://host:port"; empty: files are not searched for viruses
    downtime_folder: Path | None = None  # where the downtime packs are written; None: nowhere
    downtime_days: int = 3  # how long a pack is kept
    webhook_networks: str = ""  # one’s own, between commas, into which webhooks may lead
    texts: str = ""  # the address of GOV.UK Notify, or "folder" (files below the data folder); empty: none are sent
    texts_key: str = field(default="", repr=False)  # with which Notify knows this service
    texts_template: str = ""  # and the template that it fills

    @property
    def mail_folder(self) -> Path:
        """Where the demonstration's mail is written, one file a message."""
        return self.data_folder / "mail"

    @property
    def text_folder(self) -> Path:
        """Where the demonstration's text messages are written, one file a message."""
        return self.data_folder / "texts"

    @property
    def sends_texts(self) -> bool:
        """Whether anybody can be told by text message."""
        return bool(self.texts)

    @property
    def secure_cookies(self) -> bool:
        """Cookies are for https only, unless the address is this machine's own."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings; raise SettingsError naming what is wrong."""
        given = {k: v for k, v in (environment or os.environ).items() if k.startswith(PREFIX)}
        unknown = set(given) - {PREFIX + name for name in KNOWN}
        if unknown:
            raise SettingsError(f"Unknown setting {', '.join(sorted(unknown))}.")
        value = {name: given.get(PREFIX + name, default) for name, default in KNOWN.items()}
        folder = Path(value["DATA"]).resolve()
        demonstration = _yes_no("DEMONSTRATION", value["DEMONSTRATION"])
        return cls(
            data_folder=folder,
            database_url=_database(value["DATABASE"]) or f"sqlite:///{folder / 'roundtable.db'}",
            secret_key=value["SECRET"] or _kept_secret(folder),
            demonstration=demonstration,
            base_url=_address(value["ADDRESS"]),
            mail=_mail(value["MAIL"], demonstration),
            mail_from=value["MAIL_FROM"],
            session_minutes=_number("SESSION_MINUTES", value["SESSION_MINUTES"]),
            clock_file=_clock_file(value["CLOCK"], demonstration),
            api_rate=_rate(value["API_RATE"]),
            virus_scanner=_scanner(value["VIRUS_SCANNER"]),
            downtime_folder=_downtime(value["DOWNTIME_FOLDER"], folder),
            downtime_days=_number("DOWNTIME_DAYS", value["DOWNTIME_DAYS"]),
            webhook_networks=_networks(value["WEBHOOK_NETWORKS"]),
            texts=_texts(value, demonstration),
            texts_key=_texts_key(value["TEXTS_KEY_FILE"]),
            texts_template=value["TEXTS_TEMPLATE"],
        )


KNOWN = {
    "DATA": "var",
    "DATABASE": "",
    "SECRET": "",
    "DEMONSTRATION": "yes",
    "ADDRESS": "http://127.0.0.1:8350",
    "MAIL": "",
    "MAIL_FROM": "roundtable@example.org",
    "SESSION_MINUTES": "60",
    "CLOCK": "",
    "API_RATE": "6000 per minute",
    "VIRUS_SCANNER": "",
    "DOWNTIME_FOLDER": "",
    "DOWNTIME_DAYS": "3",
    "WEBHOOK_NETWORKS": "",
    "TEXTS": "",
    "TEXTS_KEY_FILE": "",
    "TEXTS_TEMPLATE": "",
}


def _yes_no(name: str, text: str) -> bool:
    if text not in {"yes", "no"}:
        raise SettingsError(f"{PREFIX}{name} is “{text}”; say yes or no.")
    return text == "yes"


def _number(name: str, text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise SettingsError(f"{PREFIX}{name} is “{text}”; give a whole number above 0.")
    return int(text)


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://(\[[0-9A-Fa-f:]+\]|[^\s/:?#@]+)(:[0-9]{1,5})?/*", text):
        raise SettingsError(f"{PREFIX}ADDRESS is “{text}”; give what people type, such as http://127.0.0.1:8350.")
    return text.rstrip("/")


def _database(text: str) -> str:
    if text and not text.startswith(("sqlite:///", "postgresql://")):
        raise SettingsError(f"{PREFIX}DATABASE cannot be read; give sqlite:///file or postgresql://user@host/name.")
    return text


def _mail(text: str, demonstration: bool) -> str:
    if not text and demonstration:
        return "folder"
    if text == "folder" or text.startswith("smtp://"):
        return text
    raise SettingsError(f"{PREFIX}MAIL is “{text}”; give smtp://host:port, or folder for a mailbox of files.")


def _networks(text: str) -> str:
    try:
        for one in filter(None, text.split(",")):
            ipaddress.ip_network(one.strip())
    except ValueError as unread:
        raise SettingsError(f"{PREFIX}WEBHOOK_NETWORKS is “{text}”; give networks such as 10.20.0.0/16.") from unread
    return text


def _texts(value: Mapping[str, str], demonstration: bool) -> str:
    text = value["TEXTS"]
    if text in ("none", "folder") or not text:
        return {"": "folder" if demonstration else "", "none": ""}.get(text, text)
    if not re.fullmatch(r"https?://[^\s/?#]+/?", text):
        raise SettingsError(f"{PREFIX}TEXTS is “{text}”; give the address of GOV.UK Notify, folder, or none.")
    if not value["TEXTS_KEY_FILE"] or not value["TEXTS_TEMPLATE"]:
        raise SettingsError(f"{PREFIX}TEXTS needs {PREFIX}TEXTS_KEY_FILE and {PREFIX}TEXTS_TEMPLATE beside it.")
    return text.rstrip("/")


def _texts_key(file: str) -> str:
    if not file:
        return ""
    try:
        key = Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as unread:
        raise SettingsError(f"{PREFIX}TEXTS_KEY_FILE names a file that cannot be read.") from unread
    if not re.fullmatch(r"\S*[0-9a-f-]{36}-[0-9a-f-]{36}", key):
        raise SettingsError(f"{PREFIX}TEXTS_KEY_FILE holds no API key of GOV.UK Notify.")
    return key


def _clock_file(text: str, demonstration: bool) -> Path | None:
    if text and not demonstration:
        raise SettingsError(f"{PREFIX}CLOCK moves the time and is for rehearsals only.")
    return Path(text) if text else None


def _rate(text: str) -> str:
    if not re.fullmatch(r"[1-9][0-9]* per (second|minute|hour)", text):
        raise SettingsError(f"{PREFIX}API_RATE is “{text}”; say it as in 6000 per minute.")
    return text


def _scanner(text: str) -> str:
    if text and not re.fullmatch(r"clamd://(\[[0-9A-Fa-f:]+\]|[^\s/:]+):[0-9]{1,5}", text):
        raise SettingsError(f"{PREFIX}VIRUS_SCANNER is “{text}”; give clamd://host:port.")
    return text


def _downtime(text: str, data_folder: Path) -> Path | None:
    if text == "none":
        return None
    if text and not Path(text).is_absolute():
        raise SettingsError(f"{PREFIX}DOWNTIME_FOLDER is “{text}”; give a folder from the root on, or none.")
    return Path(text) if text else data_folder / "downtime"


def _kept_secret(folder: Path) -> str:
    """Make the signing secret once and keep it beside the data, readable by its owner only."""
    kept = folder / "secret"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return kept.read_text(encoding="utf-8")
