"""From what is promoted to a draft that passes the checks, and from a draft to its approval."""

from sizzle.drafting.evaluating import (
    Panel,
    PanelCase,
    evaluate_prompt,
    evaluated,
    evaluation_to_json,
    improve_prompt,
    improved,
)
from sizzle.drafting.reviewing import Review, ReviewError, SelfApprovalError, agree, disagree
from sizzle.drafting.stores import Stores
from sizzle.drafting.writing import (
    Drafted,
    DraftRequest,
    IneligibleError,
    NothingWrittenError,
    draft,
    draft_again,
    keep,
    written_by_person,
)

__all__ = [
    "DraftRequest",
    "Drafted",
    "IneligibleError",
    "NothingWrittenError",
    "Panel",
    "PanelCase",
    "Review",
    "ReviewError",
    "SelfApprovalError",
    "Stores",
    "agree",
    "disagree",
    "draft",
    "draft_again",
    "evaluate_prompt",
    "evaluated",
    "evaluation_to_json",
    "improve_prompt",
    "improved",
    "keep",
    "written_by_person",
]
