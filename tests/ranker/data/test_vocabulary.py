"""Titles as tokens."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ViewingEvent, ViewingLog
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events
from ranker.data.vocabulary import BOS, PAD, SPECIALS, UNK, Vocabulary


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(), unique=True))
def test_every_title_has_a_token_of_its_own(titles: list[str]) -> None:
    """Tokens are indexes of the titles, and no title has the token of a special one."""
    tokens = Vocabulary(titles).encode(titles)
    assert [titles[token - SPECIALS] for token in tokens] == titles
    assert not {PAD, BOS, UNK} & set(tokens)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("mn"), st.sampled_from("abcd")), min_size=1))
def test_the_order_of_histories_does_not_matter(views: list[tuple[str, str]]) -> None:
    """The same titles get the same tokens, whoever watched them first."""
    vocabularies = [
        Schema.from_tokens(merge_events(ViewingLog.from_events(events)), {}).vocabulary
        for events in (
            [ViewingEvent(member, title, at) for at, (member, title) in enumerate(views)],
            [ViewingEvent(member, title, at) for at, (member, title) in enumerate(views[::-1])],
        )
    ]
    assert vocabularies[0].titles == vocabularies[1].titles


def test_an_unknown_title_is_unk() -> None:
    """All titles that are not in the vocabulary share one token."""
    assert Vocabulary(["a"]).encode(["a", "b", "c"]) == [3, UNK, UNK]


def test_new_titles_follow_the_known_ones() -> None:
    """Adding titles changes no token, and known titles are not added again."""
    assert Vocabulary(["b", "a"]).with_titles(["c", "a", "aa"]).titles == ("b", "a", "aa", "c")


def test_counts_the_special_tokens() -> None:
    """The size of the embedding is the titles and PAD, BOS, UNK."""
    assert len(Vocabulary(["a", "b"])) == 5
