"""Files that run by themselves are not taken, nor anything that the virus scanner does not clear.

The scanner here is a real service on a socket that speaks the protocol of clamd; the daemon itself is not needed.
"""

from __future__ import annotations

import io
import socketserver
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from workflows.actions.attachments import DOCX, looked_at
from workflows.actions.file_contents import CHUNK
from workflows.casework.errors import RuleBroken
from workflows.settings import Settings, SettingsError

QUIET = b"%PDF-1.7\n1 0 obj <</Type /Catalog /Names <</Dests 2 0 R>> /OpenAction [3 0 R /Fit]>> endobj\n"
TEMPLATE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"
LINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"


def packed(objects: bytes, how: bytes = b"/FlateDecode") -> bytes:
    """A PDF whose objects stand in a packed stream."""
    head = b"9 0 obj <</Type /ObjStm /N 1 /First 4 /Filter %s>>\nstream\n" % how
    return QUIET + head + zlib.compress(objects) + b"\nendstream endobj\n"


def document(*parts: str, link: str = "", types: str = "") -> bytes:
    """A Word document with these parts besides the usual ones, and a link out of it."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("[Content_Types].xml", f"<Types>{types}</Types>")
        for part in ("word/document.xml", *parts):
            parcel.writestr(part, "<x/>")
        said = f'<Relationship Id="r1" Type="{link}" Target="http://a.example/" TargetMode="External"/>' if link else ""
        parcel.writestr("word/_rels/document.xml.rels", f"<Relationships>{said}</Relationships>")
    return kept.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        QUIET + b"4 0 obj <</S /JavaScript /JS (app.alert)>> endobj",
        QUIET + b"4 0 obj <</S /J#61vaScript>> endobj",
        QUIET + b"4 0 obj <</S /Launch /F (x.exe)>> endobj",
        QUIET + b"4 0 obj <</Type /Filespec /EF <<>>>> <</EmbeddedFiles 5 0 R>> endobj",
        QUIET + b"4 0 obj <</XFA [(a) 5 0 R]>> endobj",
        packed(b"4 0 <</S /JavaScript>>"),
        packed(b"4 0 <</S /JavaScript>>", b"/Flate#44ecode"),
        packed(b"4 0 <</S /JavaScript>>").replace(b">>\nstream", b">>%\nstream"),
        packed(b"4 0 <<>>") + packed(b"x" * CHUNK * 3 + b"<</S /Launch>>"),
    ],
)
def test_a_pdf_that_runs_something_is_not_taken(content: bytes) -> None:
    with pytest.raises(RuleBroken, match="runs by itself"):
        looked_at("letter.pdf", content)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (QUIET + b"trailer <</Encrypt 7 0 R>>", "protected"),
        (packed(b"4 0 <<>>", b"[/ASCII85Decode /FlateDecode]"), "unusual"),
        (QUIET + b"9 0 obj <</Type /ObjStm /Filter /FlateDecode>>\nstream\nnot packed", "unusual"),
        (packed(bytes(60 * 1024 * 1024)), "unusual"),
    ],
)
def test_a_pdf_that_nobody_can_look_into_is_not_taken(content: bytes, why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        looked_at("letter.pdf", content)


@pytest.mark.parametrize(
    "content",
    [
        document("word/vbaProject.bin"),
        document("word/activeX/activeX1.bin"),
        document("word/embeddings/oleObject1.bin"),
        document(link=TEMPLATE),
        document(types="<Override ContentType='application/vnd.ms-word.document.macroEnabled.main+xml'/>"),
    ],
)
def test_a_document_that_runs_something_is_not_taken(content: bytes) -> None:
    with pytest.raises(RuleBroken, match="runs by itself"):
        looked_at("letter.docx", content)


@pytest.mark.parametrize("content", [QUIET, packed(b"4 0 <</Type /Page>>"), document(), document(link=LINK)])
def test_a_quiet_letter_is_taken(content: bytes) -> None:
    assert looked_at("letter.docx", content).media_type in {"application/pdf", DOCX}


@contextmanager
def scanner(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A service that takes a file as clamd does, and gives this answer; with what it was sent."""
    seen: list[bytes] = []

    class Line(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            parts = bytearray()
            while size := int.from_bytes(self.rfile.read(4), "big"):
                parts += self.rfile.read(size)
            seen.append(bytes(parts))
            self.wfile.write(answer)

    with socketserver.TCPServer(("127.0.0.1", 0), Line) as service:
        threading.Thread(target=service.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"clamd://127.0.0.1:{service.server_address[1]}", seen
        finally:
            service.shutdown()


def test_a_clean_file_is_taken_when_the_scanner_has_seen_all_of_it() -> None:
    letter = QUIET + b"%" * CHUNK * 2
    with scanner(b"stream: OK\0") as (address, seen):
        assert looked_at("letter.pdf", letter, address).content == letter
    assert seen == [letter]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "found something"),
        (b"INSTREAM size limit exceeded. ERROR\0", "cannot be searched"),
        (b"", "cannot be searched"),
    ],
)
def test_without_the_clear_word_of_the_scanner_nothing_is_taken(answer: bytes, why: str) -> None:
    with scanner(answer) as (address, _), pytest.raises(RuleBroken, match=why):
        looked_at("letter.pdf", QUIET, address)


def test_a_scanner_that_is_not_there_takes_nothing_and_says_that_nothing_typed_is_lost() -> None:
    with scanner(b"") as (address, _):
        pass
    with pytest.raises(RuleBroken, match=r"Everything you typed is kept\. Try again"):
        looked_at("letter.pdf", QUIET, address)


@pytest.mark.parametrize("wrong", ["localhost:3310", "clamd://localhost", "http://x:1"])
def test_an_address_that_is_no_scanners_stops_the_start(wrong: str, tmp_path: object) -> None:
    with pytest.raises(SettingsError, match="clamd://host:port"):
        Settings.from_environment({"ROUNDTABLE_DATA": str(tmp_path), "ROUNDTABLE_VIRUS_SCANNER": wrong})
