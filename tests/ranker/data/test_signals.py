"""Policies of signals: the file, the roles of tokens, and how much targets count."""

from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import ConfigError, SignalPolicy, TitleMetadata, ViewingEvent, ViewingLog
from ranker.data.encoding import encode, item_features
from ranker.data.roles import CONTEXT, DISLIKE, SKIP, TARGET
from ranker.data.schema import Schema
from ranker.data.signals import DEFAULT_POLICY, DEFAULT_TOML
from ranker.data.splits import by_time, leave_one_out
from ranker.data.tokens import Tokens, merge_events
from tests.ranker.small_histories import DAY

HOUR = 3600
START = 1_700_000_000


def event(title: str, at: int, action: str = "play", **known: object) -> ViewingEvent:
    """An event of one member, some seconds after the start."""
    return ViewingEvent("m", title, START + at, action=action, **known)  # type: ignore[arg-type]


def merged(*events: ViewingEvent, policy: SignalPolicy = DEFAULT_POLICY) -> Tokens:
    """The tokens of some events."""
    return merge_events(ViewingLog.from_events(events), policy)


def weights(
    *events: ViewingEvent, policy: SignalPolicy = DEFAULT_POLICY, **about: int
) -> list[float]:
    """The weights of the events' tokens as targets, where titles may have a runtime."""
    tokens = merged(*events, policy=policy)
    titles = {title: TitleMetadata(runtime=runtime) for title, runtime in about.items()}
    schema = Schema.from_tokens(tokens, titles, policy)
    found: list[float] = encode(schema, tokens, item_features(schema)).weight_N.tolist()
    return found


def test_the_printed_policy_is_the_default_one() -> None:
    """And any policy comes back from its file."""
    assert SignalPolicy.parse(DEFAULT_TOML) == DEFAULT_POLICY
    policy = SignalPolicy.parse('[targets.weights]\n"free trial" = 0.25\n[skips]\nseconds = 0')
    assert policy != DEFAULT_POLICY
    assert SignalPolicy.parse(policy.to_toml()) == policy
    assert SignalPolicy.from_json(policy.to_json()) == policy


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[dislikes", "not valid TOML"),
        ("[dislike]", "unknown field `dislike`"),
        ("[dislikes]\nwieght = 1", "unknown field `wieght` - at `\\$.dislikes`"),
        ("[dislikes]\nweight = -1", "`dislikes.weight` must be a number of 0 or more, but is -1"),
        ("[skips]\nseconds = 'ten'", "Expected `float`, got `str` - at `\\$.skips.seconds`"),
        ("[skips]\nactions = 'skip'", "Expected `array`"),
        ("[durations]\nfull_seconds = 0", "full_seconds"),
        ("[durations]\nunknown = 2", "`durations.least or unknown`"),
        ("[durations]\nleast = nan", "`durations.least` .* is nan"),
        ("[ratings]\ndislike_below = inf", "`ratings.dislike_below` must be a number, but is inf"),
        ("[targets.weights]\nplay = -1", "`targets.weights.play`"),
        ("[context]\nactions = ['Thumbs Down']", "names the action 'thumbs_down' twice"),
    ],
)
def test_a_bad_policy_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """The error names the file, the field, and what may be in it."""
    path = tmp_path / "signals.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=what) as caught:
        SignalPolicy.read(path)
    assert caught.value.where == str(path)
    assert caught.value.fix
    with pytest.raises(ConfigError, match="cannot be read"):
        SignalPolicy.read(tmp_path / "nowhere.toml")


def test_an_action_says_what_a_viewing_is() -> None:
    """However it is written; an action that nobody has named is a target, and so is none."""
    actions = ["", "play", "voice", "THUMBS DOWN", "thumbs-down", "Not Interested", "skip", "reel"]
    tokens = merged(*(event(str(n), n * DAY, action) for n, action in enumerate(actions)))
    expected = [TARGET, TARGET, TARGET, DISLIKE, DISLIKE, DISLIKE, SKIP, CONTEXT]
    assert tokens.role_N.tolist() == expected


