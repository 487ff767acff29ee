"""Several web processes count their requests together: whichever of them is asked, it tells of all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PROCESS = """
import time
from flask import Flask, g
from prometheus_client import generate_latest
from webapp import metering

app = Flask("one of several")
app.before_request(lambda: setattr(g, "began", time.perf_counter()))
metering.keep(app)
app.add_url_rule("/", "page", lambda: "")
app.test_client().get("/")
with app.app_context():
    print(generate_latest(metering.meters()).decode())
"""


def test_the_requests_of_all_processes_are_told_where_they_share_a_folder(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    counted = []
    for _ in range(2):
        said = subprocess.run([sys.executable, "-c", PROCESS], env=environment, capture_output=True, check=True)
        lines = said.stdout.decode().splitlines()
        counted += [line.split()[-1] for line in lines if line.startswith("roundtable_request_seconds_count{")]
    assert counted == ["1.0", "2.0"]
