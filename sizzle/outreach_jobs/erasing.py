"""Takes an erased member out of what is kept of jobs: findings of imports, lines of audiences."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any, Final

from sizzle.outreach_jobs.jobs import OutreachJob, OutreachJobs

_QUOTED: Final = 60
"""Characters of a cell that findings quote."""


def erase_from_jobs(jobs: OutreachJobs, member_id: str, endpoint_ids: Iterable[str]) -> int:
    """Remove findings of rows of a member, or that name one, and the member from audiences.

    Args:
        jobs: of the installation.
        member_id: the member.
        endpoint_ids: of the member.

    Returns:
        How many jobs have changed.

    Raises:
        DatabaseUnavailableError: the database cannot be used.
        JobFilesError: files cannot be had or written.
    """
    ids = {member_id, *endpoint_ids}
    changed = 0
    for job in jobs.newest():
        found = [_erase_findings(jobs, job, ids), _erase_from_lines(jobs, job, member_id)]
        changed += any(found)
    return changed


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Finds the names as findings have them: whole words, perhaps quoted or cut."""
    shown = {
        form for name in names for form in (name, repr(name)[1:-1], repr(name[:_QUOTED])[1:-1])
    }
    return re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in sorted(shown) if one))


def _erase_findings(jobs: OutreachJobs, job: OutreachJob, ids: Set[str]) -> bool:
    result: Mapping[str, Any] = job.result or {}
    findings, names = result.get("findings", []), _pattern(ids)
    kept = [
        finding
        for finding in findings
        if finding.get("about") not in ids
        and not names.search(f"{finding['what']} {finding['fix']}")
    ]
    if len(kept) == len(findings):
        return False
    jobs.queue.replace_result(job.row, {**result, "findings": kept})
    jobs.queue.files.remove_file(job.row.folder, "result.json")  # which the row was made of
    return True


def _erase_from_lines(jobs: OutreachJobs, job: OutreachJob, member_id: str) -> bool:
    if not job.has_lines or not jobs.queue.files.has(job.row.folder):
        return False
    old = job.lines.read_text(encoding="utf-8")
    new = "".join(_without(line, member_id) for line in old.splitlines(keepends=True))
    if new == old:
        return False
    jobs.queue.files.write_file(job.row.folder, job.lines.name, new.encode())
    return True


def _without(line: str, member_id: str) -> str:
    audience = json.loads(line)
    members = audience["output"]["recommendedUsers"]
    if member_id not in members:
        return line
    audience["output"]["recommendedUsers"] = [*_others(members, members, member_id)]
    for name in ("chance", "why"):
        audience[name] = [*_others(audience[name], members, member_id)]
    return json.dumps(audience, ensure_ascii=False) + "\n"


def _others(values: list[Any], members: list[str], member_id: str) -> Iterator[Any]:
    return (value for value, one in zip(values, members, strict=True) if one != member_id)
