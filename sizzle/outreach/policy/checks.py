"""All checks of a line: whoever wrote it, it is approved only where these find no error."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final

from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy.addresses import check_addresses
from sizzle.outreach.policy.amounts import check_amounts
from sizzle.outreach.policy.characters import check_characters
from sizzle.outreach.policy.findings import Finding
from sizzle.outreach.policy.grounding import check_grounding
from sizzle.outreach.policy.guard_policy import STANDARD_POLICY, GuardPolicy
from sizzle.outreach.policy.language import check_language
from sizzle.outreach.policy.lengths import check_lengths
from sizzle.outreach.policy.pictures import check_pictures
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.policy.slot_checks import check_slots
from sizzle.outreach.policy.statements import check_statements
from sizzle.outreach.policy.wording import check_wording
from sizzle.outreach.vocabulary import Promoted

_CHECKS: Final[tuple[Callable[[Reading], Iterator[Finding]], ...]] = (
    check_slots,
    check_characters,
    check_pictures,
    check_language,
    check_addresses,
    check_amounts,
    check_grounding,
    check_statements,
    check_wording,
    check_lengths,
)


def check(
    line: Line,
    promoted: Promoted,
    *,
    policy: GuardPolicy = STANDARD_POLICY,
    country: str = "",
    used: Collection[str] | None = None,
) -> list[Finding]:
    """What is wrong with a line. Without findings of severity error, it may be approved.

    Args:
        line: the text, in the language that it must be in.
        promoted: what it is about: all that it may say.
        policy: the limits of lengths, and words of the installation's own.
        country: where it is sent; without it, all countries where this may be promoted count.
        used: the facts that a writer says it used; None where nobody said.
    """
    countries = frozenset({country}) if country else promoted.countries
    reading = Reading(line, promoted, policy, countries, used)
    return list(dict.fromkeys(finding for run in _CHECKS for finding in run(reading)))
