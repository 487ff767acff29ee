"""What stands inside a file: nothing that runs by itself, and nothing that the virus scanner of the house knows.

Anybody may send a file, also without an account. So nothing is parsed as a reader would: a PDF is gone over once for
the names of what acts, its packed objects unpacked up to a limit; of a Word document only the parts list and the links
to the outside are read. What cannot be looked into is refused.
"""

from __future__ import annotations

import io
import re
import socket
import zipfile
import zlib

from workflows.casework.errors import RuleBroken

PDF = "application/pdf"
CHUNK = 64 * 1024
MOST_UNPACKED = 50 * 1024 * 1024  # bytes, of all packed objects or link lists of one file
PDF_RUNS = "The file holds something that runs by itself, such as a script or another file. Print it to a new PDF"
DOCUMENT_RUNS = "The file holds something that runs by itself, such as a macro or another file. Save it as a PDF"
LOCKED = "The file is protected, so nobody can look into it. Save it without the protection"
ODD = "The file is packed in an unusual way, so nobody can look into it. Print it to a new PDF"
FOUND = "The file was not taken: the virus scanner found something in it. Tell whoever looks after your computer"
NO_ANSWER = (
    "The file was not taken: it cannot be searched for viruses just now. Everything you typed is kept. "
    "Try again in a few minutes"
)

_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
# Long names only: what is shorter stands by chance in every picture.
_RUNS = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|ImportData|SubmitForm|Rendition|GoToE)(?![A-Za-z0-9])"
    rb"|/XFA\s*[\[0-9]"
)
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]*\]|/\w+)")
_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_FETCHED = re.compile(rb"/(attachedTemplate|oleObject|frame|subDocument|package)[\"']", re.IGNORECASE)
_PARTS_THAT_RUN = ("vba", "activex", "oleobject", "/embeddings/")
SCANNER_SECONDS = 20


def must_be_still(media_type: str, content: bytes) -> None:
    """Refuse a PDF or Word document that holds scripts, macros, programs or other files, or cannot be looked into."""
    if media_type == PDF:
        _still_pdf(content)
    elif media_type.endswith("document"):
        _still_document(content)


def _still_pdf(content: bytes) -> None:
    plain = _without_escapes(content)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", plain):
        raise RuleBroken(LOCKED)
    if _RUNS.search(plain) or _RUNS.search(_without_escapes(_unpacked(content))):
        raise RuleBroken(PDF_RUNS)


def _without_escapes(content: bytes) -> bytes:
    """Names may be written with their letters as numbers: /JavaScript is /J#61vaScript as well."""
    return _ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), content)


def _unpacked(content: bytes) -> bytes:
    """Return what the packed objects of a PDF say; one that is packed otherwise than usual is refused."""
    found, before, effort = bytearray(), 0, MOST_UNPACKED
    for stream in _STREAM.finditer(content):
        head = _without_escapes(content[before : stream.start()].rpartition(b" obj")[2])
        before = stream.end()
        how = _FILTER.search(head)
        if b"/ObjStm" not in head or how is None:
            continue  # a picture or a page, which runs nothing; or not packed, and so gone over with the rest
        if how[1].strip(b"[] /\r\n\t") != b"FlateDecode":
            raise RuleBroken(ODD)
        effort -= _unpack(content, before, found)
        if effort < 0:
            raise RuleBroken(ODD)
    return bytes(found)


def _unpack(content: bytes, place: int, found: bytearray) -> int:
    """Unpack what begins at a place, and add it to what was found; returns how much was read."""
    reader, began, view = zlib.decompressobj(), place, memoryview(content)
    try:
        while not reader.eof and place < len(content):
            found += reader.decompress(view[place : place + CHUNK], MOST_UNPACKED - len(found) + 1)
            if len(found) > MOST_UNPACKED:
                raise RuleBroken(ODD)
            place += CHUNK
    except zlib.error as broken:
        raise RuleBroken(ODD) from broken
    return place - began


def _still_document(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            names = parts.namelist()
            links = [part for part in parts.infolist() if part.filename.endswith((".rels", "[Content_Types].xml"))]
            if sum(part.file_size for part in links) > MOST_UNPACKED:
                raise RuleBroken(ODD)
            told = [parts.read(part) for part in links]
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError) as broken:
        raise RuleBroken(ODD) from broken
    runs = any(sign in name.lower() for name in names for sign in _PARTS_THAT_RUN)
    if runs or any(b"macroenabled" in text.lower() or _fetches(text) for text in told):
        raise RuleBroken(DOCUMENT_RUNS)


def _fetches(links: bytes) -> bool:
    """Whether a document fetches a part of itself from elsewhere when it is opened; a link to click is none."""
    return any(_OUTSIDE.search(link) and _FETCHED.search(link) for link in links.split(b"<"))


def must_be_clean(scanner: str, content: bytes) -> None:
    """Let the scanner (`clamd://host:port`; empty: none) look at a file; without its clear word nothing is taken."""
    if not scanner:
        return
    host, _, port = scanner.removeprefix("clamd://").rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=SCANNER_SECONDS) as line:
            answer = _asked(line, content)
    except OSError as silent:
        raise RuleBroken(NO_ANSWER) from silent
    if answer.endswith(b"FOUND"):
        raise RuleBroken(FOUND)
    if answer != b"stream: OK":
        raise RuleBroken(NO_ANSWER)


def _asked(line: socket.socket, content: bytes) -> bytes:
    """Send a file as clamd wants it (INSTREAM: parts, each behind its length, then an empty one), and read its word."""
    line.sendall(b"zINSTREAM\0")
    for start in range(0, len(content), CHUNK):
        part = content[start : start + CHUNK]
        line.sendall(len(part).to_bytes(4, "big") + part)
    line.sendall(bytes(4))
    answer = b""
    while not answer.endswith(b"\0") and (more := line.recv(CHUNK)):
        answer += more
    return answer.rstrip(b"\0\n").strip()
