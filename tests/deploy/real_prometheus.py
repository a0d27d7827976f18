"""A real Prometheus with the alerts that ship, in minutes that last a second."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError
from urllib.request import urlopen

from tests.ports import free_port, wait_for
from tests.programs import find_program

ALERTS: Final = Path(__file__).parents[2] / "deploy" / "prometheus" / "alerts.yaml"
PATIENCE: Final = 120  # seconds

_SHORTER: Final = (
    (r"^( +)for: \w+$", r"\1for: 0s"),  # alerts wait for nothing,
    (r"\[\d+m\]", "[10s]"),  # rates are of ten seconds,
    (r"(checked_seconds\)) > 120", r"\1 > 5"),  # and what may last two minutes lasts five seconds
    (r"(resident_bytes\)) > 1e9", r"\1 > 5e7"),  # no worker of a test takes a gigabyte
)


def shortened() -> str:
    """The alerts, so that nobody has to wait."""
    text = ALERTS.read_text()
    for pattern, shorter in _SHORTER:
        text, count = re.subn(pattern, shorter, text, flags=re.MULTILINE)
        assert count, pattern
    return text


@contextmanager
def prometheus(folder: Path, port: int) -> Iterator[str]:
    """A real Prometheus that scrapes the service each second, with these alerts."""
    own = free_port()
    (folder / "alerts.yaml").write_text(shortened())
    (folder / "prometheus.yaml").write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        "rule_files: [alerts.yaml]\n"
        "scrape_configs:\n"
        f"  - {{job_name: sizzle, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}\n"
    )
    command = [
        find_program("prometheus"),
        f"--config.file={folder / 'prometheus.yaml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{own}",
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(own)
            wait_until_ready(f"http://127.0.0.1:{own}/-/ready")
            yield f"http://127.0.0.1:{own}"
        finally:
            process.terminate()


def wait_until_ready(address: str) -> None:
    """Until an address is answered with 200."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            urlopen(address).close()
        except HTTPError:
            assert time.monotonic() < deadline, address
            time.sleep(0.2)
        else:
            return


def rules_of(address: str) -> dict[str, dict[str, Any]]:
    """The alerts as Prometheus has evaluated them, by name."""
    with urlopen(f"{address}/api/v1/rules") as answer:
        groups = json.load(answer)["data"]["groups"]
    return {rule["name"]: rule for group in groups for rule in group["rules"]}
