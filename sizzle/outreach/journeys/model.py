"""A journey: what starts it, its steps, and what ends it for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta

from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.campaign import ReelPolicy, Treatment
from sizzle.outreach.journeys.durations import DAY, Duration, milliseconds_in
from sizzle.outreach.vocabulary import Channel, PromotedKind

MAX_STEPS: Final = 40

JourneyId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\Z",
        description="No campaign may have the same id.",
    ),
]
# Without dots, so that an activity's id, which is made of both, names one step of one journey.
StepId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,29}\Z")]
NextStep = Annotated[
    str,
    Meta(
        pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,29})?\Z",
        description="The id of the step that comes next; without it the run is completed.",
    ),
]
_Name = Annotated[str, Meta(max_length=200, pattern=PRINTABLE)]
_Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_OptionalId = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Values = Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(min_length=1)]
_Share = Annotated[float, Meta(ge=0, le=1)]
Hour = Annotated[
    str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d\Z", description="On the member's clock.")
]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: Final[tuple[Day, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Part of a journey; what is unknown is refused, as nobody could rely on it."""


class EventMatch(_Part, frozen=True, kw_only=True):
    """Events of a type. Of each attribute named, the event has one of the values."""

    type: _Id
    attributes: Annotated[dict[_Id, _Values], Meta(max_length=40)] = {}

    def matches(self, event_type: str, attributes: Mapping[str, str]) -> bool:
        """Whether an event is one of these."""
        return self.type == event_type and all(
            attributes.get(name) in values for name, values in self.attributes.items()
        )


class EventTrigger(_Part, frozen=True, kw_only=True, tag="event", tag_field="on"):
    """An event of the member starts a run.

    Attributes:
        within: an event that comes later than this after it happened starts none.
    """

    event: EventMatch
    within: Duration = "1 day"


class SegmentTrigger(_Part, frozen=True, kw_only=True, tag="segment", tag_field="on"):
    """Entering a segment starts a run.

    Attributes:
        existing: whether those who are in it when the journey starts are taken too.
        every: how often to look who has entered.
    """

    segment_id: _Id
    existing: bool = False
    every: Duration = "15 minutes"


class ScheduleTrigger(_Part, frozen=True, kw_only=True, tag="schedule", tag_field="on"):
    """At some times, all members of a segment start a run.

    Attributes:
        first: on the clock of `zone`, such as `2026-12-01T09:00`.
        last: after it there is none; without it there is no end.
    """

    segment_id: _Id
    first: Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d\Z")]
    every: Literal["once", "day", "week", "month"] = "once"
    last: Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d)?\Z")] = ""
    zone: Annotated[str, Meta(min_length=1, max_length=60, pattern=PRINTABLE)] = "UTC"


Trigger = EventTrigger | SegmentTrigger | ScheduleTrigger


class _Step(_Part, frozen=True, kw_only=True, tag_field="type"):
    """What all steps have.

    Attributes:
        name: as people call it.
    """

    id: StepId
    name: _Name = ""


class Wait(_Step, frozen=True, kw_only=True, tag="wait", rename={"duration": "for"}):
    """Waits for some time."""

    duration: Duration
    next: NextStep = ""


class WaitUntil(_Step, frozen=True, kw_only=True, tag="wait_until"):
    """Waits until a time, or until the member's clock shows an hour.

    Attributes:
        time: with its zone, such as `2026-12-24T18:00:00+01:00`; not beside `hour`.
        days: on which the hour counts; without them every day.
    """

    time: Annotated[str, Meta(max_length=40)] = ""
    hour: Hour | None = None
    days: Annotated[tuple[Day, ...], Meta(max_length=7)] = DAYS
    next: NextStep = ""


class WaitForEvent(_Step, frozen=True, kw_only=True, tag="wait_for_event"):
    """Waits for an event of the member.

    Attributes:
        limit: how long; without it the wait has no end, which the checks refuse.
        next: where the event came.
        otherwise: where it did not.
    """

    event: EventMatch
    limit: Duration | None = None
    next: NextStep = ""
    otherwise: NextStep = ""


class BranchOf(_Part, frozen=True, kw_only=True):
    """The branch that a split gave."""

    split: StepId
    branch: StepId


class Criterion(_Part, frozen=True, kw_only=True):
    """One of these: in a segment; an event since entry; the branch that a split gave."""

    segment_id: _OptionalId = ""
    event: EventMatch | None = None
    treatment: BranchOf | None = None


class Condition(_Step, frozen=True, kw_only=True, tag="condition", rename={"test": "if"}):
    """Goes on by what holds now.

    Attributes:
        next: where it holds.
        otherwise: where it does not.
    """

    test: Criterion
    next: NextStep = ""
    otherwise: NextStep = ""


