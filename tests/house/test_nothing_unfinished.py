"""What is in the house is finished: nothing waits to be written."""

from __future__ import annotations

import re

from tests.house.tree import PACKAGES, read, text_files

PROMISES = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|lorem ipsum")


def test_no_file_holds_a_promise_instead_of_the_thing() -> None:
    ours = (path for path in text_files() if path.parts[0] in PACKAGES)
    assert [path for path in ours if PROMISES.search(read(path))] == []
