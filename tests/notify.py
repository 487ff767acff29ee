"""GOV.UK Notify on this machine, as far as texts go: it keeps what it takes, and can be told to refuse."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import jwt
import pytest

if TYPE_CHECKING:
    from tests.web_server import Serve

SERVICE, SECRET = "5bbd66b4-58cb-4a5c-93b3-2d6d5f6f4f9c", "0f1c64b3-36b4-4d31-9d6a-4f0a7d3c2b1a"
KEY = f"tests-{SERVICE}-{SECRET}"
TEMPLATE = "a1b2c3d4-e5f6-4a5b-8c9d-0e1f2a3b4c5d"


class NotifySink:
    """What arrived, in order. `refusal` holds the status to answer instead of taking a text."""

    def __init__(self) -> None:
        self.url = ""
        self.texts: list[dict[str, Any]] = []
        self.refusal: int | None = None

    @property
    def said(self) -> list[tuple[str, str]]:
        """To which number which words went."""
        return [(one["phone_number"], one["personalisation"]["words"]) for one in self.texts]

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer a request as Notify does."""
        status, body = self._answer(environ)
        start_response(f"{status} answered", [("Content-Type", "application/json")])
        return [json.dumps(body).encode()]

    def _answer(self, environ: Any) -> tuple[int, dict[str, Any]]:
        token = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        jwt.decode(token, SECRET, algorithms=["HS256"], issuer=SERVICE)
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("GET", "/v2/notifications"):
            (reference,) = parse_qs(environ["QUERY_STRING"])["reference"]
            return 200, {"notifications": [one for one in self.texts if one["reference"] == reference], "links": {}}
        assert (environ["REQUEST_METHOD"], environ["PATH_INFO"]) == ("POST", "/v2/notifications/sms")
        if self.refusal:
            return self.refusal, {"status_code": self.refusal, "errors": [{"error": "No", "message": "not now"}]}
        text = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        assert text["template_id"] == TEMPLATE
        self.texts.append(text)
        return 201, {"id": text["reference"], "reference": text["reference"]}


@pytest.fixture
def notify(serve: Serve) -> NotifySink:
    """GOV.UK Notify for one test."""
    sink = NotifySink()
    sink.url = serve(sink)
    return sink
