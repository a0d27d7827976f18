"""What `deploy/` has: alerts on real metrics, settings that exist, units that systemd takes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from sizzle.api.http import metrics
from sizzle.api.server.settings import Settings
from tests.programs import find_program

DEPLOY = Path(__file__).parents[2] / "deploy"
ALERTS = DEPLOY / "prometheus" / "alerts.yaml"


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
