"""A member's reel as messages and pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from sizzle.links.addresses import still_address
from sizzle.outreach.content.parts import MessageReel, ReelTitle, Still
from sizzle.reel.timecode_list import TimecodeList


class ClipPictures(Protocol):
    """The pictures of a packaged asset's clips, as `sizzle.packager.Stills`."""

    @property
    def width(self) -> int:
        """Of the widest, in pixels."""

    @property
    def height(self) -> int:
        """Of the widest, in pixels."""

    def names(self, clip_key: str) -> Mapping[int, str]:
        """Of a clip's pictures, by width."""


def message_reel(reel: TimecodeList, pictures: ClipPictures | None, base: str) -> MessageReel:
    """What messages show of a reel.

    Args:
        reel: the member's.
        pictures: of its asset's package; None where it has none.
        base: the address under which members reach the service, without a slash at its end.
    """
    keys = {cut.title_id: cut.clip_key for cut in reversed(reel.cuts)}
    names = {cut.title_id: cut.title for cut in reel.cuts}  # in the order of their first cuts
    titles = tuple(
        ReelTitle(title_id, name, _still(keys[title_id], pictures, base))
        for title_id, name in names.items()
    )
    return MessageReel(
        reel_id=reel.reel_id,
        asset_id=reel.asset_id,
        asset_version=reel.asset_version,
        model_version=reel.model_version,
        titles=titles,
        still=titles[0].still,
        seconds=reel.duration.seconds,
    )


def _still(clip_key: str, pictures: ClipPictures | None, base: str) -> Still | None:
    names = pictures.names(clip_key) if pictures is not None else {}
    if pictures is None or not names:
        return None
    addresses = {width: f"{base}{still_address(name)}" for width, name in names.items()}
    return Still(addresses, pictures.width, pictures.height)
