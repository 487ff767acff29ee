"""What went out, each time it did: a mail in the folder that is sent again takes the place of the first."""

from __future__ import annotations

from collections import Counter
from email.message import EmailMessage
from pathlib import Path

from tests.crash.other_side import taken
from workers import mail

LIST = "sent.txt"


def note_what_is_sent(folder: Path) -> None:
    """From now on, let this process write down every mail that it hands over."""
    hand_over = mail._to_folder

    def noted(to: Path, message: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LIST).open("a") as sent:
            sent.write(f"{message['Message-ID']}\n")
        hand_over(to, message)

    mail._to_folder = noted


def sent_again(mail_folder: Path, place: Path) -> int:
    """Return how often something was handed over that had been handed over before, under the same id."""
    sent = (mail_folder / LIST).read_text().splitlines() if (mail_folder / LIST).exists() else []
    times = Counter([*sent, *(one.id for one in taken(place))])
    return sum(often - 1 for often in times.values())