@pytest.mark.parametrize(
    ("events", "role"),
    [
        ([("play", 5400), ("thumbs_down", None)], DISLIKE),
        ([("thumbs_down", None), ("play", 5400)], DISLIKE),
        ([("thumbs_down", None), ("thumbs_up", None)], TARGET),
        ([("thumbs_up", None), ("thumbs_down", None)], DISLIKE),
        ([("reel", 8), ("play", 5400)], TARGET),
        ([("reel", 8)], CONTEXT),
        ([("play", 4), ("play", 5)], SKIP),
        ([("play", 4), ("play", 6)], TARGET),
        ([("play", None)], TARGET),
        ([("play", 0)], SKIP),
        ([("like", 3)], TARGET),
    ],
)
def test_one_viewing_has_one_role(events: list[tuple[str, int | None]], role: int) -> None:
    """What the member said last of the title decides, else what they did; unknown is no skip."""
    tokens = merged(
        *(event("a", n * 60, action, seconds=seconds) for n, (action, seconds) in enumerate(events))
    )
    assert tokens.role_N.tolist() == [role]


def test_a_rating_is_a_dislike_below_a_threshold() -> None:
    """By default a negative one; a later rating of the same viewing takes it back."""
    tokens = merged(
        event("a", 0, rating=-1), event("b", DAY, rating=1), event("c", 2 * DAY, rating=-1),
        event("c", 2 * DAY + 60, rating=1),
    )  # fmt: skip
    assert tokens.role_N.tolist() == [DISLIKE, TARGET, TARGET]
    stars = SignalPolicy.parse("[ratings]\ndislike_below = 2.5")
    rated = [event(str(rating), rating * DAY, "rating", rating=rating) for rating in range(1, 6)]
    assert merged(*rated, policy=stars).role_N.tolist() == [DISLIKE] * 2 + [TARGET] * 3


def test_a_target_counts_by_its_share_of_the_runtime_or_its_seconds() -> None:
    """Without a duration it counts neither fully nor least, with a runtime or without."""
    half = weights(event("a", 0, seconds=1350), event("b", DAY, seconds=1350), a=3000)
    assert half == pytest.approx([0.25 + 0.75 * 0.5, 0.25 + 0.75 * 0.25])
    assert weights(event("a", 0), a=3000) == weights(event("a", 0)) == [0.5]
    assert weights(event("a", 0, seconds=2800), a=3000) == [1.0]


def test_a_target_counts_by_its_rating_and_its_action() -> None:
    """Where the policy says which rating counts fully."""
    policy = SignalPolicy.parse(
        "[ratings]\ndislike_below = 2.5\nfull = 5\n[targets.weights]\ntrailer = 0.1"
    )
    rated = weights(
        event("a", 0, "rating", rating=5),
        event("b", DAY, "rating", rating=3),
        event("c", 2 * DAY, "play", rating=1),
        event("d", 3 * DAY, "play"),
        event("e", 4 * DAY, "trailer"),
        policy=policy,
    )
    assert rated == pytest.approx([1.0, 0.25 + 0.75 * 0.2, 0.0, 0.5, 0.05])


def test_what_was_shown_and_not_watched_is_passed_over() -> None:
    """Before the next viewing; not if it was watched within a day, and it is never read itself."""
    tokens = merged(
        event("a", 0),
        event("b", HOUR, "impression"),
        event("c", HOUR, "impression"),
        event("d", HOUR, "impression"),
        event("c", 2 * HOUR, seconds=5400),
        event("d", 2 * DAY, seconds=5400),
        event("z", 3 * DAY, "impression"),
    )
    titles = tokens.title.values
    assert [titles[code] for code in tokens.title.codes_E] == ["a", "c", "d"]
    assert tokens.shown is not None
    passed = [titles[code] for code in tokens.shown.title_J]
    assert dict(zip(passed, tokens.shown.before_J.tolist(), strict=True)) == {"b": 1, "d": 1}


