"""What may be said, and to whom: rules that are code, whoever writes the text."""

from sizzle.outreach.policy.checks import check
from sizzle.outreach.policy.eligibility import Refusal, eligibility
from sizzle.outreach.policy.findings import Finding, Severity, refused
from sizzle.outreach.policy.guard_policy import STANDARD_POLICY, GuardPolicy

__all__ = [
    "STANDARD_POLICY",
    "Finding",
    "GuardPolicy",
    "Refusal",
    "Severity",
    "check",
    "eligibility",
    "refused",
]
