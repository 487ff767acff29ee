"""What brings a case to its end at once, in the words everybody reads: a report, until somebody has confirmed it."""

from __future__ import annotations

# The messages that end a case, and the kind of ending each begins.
ENDINGS = {
    "person_died": "died",
    "consent_withdrawn": "withdrawn",
    "moved_out_of_area": "moved",
    "entered_in_error": "error",
}
PROCESSES = {
    "died": "acm_death",
    "withdrawn": "acm_withdrawal",
    "moved": "acm_moved_away",
    "error": "acm_entered_in_error",
}
CLOSED_AS = {"died": "died", "withdrawn": "consent_withdrawn", "moved": "moved_out_of_area", "error": "error"}
UNKNOWN = "unknown"  # the case is ending, and none of these processes says why
REPORTED = {
    "died": "a death was reported",
    "withdrawn": "consent was withdrawn",
    "moved": "the person moved out of the area",
    "error": "it was entered in error",
}
COMING_TO_ITS_END = "The case is coming to its end; nothing new is begun."
# How it stands until it is confirmed or taken back; no more than that may be said.
STANDS = {
    "died": f"{REPORTED['died']} and is not yet confirmed",
    "withdrawn": f"{REPORTED['withdrawn']}: nothing is shared",
    "error": f"reported: {REPORTED['error']}",
}


def why_ending(kind: str) -> str:
    """Say why a case is ending, for whoever finds a task gone or a letter held back."""
    return f"the case is ending: {REPORTED[kind]}"
