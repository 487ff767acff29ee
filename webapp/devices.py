"""The kind of device somebody works at, in words: enough to notice a strange one, too little to know a person by."""

from __future__ import annotations

from flask import request

# As browsers name themselves; many name several, and the first of these is the one meant.
BROWSERS = {
    "Edg": "Edge", "OPR/": "Opera", "SamsungBrowser": "Samsung browser", "Firefox": "Firefox", "FxiOS": "Firefox",
    "Chrome": "Chrome", "CriOS": "Chrome", "Safari": "Safari",
}  # fmt: skip
SYSTEMS = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "CrOS": "Chromebook",
    "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip


def place() -> str:
    """Return the address a request comes from; empty where nobody knows."""
    return request.remote_addr or ""


def device() -> str:
    """Return the device a request names: "Firefox on Windows", or "not named". No version, nothing else it says."""
    return in_words(request.headers.get("User-Agent", ""))


def in_words(named: str) -> str:
    """Say what a browser calls itself."""
    browser = next((words for mark, words in BROWSERS.items() if mark in named), "")
    system = next((words for mark, words in SYSTEMS.items() if mark in named), "")
    return " on ".join(filter(None, (browser, system))) or "not named"
