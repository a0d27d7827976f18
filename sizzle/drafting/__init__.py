"""From what is promoted to a draft that passes the checks, and from a draft to its approval."""

from sizzle.drafting.evaluating import Panel, PanelCase, evaluate_prompt, improve_prompt
from sizzle.drafting.reviewing import ReviewError, SelfApprovalError, agree, disagree
from sizzle.drafting.stores import Stores
from sizzle.drafting.writing import Drafted, DraftRequest, IneligibleError, draft, keep

__all__ = [
    "DraftRequest",
    "Drafted",
    "IneligibleError",
    "Panel",
    "PanelCase",
    "ReviewError",
    "SelfApprovalError",
    "Stores",
    "agree",
    "disagree",
    "draft",
    "evaluate_prompt",
    "improve_prompt",
    "keep",
]