def test_impressions_of_others_and_millions_before_one_viewing_do_not_count() -> None:
    """Each member has passed over what they were shown themselves, and the last fifty of it."""
    shown = [event(f"s{n}", n, "impression") for n in range(200)]
    other = [ViewingEvent("other", f"s{n}", START + n) for n in range(3)]
    log = ViewingLog.from_events([*shown, event("a", DAY), *other])
    tokens = merge_events(log)
    assert tokens.shown is not None
    assert len(tokens.shown.title_J) == 50
    assert {tokens.title.values[code] for code in tokens.shown.title_J} == {
        f"s{n}" for n in range(150, 200)
    }
    assert set(tokens.shown.before_J.tolist()) == {0}


def test_targets_of_splits_are_targets() -> None:
    """What was disliked, skipped or seen in passing at the end of a history is not predicted."""
    events = [
        ViewingEvent(member, title, START + n * DAY, action=action)
        for member in ("m", "n")
        for n, (title, action) in enumerate(
            [("a", "play"), ("b", "play"), ("x", "dislike"), ("c", "play"), ("y", "reel"),
             ("d", "play"), ("z", "skip")]
        )
    ]  # fmt: skip
    tokens = merge_events(ViewingLog.from_events(events))
    split = leave_one_out(tokens)
    titles = [tokens.title.values[code] for code in tokens.title.codes_E]
    assert [titles[index] for index in split.test_T] == ["d", "d"]
    assert [titles[index] for index in split.valid_T] == ["c", "c"]
    assert [titles[index] for index in split.training_indices()] == ["a", "b", "x"] * 2
    last = by_time(tokens, valid=0.3, test=0.2)
    assert [titles[index] for index in last.test_T] == ["d", "d"]


actions = st.sampled_from(
    ["", "play", "reel", "impression", "skip", "thumbs_down", "thumbs_up", "rating"]
)
logs = st.lists(
    st.builds(
        ViewingEvent,
        st.sampled_from(["m", "n"]),
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 40).map(lambda n: START + n * HOUR),
        seconds=st.none() | st.integers(0, 9000),
        action=actions,
        rating=st.none() | st.sampled_from([-1.0, 4.0]),
    ),
    max_size=25,
)


@settings(max_examples=100, deadline=None)
@given(logs)
def test_only_targets_weigh_and_only_others_are_pushed_down(events: list[ViewingEvent]) -> None:
    """Of any log: weights are from 0 to 1, and of each push-down the title and token are known."""
    log = ViewingLog.from_events(events)
    tokens = merge_events(log)
    schema = Schema.from_tokens(tokens, {})
    encoded = encode(schema, tokens, item_features(schema))
    is_target = encoded.role_N == TARGET
    assert bool(((encoded.weight_N > 0) == is_target).all())
    assert bool((encoded.weight_N <= 1).all())
    pushed = encoded.push_downs
    assert pushed is not None
    assert pushed.start_N[-1] == len(pushed.titles_J)
    assert bool((pushed.weight_J > 0).all())
    assert len(pushed.titles_J) >= int(
        ((encoded.role_N == SKIP) | (encoded.role_N == DISLIKE)).sum()
    )
    impressions = [e for e in events if e.action == "impression" and e.rating is None]
    assert len(tokens) <= len(set(events)) - len(set(impressions))


@settings(max_examples=60, deadline=None)
@given(logs, st.data())
def test_parts_of_tokens_keep_what_was_passed_over(
    events: list[ViewingEvent], data: st.DataObject
) -> None:
    """Any tokens, in any order and more than once, each with its own titles."""
    tokens = merge_events(ViewingLog.from_events(events))
    if tokens.shown is None or not len(tokens):
        return
    index = np.array(data.draw(st.lists(st.integers(0, len(tokens) - 1), max_size=9)), np.int64)
    taken = tokens.take(index)
    assert taken.shown is not None
    starts, part = tokens.shown.start_N, taken.shown.start_N
    for new, old in enumerate(index.tolist()):
        expected = tokens.shown.title_J[starts[old] : starts[old + 1]]
        assert taken.shown.title_J[part[new] : part[new + 1]].tolist() == expected.tolist()


@pytest.mark.parametrize("rating", [nan, inf, -inf, True, "5", 1e300])
def test_a_rating_is_a_number(rating: object) -> None:
    """Anything else is refused, and named."""
    with pytest.raises(ValueError, match="`rating` must be a number"):
        event("a", 0, rating=rating)
