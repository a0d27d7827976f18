"""Requests for reels, as clients send them: the one description of both."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from ranker import RequestContext
from sizzle import cadence
from sizzle.api.http.json_body import JsonBody
from sizzle.api.http.parameters import MAX_HEIGHT
from sizzle.hls import Codec, known_codecs
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE

MAX_MEMBERS: Final = 1000
_MAX_TITLES: Final = 1000
_MAX_CAPABILITIES: Final = 20

_Id = Annotated[str, Meta(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_TitleIds = Annotated[
    tuple[_Id, ...],
    Meta(
        min_length=1,
        max_length=_MAX_TITLES,
        description="Choose from these titles only; by default from all titles of the asset.",
        extra_json_schema={"uniqueItems": True},
    ),
]


class Device(msgspec.Struct, frozen=True):
    """What the device can do. Unknown capabilities are ignored, not refused."""

    dynamic_sizzles: Annotated[
        bool, Meta(description="It plays reels: pieces of a Mega Asset as one film.")
    ] = False
    plays: Annotated[
        tuple[_Id, ...],
        Meta(
            max_length=_MAX_CAPABILITIES,
            description="What it can play: `timecodes` into a Mega Asset that it holds, `hls` "
            "streams, byte `ranges` of packaged files, or several of these.",
        ),
    ] = ("timecodes",)
    max_height: (
        Annotated[
            int, Meta(ge=1, le=MAX_HEIGHT, description="Maximum height of the picture, in pixels.")
        ]
        | None
    ) = None
    codecs: Annotated[
        tuple[_Id, ...],
        Meta(
            max_length=_MAX_CAPABILITIES,
            description="Video codecs that it plays: `h264`, `av1`. Of several, what needs "
            "fewest bits comes first.",
        ),
    ] = (Codec.H264.value,)
    frame_rates: (
        Annotated[
            tuple[_Id, ...],
            Meta(
                max_length=_MAX_CAPABILITIES,
                description="Frame rates that it plays, such as `24000/1001` or `25`; any by "
                "default.",
            ),
        ]
        | None
    ) = None

    @property
    def known_codecs(self) -> frozenset[Codec]:
        """Those of its codecs that renditions can be in."""
        return known_codecs(self.codecs)


_Known = Annotated[str, Meta(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


class Context(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of the request beside the member; the service adds the time.

    Values are those of the histories that the model was trained on. Any other one counts as
    unknown, as an empty one does.
    """

    device_type: Annotated[
        _Known, Meta(description="Such as `tv`; in viewing histories `device`.")
    ] = ""
    locale: Annotated[_Known, Meta(description="Such as `en-GB`.")] = ""
    country: Annotated[_Known, Meta(description="Such as `GB`.")] = ""
    surface: Annotated[_Known, Meta(description="Where the reel is shown, such as `home`.")] = ""

    def to_request(self) -> RequestContext:
        """As the ranker has it, without a time."""
        return RequestContext(
            device=self.device_type,
            locale=self.locale,
            country=self.country,
            surface=self.surface,
        )


NO_CONTEXT: Final = Context()
"""Nothing is known of the request but its time."""


class _ReelOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The options of a reel, for any member."""

    asset_id: _Id
    device: Device = Device()
    context: Context = NO_CONTEXT
    cadence: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=cadence.MAX_LENGTH,
            pattern=PRINTABLE,
            description="The name of a cadence; the name of a set, from which each member gets one "
            "by weight; `random`, chosen by the seed; or a plan, such as `A:160 B:80 | A:80`.",
        ),
    ] = cadence.DEFAULT.name
    seed: Annotated[
        int,
        Meta(
            ge=0,
            le=cadence.MAX_SEED,
            description="Which of a title's equally long clips comes first.",
        ),
    ] = 0
    title_ids: _TitleIds | None = None
    treatment: (
        Annotated[_Id, Meta(description="The treatment of an experiment; the response repeats it.")]
        | None
    ) = None
    explain: Annotated[
        bool, Meta(description="Say why the titles are in this order, in `explanation`.")
    ] = False

    def __post_init__(self) -> None:
        """Refuse a title that is named twice."""
        if self.title_ids is not None and len(set(self.title_ids)) != len(self.title_ids):
            raise ValueError("title_ids names a title twice")


class ReelRequest(_ReelOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for a member's reel of a Mega Asset."""

    member_id: _Id


class BatchRequest(_ReelOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for the reels of several members of one Mega Asset."""

    member_ids: Annotated[tuple[_Id, ...], Meta(min_length=1, max_length=MAX_MEMBERS)]

    def each(self) -> list[ReelRequest]:
        """One request for each member."""
        options: dict[str, Any] = {
            name: getattr(self, name) for name in _ReelOptions.__struct_fields__
        }
        return [ReelRequest(member_id=member_id, **options) for member_id in self.member_ids]


_EXAMPLE: Final = {
    "asset_id": "demo",
    "device": {"dynamic_sizzles": True, "plays": ["timecodes", "hls"], "max_height": 720},
    "context": {"device_type": "tv", "locale": "en-GB", "country": "GB", "surface": "home"},
}
REEL: Final = JsonBody(ReelRequest, {"member_id": "member-ada", **_EXAMPLE})
BATCH: Final = JsonBody(BatchRequest, {"member_ids": ["member-ada", "member-ben"], **_EXAMPLE})
