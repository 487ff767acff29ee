"""Handing email over: to an SMTP server, or in a demonstration to a folder of files."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import urlsplit

from workflows.actions.notices import Mail
from workflows.settings import Settings

TIMEOUT_SECONDS = 20
READABLE = "8bit"  # in a file a link stands as it is, to be copied


class MailRefused(Exception):
    """The mail could not be handed over; the text says why without naming anybody."""


Send = Callable[[Mail], None]


def postman(settings: Settings) -> Send:
    """Return what hands mail over in this installation."""
    if settings.mail == "folder":
        return lambda mail: _to_folder(settings.mail_folder, _written(mail, settings.mail_from, READABLE))
    server = urlsplit(settings.mail)
    return lambda mail: _to_server(str(server.hostname), server.port or 25, _written(mail, settings.mail_from))


def _written(mail: Mail, sender: str, encoding: str | None = None) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, mail.subject
    message["Message-ID"] = mail.message_id  # the same at each attempt, so that a repeated mail is recognised
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body, cte=encoding)
    return message


def _to_folder(folder: Path, message: EmailMessage) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        (folder / f"{name}.eml").write_bytes(message.as_bytes())
    except OSError as failure:
        raise MailRefused(f"The mail folder cannot be written: {failure.strerror}.") from failure


def _to_server(host: str, port: int, message: EmailMessage) -> None:
    try:
        with smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        raise MailRefused("The mail server refused the address.") from refusal
    except (OSError, smtplib.SMTPException) as failure:
        raise MailRefused(f"The mail server did not take it ({type(failure).__name__}).") from failure
