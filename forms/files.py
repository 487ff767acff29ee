"""Which files may be attached. Only their name and size are judged here; the bytes are kept elsewhere."""

from __future__ import annotations

from pathlib import PurePath

LARGEST = 10 * 1024 * 1024  # bytes
TYPES = (".pdf", ".jpg", ".jpeg", ".png", ".docx")


def file_fault(name: str, size: int) -> str:
    """What is wrong with a chosen file, in a sentence; "" if it may be attached. `size` in bytes."""
    if PurePath(name).suffix.lower() not in TYPES:
        return "The file must be a PDF, JPG, PNG or DOCX"
    if size <= 0:
        return "The file is empty"
    return "The file must be 10 MB or smaller" if size > LARGEST else ""
