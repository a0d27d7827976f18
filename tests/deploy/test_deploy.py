"""What `deploy/` has: alerts on real metrics, settings that exist, units that systemd takes."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.health import Health
from sizzle.api.http import metrics
from sizzle.api.server.settings import Settings
from sizzle.reloading import Reloadable
from tests.api.sample_service import Alphabetical, catalog_in
from tests.packager import packaged_asset
from tests.ports import free_port, wait_for
from tests.programs import find_program

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yaml"
PATIENCE = 60  # seconds


def test_alerts_are_on_metrics_that_the_service_has() -> None:
    """A metric that is renamed without its alert would never alert anybody."""
    metrics.state_gauges()
    metrics.HEALTHY.labels("model").set(1)
    said = metrics.exposition().decode()
    families = set(re.findall(r"^# TYPE (\w+) ", said, re.MULTILINE))
    expressions = re.sub(r'"[^"]*"', "", ALERTS.read_text())
    named = set(re.findall(r"\b(sizzle_\w+)\b", expressions))
    assert named
    assert {name for name in named if name.removesuffix("_bucket") not in families} == set()


def test_files_name_settings_that_exist() -> None:
    """In the container's and in the compose file."""
    known = set(Settings.read().shown())
    for name in ("Containerfile", "compose.yaml"):
        named = set(re.findall(r"\bSIZZLE_[A-Z_]+\b", (DEPLOY / name).read_text()))
        assert named
        assert named - known == set(), name


@pytest.mark.full
def test_systemd_takes_the_units_and_calls_them_safe() -> None:
    """By its own judgement; the program to start is the only thing that is missing here."""
    analyze = find_program("systemd-analyze")
    units = sorted((DEPLOY / "systemd").iterdir())
    checked = subprocess.run(
        [analyze, "verify", *units], capture_output=True, text=True, check=False
    )
    complaints = [line for line in checked.stderr.splitlines() if "is not executable" not in line]
    assert complaints == []
    judged = subprocess.run(
        [analyze, "security", "--offline=true", DEPLOY / "systemd" / "sizzle.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"exposure level for sizzle.service: [012]\.\d OK", judged.stdout)


class Broken(Reloadable[int]):
    """A part that cannot be read again."""

    def newest(self, current: int) -> int:
        """Raise."""
        raise ValueError("a damaged file")


@contextmanager
def prometheus(folder: Path, port: int) -> Iterator[str]:
    """A real Prometheus that scrapes the service each second, with alerts that wait for nothing."""
    own = free_port()
    rules = re.sub(r"^( +)for: \w+$", r"\1for: 0s", ALERTS.read_text(), flags=re.MULTILINE)
    (folder / "alerts.yaml").write_text(rules)
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


@pytest.mark.full
def test_prometheus_evaluates_every_alert_on_the_real_metrics(tmp_path: Path) -> None:
    """All expressions are evaluated; the one that is true fires, and names the part."""
    (tmp_path / "prometheus").mkdir()
    reader = catalog_in(tmp_path).reader()
    health = Health(reader, {"model": Broken(1)})
    health.refresh()
    app = create_app(reader, Alphabetical(), options=ServiceOptions(health=health))
    with (
        packaged_asset.serving(app) as service,
        prometheus(tmp_path / "prometheus", int(service.rpartition(":")[2])) as address,
    ):
        deadline = time.monotonic() + PATIENCE
        while rules_of(address)["SizzleUnhealthy"]["state"] != "firing":
            assert time.monotonic() < deadline, "it never fired"
            time.sleep(0.5)
        rules = rules_of(address)
        assert {rule["health"] for rule in rules.values()} == {"ok"}
        firing = {name for name, rule in rules.items() if rule["state"] == "firing"}
        assert firing == {"SizzleUnhealthy"}
        (alert,) = rules["SizzleUnhealthy"]["alerts"]
        assert alert["labels"]["kind"] == "model"
        assert "`/readyz`" in alert["annotations"]["fix"]
