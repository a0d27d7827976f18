"""Findings as a SARIF 2.1.0 log, which code hosts and editors' problem panels read.

Format: OASIS Static Analysis Results Interchange Format 2.1.0. A timeline has no lines and columns:
where a result is, its logical location says in the editor's own terms.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sizzle import __version__
from sizzle.files import write_text
from sizzle.layout import Finding, Rule
from sizzle.reports.rules import ALL_RULES

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
# Named with a version, so that logs stay comparable if what is hashed ever changes.
_FINGERPRINT = "findingIdentity/v1"

_Json = dict[str, Any]


def write_sarif(
    path: Path, findings: Iterable[Finding], timeline: Path, rules_page: str | None = None
) -> None:
    """Write the log of `sarif_log` as JSON, whole or not at all. Raises InputError."""
    log = sarif_log(findings, timeline, rules_page)
    write_text(path, json.dumps(log, indent=2) + "\n")


def sarif_log(
    findings: Iterable[Finding], timeline: Path, rules_page: str | None = None
) -> dict[str, Any]:
    """A log of one run.

    Args:
        findings: in timeline order.
        timeline: the file that was checked; a relative path stays one.
        rules_page: the absolute address under which docs/rules.md is published. Rules link to
            their heading on it; they carry their documentation with or without.
    """
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(findings, timeline, rules_page)]}


def _run(findings: Iterable[Finding], timeline: Path, rules_page: str | None) -> _Json:
    artifact = {"uri": _uri(timeline)}
    return {
        "tool": {"driver": _driver(rules_page)},
        "artifacts": [{"location": artifact, "roles": ["analysisTarget"]}],
        "results": list(_results(findings, artifact)),
    }


def _uri(path: Path) -> str:
    """A file's URI where the path is absolute, else the relative reference."""
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path))


def _driver(rules_page: str | None) -> _Json:
    return {
        "name": "sizzle",
        "fullName": "Dynamic Sizzles timeline check",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_descriptor(rule, rules_page) for rule in ALL_RULES.values()],
    }


def _descriptor(rule: Rule, rules_page: str | None) -> _Json:
    descriptor: _Json = {
        "id": rule.rule_id,
        "shortDescription": {"text": rule.requirement},
        "fullDescription": {"text": f"{rule.requirement} {rule.why}"},
        "help": {
            "text": f"{rule.requirement} Why: {rule.why}",
            "markdown": f"**{rule.requirement}**\n\n{rule.why}",
        },
        "defaultConfiguration": {"level": rule.severity.value},
    }
    if rules_page:
        descriptor["helpUri"] = f"{rules_page}#{rule.rule_id}"
    return descriptor


def _results(findings: Iterable[Finding], artifact: _Json) -> Iterator[_Json]:
    positions = {rule_id: position for position, rule_id in enumerate(ALL_RULES)}
    listed = list(findings)
    for finding, fingerprint in zip(listed, fingerprints(listed), strict=True):
        yield {
            "ruleId": finding.rule,
            "ruleIndex": positions[finding.rule],
            "level": finding.severity.value,
            "message": {"text": message(finding)},
            "locations": [_location(finding, artifact)],
            "partialFingerprints": {_FINGERPRINT: fingerprint},
            "properties": {
                "frame": finding.frame,
                "timecode": finding.timecode,
                "track": finding.track,
                "clip": finding.clip,
                "edits": [edit.to_json() for edit in finding.edits],
            },
        }


def message(finding: Finding) -> str:
    """What was expected, what was found and the fix, in one line."""
    return f"Expected: {finding.expected}. Found: {finding.found}. Fix: {finding.fix}"


def _location(finding: Finding, artifact: _Json) -> _Json:
    track = f"V{finding.track}" if finding.track else "sequence"
    parts = [finding.timecode, track, finding.clip]
    logical = {
        "name": finding.clip or track,
        "fullyQualifiedName": "/".join(part for part in parts if part),
        "kind": "clip" if finding.clip else "sequence",
    }
    return {"physicalLocation": {"artifactLocation": artifact}, "logicalLocations": [logical]}


def fingerprints(findings: Sequence[Finding]) -> list[str]:
    """What each finding is known by from run to run: 32 hexadecimal digits, no two alike.

    Rule, track and clip go into it, and which one it is among those of the same three; not the
    frame, since every edit before it moves that.
    """
    seen: Counter[tuple[str, int, str]] = Counter()
    known = []
    for finding in findings:
        what = (finding.rule, finding.track, finding.clip)
        seen[what] += 1
        identity = json.dumps([*what, seen[what]])
        known.append(hashlib.sha256(identity.encode()).hexdigest()[:32])
    return known
