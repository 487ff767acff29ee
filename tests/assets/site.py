"""A site of one page, with the built styles and scripts and the real one's strict policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from webapp.headers import CONTENT_SECURITY_POLICY

STATIC = Path(__file__).parents[2] / "webapp" / "static"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="csrf-token" content="a-token"><meta name="largest-request" content="1048576">
<link rel="icon" href="/nothing"><link rel="stylesheet" href="/static/dist/pages.css">
<link rel="stylesheet" href="/static/dist/diagram.css"></head>
<body><main><h1>A page</h1>{body}</main>
<script src="/static/dist/pages.js" defer></script>
<script src="/static/dist/diagram.js" defer></script></body></html>"""


@dataclass
class Site:
    """Serves `body` at /, `diagram` at /diagram.xml, and takes drafts at /draft with the answer prepared.

    `asked` is every request, as "GET /".
    """

    body: str
    diagram: bytes = b""
    answer: tuple[str, str] = ("200 OK", "{}")
    drafts: list[dict[str, list[str]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        status, kind, content = self._answer(environ["PATH_INFO"], environ)
        policy = [("Content-Security-Policy", CONTENT_SECURITY_POLICY), ("Cache-Control", "no-store")]
        start_response(status, [("Content-Type", kind), *policy])
        return [content]

    def _answer(self, path: str, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        if path == "/draft":
            return self._keep_draft(environ)
        if path == "/diagram.xml":
            return ("200 OK" if self.diagram else "404 Not Found"), "application/xml", self.diagram
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            return "200 OK", KINDS[file.suffix], file.read_bytes()
        return "200 OK", "text/html; charset=utf-8", FRAME.format(body=self.body).encode()

    def _keep_draft(self, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
        self.drafts.append(parse_qs(sent))
        self.tokens.append(environ.get("HTTP_X_CSRFTOKEN", ""))
        status, content = self.answer
        return status, "application/json", content.encode()
