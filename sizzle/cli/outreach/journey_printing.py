"""How journeys, their findings and their simulations are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sizzle.cli.output import print_json, print_table, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sizzle.outbox.journey_rows import StoredJourney
    from sizzle.outbox.journeys import Journeys
    from sizzle.outreach.journeys.findings import JourneyFinding
    from sizzle.outreach.journeys.simulation import Simulation


def show_journey(
    journeys: Journeys, stored: StoredJourney, *, as_json: bool, version: int | None = None
) -> None:
    """Print a journey, with how many members stand where, and close the database."""
    from sizzle.outbox.journey_rows import outcomes_of, standing_of
    from sizzle.outreach.journeys.words import step_rows

    shown = version or stored.version or stored.newest
    counts = journeys.counts(stored.journey_id)
    journey = journeys.version(stored.journey_id, shown).journey
    standing, outcomes = standing_of(counts, shown), outcomes_of(counts, shown)
    older = sum(one.runs for one in counts if one.version != shown and not one.outcome)
    journeys.database.close()
    if as_json:
        print_json({**journey_json(stored), "standing": standing, "outcomes": outcomes})
        return
    say(f"{stored.journey_id}: {_state_text(stored)}, version {shown} of {stored.newest}.")
    rows = [
        (row.step, row.what, row.leads_to, row.standing) for row in step_rows(journey, standing)
    ]
    print_table("Steps", ("step", "does", "leads to", "members"), rows)
    if outcomes:
        print_table("Ended", ("how", "runs"), sorted(outcomes.items()))
    if older:
        say(f"{older} members are in other versions, and end on these.")


def journey_json(stored: StoredJourney) -> dict[str, Any]:
    """A journey for programs."""
    return {
        "journey": stored.journey_id,
        "state": stored.state.value,
        "reason": stored.reason,
        "version": stored.version,
        "newest": stored.newest,
    }


def simulation_json(found: Simulation) -> dict[str, Any]:
    """What a simulation gave, for programs."""
    return {
        "runs": found.runs,
        "messages": found.messages,
        "most": found.most,
        "outcomes": dict(sorted(found.outcomes.items())),
        "members_by_messages": {str(n): c for n, c in sorted(found.members_by_messages.items())},
        "members_by_most_a_week": {
            str(n): c for n, c in sorted(found.members_by_most_a_week.items())
        },
        "steps": {
            step: {
                "planned": figures.planned,
                "sent": figures.sent,
                "held": dict(figures.held),
                "skipped": dict(figures.skipped),
            }
            for step, figures in found.steps.items()
        },
    }


def print_simulation(found: Simulation, members: int) -> None:
    """Print what a simulation gave, for people."""
    say(
        f"{members:,} members began {found.runs:,} runs and got {found.messages:,} messages, "
        f"at most {found.most} each."
    )
    widest = max(found.members_by_messages.values())
    rows = [
        (messages, count, "\u2588" * round(40 * count / widest))
        for messages, count in sorted(found.members_by_messages.items())
    ]
    print_table("Messages a member gets", ("messages", "members", ""), rows)
    weeks = sorted(found.members_by_most_a_week.items())
    print_table("In their busiest seven days", ("messages", "members"), weeks)
    steps = [
        (
            step,
            figures.planned,
            figures.sent,
            _counts_text(figures.held),
            _counts_text(figures.skipped),
        )
        for step, figures in found.steps.items()
    ]
    print_table("By step", ("step", "planned", "sent", "held, times", "skipped"), steps)
    print_table("How runs ended", ("how", "runs"), sorted(found.outcomes.items()))


def _counts_text(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count}" for name, count in sorted(counts.items()))


def list_journeys(journeys: list[StoredJourney], *, as_json: bool) -> None:
    """Print journeys."""
    if as_json:
        print_json([journey_json(journey) for journey in journeys])
        return
    rows = [(one.journey_id, _state_text(one), one.version, one.newest) for one in journeys]
    print_table("Journeys", ("journey", "state", "version", "newest"), rows)


def _state_text(stored: StoredJourney) -> str:
    return f"{stored.state.value} ({stored.reason})" if stored.reason else stored.state.value


def print_findings(findings: Iterable[JourneyFinding]) -> None:
    """Print findings for people."""
    for finding in findings:
        say(f"{finding.severity.value}: {finding}")


def finding_json(finding: JourneyFinding) -> dict[str, str]:
    """A finding for programs."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "step": finding.step,
        "message": finding.message,
        "fix": finding.fix,
    }
