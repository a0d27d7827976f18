"""Agree with a draft, or disagree with a reason that goes into the next try."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from sizzle.drafting.stores import Stores
from sizzle.errors import SizzleError
from sizzle.outbox.verdicts import Verdict
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.promoted_json import promoted_digest
from sizzle.outreach.policy import STANDARD_POLICY, Finding, GuardPolicy, check, refused
from sizzle.writers import RefusedTry

MAX_TRIES: Final = 10
"""Refused texts that a next try is given: the newest ones."""


class SelfApprovalError(SizzleError):
    """An author who approves, where somebody else could."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 403
    slug: ClassVar[str] = "self-approval"
    title: ClassVar[str] = "Authors do not approve their own lines"


class ReviewError(SizzleError):
    """A draft that cannot be approved: the checks find errors."""

    exit_code: ClassVar[int] = 1
    status: ClassVar[int] = 422
    slug: ClassVar[str] = "line-refused"
    title: ClassVar[str] = "The checks refuse the line"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = next(finding for finding in findings if refused([finding]))
        super().__init__(f"The checks refuse it: {first}", fix="draft it again.")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Review:
    """What a person says of a line.

    Attributes:
        digest: of the line.
        by: the person.
        two_people: whether authors may not approve what they wrote.
        now: milliseconds since 1970.
    """

    digest: str
    by: str
    two_people: bool
    now: int


def agree(stores: Stores, review: Review, policy: GuardPolicy = STANDARD_POLICY) -> Line:
    """Approve a line, for the facts as they are now.

    Raises:
        NotFoundError: there is no such line, or what it promotes is gone.
        ContentNotApprovedError: the store has another text under its digest.
        SelfApprovalError: its author approves it, and may not.
        ReviewError: the checks refuse it now.
    """
    line = stores.lines.get(review.digest)
    if review.two_people and review.by in stores.drafts.authors(review.digest):
        raise SelfApprovalError(
            f"{review.by} wrote this line, or asked for it.", fix="have somebody else approve it."
        )
    promoted = stores.promoted.get(line.kind, line.promoted_id)
    findings = check(line, promoted, policy=policy)
    if refused(findings):
        raise ReviewError(tuple(findings))
    digest = promoted_digest(promoted)
    stores.verdicts.add(Verdict(review.digest, digest, True, "", review.by, review.now))
    return line


def disagree(stores: Stores, review: Review, reason: str) -> tuple[Line, tuple[RefusedTry, ...]]:
    """Refuse a line.

    Returns:
        The line, and what the next try must not repeat: this text and those refused before it.

    Raises:
        NotFoundError: there is no such line, or what it promotes is gone.
        ContentNotApprovedError: the store has another text under its digest.
    """
    line = stores.lines.get(review.digest)
    promoted = stores.promoted.get(line.kind, line.promoted_id)
    verdict = Verdict(
        review.digest, promoted_digest(promoted), False, reason, review.by, review.now
    )
    stores.verdicts.add(verdict)
    return line, _refused_before(stores, line)


def _refused_before(stores: Stores, line: Line) -> tuple[RefusedTry, ...]:
    """All that was refused for the same thing, reason, language and channel, the oldest first."""
    tries = []
    for other in stores.lines.find(line.kind, line.promoted_id, line.channel):
        same = replace(other, subject=line.subject, text=line.text) == line
        verdicts = stores.verdicts.of(other.digest) if same else []
        if verdicts and not verdicts[-1].agrees:
            tried = RefusedTry(other.subject, other.text, verdicts[-1].reason)
            tries.append((verdicts[-1].number, tried))
    return tuple(tried for _, tried in sorted(tries, key=lambda pair: pair[0])[-MAX_TRIES:])
