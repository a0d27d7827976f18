"""What is counted, planned and compared, as pure functions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.experiments import HOLDOUT, members_needed
from sizzle.outreach.campaign import Campaign, ContradictoryCampaignError, Measurement
from sizzle.outreach.results.experiment import (
    DAY,
    HELD_OUT_OF_ALL,
    DaySums,
    Experiment,
    Watched,
    is_held_out_of_all,
    quarter_experiment,
)
from sizzle.outreach.results.funnel import OutcomeCount, StateCount, funnel, funnel_rows
from sizzle.outreach.results.lift import ALL_MINUTES, MINUTES, PLAYS, Scales, cannot_tell, lift_rows
from sizzle.outreach.results.outcome import (
    CLICK_WINDOW,
    CREDIT,
    VIEW_WINDOW,
    Became,
    SendOutcome,
    give_credit,
)
from sizzle.outreach.results.plan import plan_of
from sizzle.outreach.results.report import ReportFacts, report_of
from sizzle.outreach.vocabulary import PromotedKind

SCALES = Scales(0.02, 600)
NOW = 1_780_000_000_000


def sums(members: int, players: int, minutes: float = 30) -> DaySums:
    """Members of whom some watched so many minutes each."""
    seconds = int(minutes * 60)
    of = (players * seconds, players * seconds * seconds)
    return DaySums(members, players, *of, *of)


def campaign(**fields: object) -> Campaign:
    """A campaign that promotes a title."""
    given: dict[str, object] = {"campaign_id": "c-1", "kind": PromotedKind.TITLE, **fields}
    return Campaign(promoted_id="t-1", snapshot_id="s-1", **given)  # type: ignore[arg-type]


times = st.lists(st.integers(0, 10 * DAY), max_size=4).map(sorted)
outcomes = st.builds(
    SendOutcome,
    clicks=times,
    opens=times,
    played=st.none() | st.sampled_from([5 * DAY, 9 * DAY]),
    named=st.booleans(),
)


@given(st.lists(outcomes, max_size=5))
def test_each_play_is_put_down_to_at_most_one_send(found: list[SendOutcome]) -> None:
    """To a named one before a clicked one before an opened one; giving credit again changes none.

    What is put down to a click or an opening has one in its window.
    """
    give_credit(found)
    credited = [outcome for outcome in found if outcome.bits & CREDIT]
    assert len({outcome.played for outcome in credited}) == len(credited)
    for outcome in credited:
        rivals = [other for other in found if other.played == outcome.played]
        if any(other.named for other in rivals):
            assert outcome.named
            assert outcome.bits == Became.STARTED_EXACT
            continue
        window = CLICK_WINDOW if outcome.bits & Became.STARTED_CLICK else VIEW_WINDOW
        chosen = outcome.clicks if outcome.bits & Became.STARTED_CLICK else outcome.opens
        assert outcome.played is not None
        assert any(outcome.played - window <= time <= outcome.played for time in chosen)
    before = [outcome.bits for outcome in found]
    give_credit(found)
    assert [outcome.bits for outcome in found] == before


def test_the_sums_of_a_member_stop_at_the_most() -> None:
    """A member who watches for days counts as the most; the next report changes no sum."""
    experiment = Experiment("campaign:c-1", frozenset({"t-1"}), 600, 0)
    watched = Watched().plus(experiment, "t-1", 900).plus(experiment, "t-2", -5)
    assert DaySums.of(watched, 600) == DaySums(1, 1, 600, 360_000, 600, 360_000)
    more = watched.plus(experiment, "t-1", 1e300)
    assert DaySums.of(more, 600) - DaySums.of(watched, 600) == DaySums()


def test_quarters_follow_each_other() -> None:
    """Each begins as the one before ends."""
    at = int(datetime(2026, 11, 30, tzinfo=UTC).timestamp() * 1000)
    last = quarter_experiment(at, 600)
    assert last.experiment_id == "all:2026-Q4"
    assert last.ends is not None
    after = quarter_experiment(last.ends, 600)
    assert (after.experiment_id, after.started) == ("all:2027-Q1", last.ends)


def test_the_share_of_those_held_out_of_all_only_grows() -> None:
    """Whoever is held out stays so with a larger share; the shares are about as wanted."""
    members = [f"m-{n}" for n in range(5000)]
    few, many = ({one for one in members if is_held_out_of_all(one, s)} for s in (0.02, 0.1))
    assert few < many
    assert 400 < len(many) < 600


def test_campaigns_without_a_holdout_keep_their_digest() -> None:
    """What was approved before there were holdouts is still what was approved."""
    assert '"holdout"' not in campaign().content
    assert '"measurement"' not in campaign().content
    held = campaign(holdout=0.1, measurement=Measurement(days=7))
    assert Campaign.parse(held.content) == held
    assert held.digest != campaign().digest
    with pytest.raises(ContradictoryCampaignError, match="more than all members"):
        campaign(measurement=Measurement(rate=0.9, lift=0.2)).check()


def test_funnels_count_each_send_once() -> None:
    """Opened by people and by programs alone; returned for good once; each state where it is."""
    key = ("c-1.reel", "EMAIL", "en", "genres:Crime")
    states = [
        StateCount(*key, "handed over", "", 10),
        StateCount(*key, "skipped", "opted out", 3),
        StateCount(*key, "claimed", "", 2),
        StateCount(*key, "permanent", "550", 1),
    ]
    opened = Became.OPENED | Became.DELIVERED
    both = Became.SOFT_BOUNCED | Became.HARD_BOUNCED
    became = [
        OutcomeCount(*key, int(opened), 2, 0.0),
        OutcomeCount(*key, int(opened | Became.OPENED_BY_PERSON), 1, 12.5),
        OutcomeCount(*key, int(both), 1, 0.0),
        OutcomeCount(*key, int(Became.STARTED_VIEW), 1, 0.0),
    ]
    found = funnel(states, became)
    assert (found.sends, found.sent, found.skipped, found.waiting, found.failed) == (
        16,
        10,
        3,
        2,
        1,
    )
    assert (found.opened, found.opened_by_people, found.opened_by_machines) == (3, 1, 2)
    assert (found.bounced_hard, found.bounced_soft, found.delivered) == (1, 0, 9)
    assert (found.title_started, found.started_by_view, found.reel_seconds) == (0, 1, 12.5)
    (row,) = funnel_rows(states, became, lambda each: each.language)
    assert row.name == "en"
    assert row.model_dump(exclude={"name"}) == found.model_dump()


def test_a_plan_says_what_so_many_members_show() -> None:
    """The smallest lift is one that they show, and a smaller one is not."""
    found = plan_of(20_000, 0.1, Measurement(rate=0.05, lift=0.02))
    assert found.enough
    assert found.members_needed == sum(members_needed(0.05, 0.02, ratio=1 / 9))
    assert found.smallest_lift is not None
    for lift, fits in ((found.smallest_lift * 1.01, True), (found.smallest_lift * 0.98, False)):
        assert (sum(members_needed(0.05, lift, ratio=1 / 9)) <= 20_000) is fits
    assert plan_of(100, 0.1, Measurement()).enough is False
    assert "no lift at all" in plan_of(3, 0.5, Measurement()).finding
    without = plan_of(20_000, 0.0, Measurement())
    assert (without.members_needed, without.enough) == (None, None)
    assert "Without a holdout" in without.finding


@pytest.mark.parametrize(
    ("of", "holdout", "words"),
    [
        ({}, 0.1, "Nobody is assigned yet"),
        ({"all": sums(50, 5)}, 0.0, "Nobody is held out"),
        ({"all": sums(5, 1)}, 0.1, "none is held out by chance"),
        ({"all": sums(50, 5), HOLDOUT: sums(3, 1)}, 0.1, "too few to compare"),
        ({"all": sums(500, 50), HOLDOUT: sums(50, 2)}, 0.1, "no interval for its minutes"),
    ],
)
def test_small_campaigns_say_what_cannot_be_told(
    of: dict[str, DaySums], holdout: float, words: str
) -> None:
    """And no interval is given for it."""
    (text,) = cannot_tell(of, holdout)
    assert words in text
    for row in lift_rows(of, SCALES, ended=True):
        if row.measure == MINUTES or min(row.members, row.held_out) < 20:
            assert (row.sequence, row.interval, row.decided) == (None, None, "")


def test_lift_is_decided_by_the_sequence() -> None:
    """More, less or undecided; the fixed interval is there only at the end; treatments apart.

    Whoever is held out of everything is on neither side.
    """
    of = {
        "a": sums(5000, 1500), "b": sums(5000, 500), HOLDOUT: sums(1000, 100),
        HELD_OUT_OF_ALL: sums(1000, 900),
    }  # fmt: skip
    rows = {
        (lift_row.measure, lift_row.treatment): lift_row
        for lift_row in lift_rows(of, SCALES, ended=False)
    }
    assert len(rows) == 9
    assert (rows[PLAYS, ""].members, rows[PLAYS, ""].held_out) == (10_000, 1000)
    assert rows[PLAYS, "a"].finding.startswith("More of the members play")
    assert rows[PLAYS, "b"].finding.startswith("Undecided whether more or fewer of the members")
    assert (
        rows[MINUTES, "a"].finding == "Members watch more of what is promoted than those held out."
    )
    assert rows[PLAYS, "a"].relative == pytest.approx(2.0)
    assert all(row.interval is None for row in rows.values())
    less = lift_rows({"a": sums(5000, 100), HOLDOUT: sums(5000, 900)}, SCALES, ended=True)
    assert [each.decided for each in less] == ["fewer"] * 3
    assert all(each.interval is not None for each in less)
    assert less[2].measure == ALL_MINUTES


def test_a_ratio_that_is_not_the_planned_one_is_called_wrong() -> None:
    """Of those who are not held out of everything; a planned one is not."""
    for held_out, wrong in ((100, False), (200, True)):
        of = {"all": sums(900, 9), HOLDOUT: sums(held_out, 1), HELD_OUT_OF_ALL: sums(500, 5)}
        facts = ReportFacts(
            "campaign", "c-1", "running", NOW, campaign=campaign(holdout=0.1), holdout=0.1,
            members=1000, days=[(1, of)],
        )  # fmt: skip
        found = report_of(facts)
        assert found.sample_ratio is not None
        assert found.sample_ratio.broken is wrong
        assert found.held_out_of_all == 500
        assert ("held out 200 instead of 110" in found.sample_ratio.finding) is wrong


def test_days_add_up() -> None:
    """Each day's sequence is that of all days until then."""
    first, second = sums(900, 90), DaySums(0, 60, 600, 36_000, 600, 36_000)
    days = [(2, {"all": second}), (1, {"all": first, HOLDOUT: sums(100, 10)})]
    facts = ReportFacts("journey", "j-1", "running", NOW, days=days)
    found = report_of(facts)
    differences = [lift_day.difference for lift_day in found.lift_days if lift_day.measure == PLAYS]
    assert differences == [pytest.approx(0.0), pytest.approx(150 / 900 - 0.1)]
    assert found.plan is None
    assert found.sample_ratio is None
