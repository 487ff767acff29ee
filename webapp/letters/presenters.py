"""How letters are said: how they stand, to whom they go, in which format."""

from __future__ import annotations

from workflows.casework.invited import from_elsewhere
from workflows.questions.letters import LetterPage, LetterRow

STATUSES = {
    "draft": ("To be checked", "yellow"),
    "ready": ("Ready to send", "blue"),
    "held": ("Waits until the person is home", "grey"),
    "sent": ("Sent", "green"),
    "withheld": ("Held back", "red"),
    "overtaken": ("No longer needed", "grey"),
}
RECIPIENTS = {
    "person": "the person",
    "carer": "the carer",
    "referrer": "the referrer",
    "gp": "the GP practice",
    "team": "the team",
    "ward": "the ward",
    "service": "the service",
    "ambulance_111": "the ambulance service and NHS 111",
    "hospital": "the hospital",
    "social_care": "adult social care",
    "mental_health": "the mental health service",
    "vcse": "the voluntary or community partner",
    "copy_holders": "whoever holds a copy",
}
TELL = "tell"
HOW_TOLD = {
    "phone": "by phone",
    "letter": "by letter",
    "secure_mail": "by secure mail",
    "in_person": "in person",
}
BY_EMAIL = "email"  # of an acknowledgement that goes by itself
FORMATS = {
    "letter": "",
    "large_print": "Large print",
    "easy_read": "Easy read: to be made from this text",
    "braille": "Braille: to be ordered with this text",
    "audio": "Audio: to be recorded from this text",
    "other_language": "Another language: to be translated from this text",
}
ROUTES = {
    TELL: "By phone or post",
    "by_hand": "By hand",
    "email": "By email, as the person wishes: only in a way that is safe",
    "carer": "Through their carer",
}
LARGE = frozenset({"large_print"})


def recipient(letter: LetterRow) -> str:
    """Say to whom a letter goes."""
    return recipient_words(letter.recipient)


def recipient_words(key: str) -> str:
    """Say who a recipient is: one whom every case has, or somebody whom a meeting invites from elsewhere."""
    invited = from_elsewhere(key)
    return invited.words if invited else RECIPIENTS.get(key, f"the {key.replace('_', ' ')}" if key else "")


def address(page: LetterPage) -> tuple[str, ...]:
    """Return name and address for the top of a letter; whom nothing names is called what they are."""
    called = recipient(page.letter).removeprefix("the ")
    return (page.addressee.name or (called[:1].upper() + called[1:],)) + page.addressee.address


def how_it_goes(letter: LetterRow) -> str:
    """Say how a letter goes, where it is not simply posted."""
    if letter.status in {"draft", "ready", "held"}:
        if letter.not_by_post:
            return "Not by post, as the person wishes"
        if letter.read_first:
            return "Read first how to contact them safely"
    return "By email" if letter.sent_how == BY_EMAIL else ROUTES.get(letter.route, "")


def status(letter: LetterRow) -> tuple[str, str]:
    """Say how a letter stands, with its colour."""
    words, colour = STATUSES[letter.status]
    if letter.route == TELL and letter.status in {"ready", "sent"}:
        return ("To be told", colour) if letter.status == "ready" else (f"Told {HOW_TOLD[letter.sent_how]}", colour)
    return words, colour


def wanted_format(letter: LetterRow) -> str:
    """Say the format the recipient needs, if it is not an ordinary letter; professionals get an ordinary one."""
    return FORMATS.get(letter.format, letter.format) if letter.audience == "person" else ""


def sheet_class(letter: LetterRow) -> str:
    """Return how the letter is set."""
    large = letter.audience == "person" and letter.format in LARGE
    return "app-letter app-letter--large" if large else "app-letter"