class SendStep(_Step, frozen=True, kw_only=True, tag="send"):
    """Plans a message; the run goes on at once, the gate says when the message goes out.

    Attributes:
        topic: of consent; without it, the journey's.
        channels: in the order in which they are preferred.
        reach: as a campaign's.
        give_reason: whether the message says why the member may like what it promotes.
        show_reel: whether it shows the member's own reel.
        valid_for: after this it is no longer worth sending.
    """

    kind: PromotedKind
    promoted_id: _Id
    topic: _OptionalId = ""
    channels: Annotated[tuple[Channel, ...], Meta(min_length=1, max_length=8)] = (Channel.EMAIL,)
    reach: Literal["first", "all"] = "first"
    reel: ReelPolicy | None = None
    give_reason: bool = True
    show_reel: bool = True
    valid_for: Duration = "2 days"
    next: NextStep = ""


class Branch(_Part, frozen=True, kw_only=True):
    """A share of the members."""

    name: StepId
    weight: Annotated[float, Meta(gt=0, le=1_000_000)] = 1.0
    next: NextStep = ""


class Split(_Step, frozen=True, kw_only=True, tag="split"):
    """Divides members by weight, the same member always alike.

    Attributes:
        holdout: the share who get nothing more: their runs end.
    """

    branches: Annotated[tuple[Branch, ...], Meta(min_length=1, max_length=20)]
    holdout: _Share = 0.0


class Exit(_Step, frozen=True, kw_only=True, tag="exit"):
    """Ends the run."""


Step = Wait | WaitUntil | WaitForEvent | Condition | SendStep | Split | Exit


class Edge(NamedTuple):
    """A way from a step to the next one; `label` says when, and is empty for the only way."""

    label: str
    target: str


class Journey(_Part, frozen=True, kw_only=True):
    """What members go through. An approval is of all of this.

    Attributes:
        topic: of consent, of messages that name none of their own.
        app: whose endpoints are used; empty for those of all applications.
        reenter_after: since their last entry, after which members whose run has ended may enter
            again; without it, once for ever.
        goal: an event by which a run has done what it is for, and ends.
        segment_id: who leaves this segment leaves the journey; empty for nobody.
        longest: after this a run ends, wherever it is.
        holdout: the share of members who get nothing, to compare with.
        steps: the first is where runs begin.
    """

    journey_id: JourneyId
    name: _Name = ""
    topic: _OptionalId = ""
    app: _OptionalId = ""
    trigger: Trigger
    reenter_after: Duration | None = None
    goal: EventMatch | None = None
    segment_id: _OptionalId = ""
    longest: Duration = "90 days"
    holdout: Annotated[float, Meta(ge=0, le=0.9)] = 0.0
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=MAX_STEPS)]

    @property
    def content(self) -> str:
        """Canonical JSON."""
        return msgspec.json.encode(self, order="deterministic").decode()

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal: what an approval is of."""
        return hashlib.sha256(self.content.encode()).hexdigest()

    @property
    def end_after(self) -> int:
        """Milliseconds from entry after which a run ends, wherever it is."""
        return milliseconds_in(self.longest)

    def step(self, step_id: str) -> Step | None:
        """A step by its id."""
        return next((step for step in self.steps if step.id == step_id), None)

    def activity_id(self, step_id: str) -> str:
        """Pinpoint's id of a step."""
        return f"{self.journey_id}.{step_id}"

    def topic_of(self, step: SendStep) -> str:
        """The topic of consent of a message; empty where there is none."""
        return step.topic or self.topic

    @property
    def segments(self) -> set[str]:
        """The segments that its steps and its end ask about."""
        tests = (step.test for step in self.steps if isinstance(step, Condition))
        return {self.segment_id, *(test.segment_id for test in tests)} - {""}

    @property
    def event_types(self) -> set[str]:
        """The types of the events that its steps and its goal ask about."""
        return {match.type for match in self.event_matches}

    @property
    def event_matches(self) -> Iterator[EventMatch]:
        """The events that its steps and its goal ask about."""
        if self.goal is not None:
            yield self.goal
        for step in self.steps:
            if isinstance(step, WaitForEvent):
                yield step.event
            elif isinstance(step, Condition) and step.test.event is not None:
                yield step.test.event


def edges(step: Step) -> list[Edge]:
    """The ways out of a step; those that complete the run have no target."""
    if isinstance(step, Exit):
        return []
    if isinstance(step, Split):
        return [Edge(branch.name, branch.next) for branch in step.branches]
    if isinstance(step, Condition):
        return [Edge("yes", step.next), Edge("no", step.otherwise)]
    if isinstance(step, WaitForEvent):
        return [Edge("it came", step.next), Edge("no event in time", step.otherwise)]
    return [Edge("", step.next)]


def treatment_of(planned: SendStep) -> Treatment:
    """How a step's message is sent, in the terms of campaigns."""
    return Treatment(
        name=planned.id,
        channels=planned.channels,
        give_reason=planned.give_reason,
        show_reel=planned.show_reel,
    )


LONGEST: Final = 730 * DAY
"""Milliseconds that a run may take at most."""
