"""Titles as tokens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.data.vocabulary import BOS, PAD, UNK, Vocabulary

sequences = st.lists(st.lists(st.text()))


@settings(max_examples=50, deadline=None)
@given(sequences)
def test_every_title_comes_back_from_its_token(titles: list[list[str]]) -> None:
    """Encoding loses nothing, and no title takes the number of a special token."""
    vocabulary = Vocabulary.of(titles)
    for sequence in titles:
        tokens = vocabulary.encode(sequence)
        assert [vocabulary.title_of(token) for token in tokens] == sequence
        assert not {PAD, BOS, UNK} & set(tokens)


@settings(max_examples=50, deadline=None)
@given(sequences)
def test_the_order_of_histories_does_not_matter(titles: list[list[str]]) -> None:
    """The same titles get the same tokens, whoever watched them first."""
    assert Vocabulary.of(titles).titles == Vocabulary.of(titles[::-1]).titles


def test_an_unknown_title_is_unk() -> None:
    """A title that was not trained on has the token of all such titles."""
    assert Vocabulary(["a"]).encode(["a", "b", "c"]) == [3, UNK, UNK]


def test_counts_the_special_tokens() -> None:
    """The size of the embedding table is the titles and PAD, BOS, UNK."""
    assert len(Vocabulary(["a", "b"])) == 5


@pytest.mark.parametrize("token", [PAD, BOS, UNK, 4])
def test_a_token_without_a_title_is_a_mistake_of_the_programmer(token: int) -> None:
    """Special tokens and tokens beyond the table stand for no title."""
    with pytest.raises(AssertionError, match=f"token {token}"):
        Vocabulary(["a"]).title_of(token)
