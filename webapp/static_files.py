"""Addresses of built styles and scripts, with their content's hash so that no browser keeps an old one."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import cast

from flask import Flask, url_for

DIST = Path(__file__).parent / "static" / "dist"


def serve(app: Flask) -> None:
    """Offer `built("pages.css")` to the templates."""
    app.jinja_env.globals["built"] = built


def built(name: str) -> str:
    """Return the address of a built file."""
    manifest = DIST / "manifest.json"
    stamp = manifest.stat().st_mtime_ns if manifest.exists() else 0
    return url_for("static", filename=f"dist/{name}", v=_hashes(stamp).get(name))


@lru_cache(maxsize=2)
def _hashes(stamp: int) -> dict[str, str]:
    """Read the manifest once for each build; nothing has been built when there is none."""
    if not stamp:
        return {}
    return cast(dict[str, str], json.loads((DIST / "manifest.json").read_text(encoding="utf-8")))
