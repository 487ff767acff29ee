"""Handing text messages over: to GOV.UK Notify, or in a demonstration to a folder of files."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from workflows.actions.texts import Text
from workflows.settings import Settings

TIMEOUT_SECONDS = 20
WORDS = "words"  # what the template of this service has in its place: ((words))
# It writes into the log what Notify answered; that may quote a number.
logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)


class TextRefused(Exception):
    """The text could not be handed over; the text says why without naming anybody."""


Send = Callable[[Text], None]


def messenger(settings: Settings) -> Send:
    """Return what hands texts over in this installation."""
    if settings.texts == "folder":
        return lambda text: _to_folder(settings.text_folder, text)
    return lambda text: _to_notify(settings, text)


def _to_folder(folder: Path, text: Text) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{text.reference}.txt").write_text(f"To: {text.to}\n\n{text.words}\n", encoding="utf-8")
    except OSError as failure:
        raise TextRefused(f"The folder of texts cannot be written: {failure.strerror}.") from failure


def _to_notify(settings: Settings, text: Text) -> None:
    """Hand a text to Notify, unless it has it: a worker may have died just after it handed it over."""
    # Most services send no texts, and start a fourteenth of a second sooner without it.
    from notifications_python_client.errors import APIError
    from notifications_python_client.notifications import NotificationsAPIClient

    client = NotificationsAPIClient(settings.texts_key, settings.texts, TIMEOUT_SECONDS)
    try:
        with closing(client.request_session):
            known = client.get_all_notifications(template_type="sms", reference=text.reference)
            if not known["notifications"]:
                said = {WORDS: text.words}
                client.send_sms_notification(text.to, settings.texts_template, said, text.reference)
    except APIError as refusal:
        raise TextRefused(f"GOV.UK Notify did not take it ({refusal.status_code}).") from refusal
    except (KeyError, TypeError) as unknown:
        raise TextRefused("What answered is not GOV.UK Notify.") from unknown
