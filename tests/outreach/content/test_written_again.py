"""What pages show of texts is all of them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sizzle.outreach.content.promoted_file import parse_promoted, promoted_source
from sizzle.outreach.content.sms_segments import segment_texts, segments_of
from sizzle.outreach.vocabulary import Promoted, PromotedKind, Window


@given(st.text(alphabet=st.sampled_from("aé€😀 Z\n"), max_size=400))
def test_segments_are_the_whole_text(text: str) -> None:
    """None of them is empty, and there are as many as are paid."""
    parts = segment_texts(text)
    assert "".join(parts) == text
    assert all(parts)
    assert len(parts) == segments_of(text).count


def test_a_thing_is_read_as_it_is_written() -> None:
    """With all that says whom it is for."""
    promoted = Promoted(
        PromotedKind.OFFER,
        "loan",
        {"title": "Loan “A”", "title.fr": "Prêt", "rating": "TV-14"},
        least_age=18,
        maturity="TV-14",
        countries=frozenset({"FR", "US"}),
        windows={"*": Window(date(2026, 12, 1), None)},
        topic="credit",
    )
    assert parse_promoted(promoted_source(promoted), "here") == [promoted]
