"""What the page of a reel shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sizzle.api.outreach_service.reels import rendition_within
from sizzle.errors import CatalogError, NotFoundError, ReelError
from sizzle.links.addresses import address_of, film_address, still_address
from sizzle.links.signing import Signing
from sizzle.outreach.content.reel import message_reel
from sizzle.packager import Package
from sizzle.reel import TimecodeList

PHONE_HEIGHT: Final = 480
"""Of the film for narrow screens, at most, in pixels."""

DESKTOP_HEIGHT: Final = 1080
"""Of the film for others."""

_POSTER: Final = 1280
_THUMBNAIL: Final = 320


@dataclass(frozen=True, slots=True)
class FoundReel:
    """A reel to show.

    Attributes:
        reel: as a timecode list.
        package: that it plays from.
        is_newest: whether it is shown in place of one that can no longer be replayed.
    """

    reel: TimecodeList
    package: Package
    is_newest: bool


def replayed(reels: Any, reel_id: str) -> TimecodeList | None:  # noqa: ANN401 - see `Reels`
    """The reel of an id; None where its version is not kept any more."""
    try:
        found: TimecodeList = reels.get(reel_id)
    except (NotFoundError, ReelError, CatalogError):
        return None
    return found


def page_of(found: FoundReel, signing: Signing | None) -> dict[str, Any]:
    """What the template shows of a reel: addresses, titles, and when each begins."""
    reel, segment_map = found.reel, found.package.segment_map
    stills = found.package.stills
    shown = message_reel(reel, stills, "")
    starts = {cut.title_id: cut.record.start.seconds for cut in reversed(reel.cuts)}
    poster = stills.name(reel.cuts[0].clip_key, _POSTER) if stills else None
    desktop, phone = (
        film_address(
            reel.reel_id, segment_map.package_id, rendition_within(found.package, height), signing
        )
        for height in (DESKTOP_HEIGHT, PHONE_HEIGHT)
    )
    largest = segment_map.renditions[0]
    return {
        "is_newest": found.is_newest,
        "hls": address_of(reel.reel_id, signing=signing),
        "film": desktop,
        "phone_film": phone,
        "poster": still_address(poster) if poster else "",
        "width": largest.width,
        "height": largest.height,
        "titles": [
            {
                "name": title.name,
                "start": starts[title.title_id],
                "still": title.still.at_least(_THUMBNAIL) if title.still else "",
            }
            for title in shown.titles
        ],
    }


def script_data(reel: TimecodeList, token: str) -> dict[str, Any]:
    """What the page's script needs to tell what was seen."""
    rate = reel.rate
    return {
        "token": token,
        "reel_id": reel.reel_id,
        "fps": rate.numerator / rate.denominator,
        "cuts": [
            {
                "start": cut.record.start.frame,
                "stop": cut.record.stop.frame,
                "title_id": cut.title_id,
                "title": cut.title,
            }
            for cut in reel.cuts
        ],
    }
