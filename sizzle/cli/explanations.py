"""How commands print why titles are in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sizzle.cli.output import print_table

if TYPE_CHECKING:
    from sizzle.reel.explanation import ReelExplanation, TitleExplanation

_LIKELIEST = 3  # classes of an intent


def print_explanation(heading: str, explanation: ReelExplanation) -> None:
    """Print what the order is for, what moved each title, and the intents that it is based on."""
    columns = ("rank", "title id", "title", "score", "without context", "moved by")
    context = explanation.context
    known = (context.device_type, context.locale, context.country, context.surface)
    facts = [f"{heading} at {context.at}", *filter(None, known)]
    print_table(", ".join(facts), columns, map(_title_row, explanation.titles))
    intents = (
        (
            intent.intent,
            f"{intent.weight:.2f}",
            ", ".join(f"{cls.name} {cls.chance:.0%}" for cls in intent.classes[:_LIKELIEST]),
        )
        for intent in explanation.intents
    )
    print_table("Why this order", ("intent", "weight", "likely"), intents)


def _title_row(title: TitleExplanation) -> tuple[object, ...]:
    moved = ", ".join(f"{name} {by:+.2f}" for name, by in title.moved_by.items())
    without = title.rank_without_context or ""
    return title.rank, title.title_id, title.title, f"{title.score:.4f}", without, moved
