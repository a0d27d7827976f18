"""Members' own reels, as pages show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sizzle.engagement.figures import Tally
from sizzle.errors import SizzleError
from sizzle.hls import EVERYWHERE
from sizzle.links.addresses import film_address, still_address
from sizzle.links.signing import Signing
from sizzle.packager import Package, Packages
from sizzle.reel import TimecodeList

_POSTER = 640
_STILL = 320
_FILM_HEIGHT = 720


@dataclass(frozen=True, slots=True)
class ReelTitle:
    """A title of a reel, in the order of its ranks.

    Attributes:
        name: as viewers know it.
        rank: from 1.
        seconds: for which it plays.
        still: the address of a picture; empty where there is none.
    """

    name: str
    title_id: str
    rank: int
    seconds: float
    still: str


@dataclass(frozen=True, slots=True)
class ReelView:
    """A reel to be looked at.

    Attributes:
        reel: as a timecode list.
        film: the address of an MP4 that browsers play; empty where the asset is not packaged.
        poster: the address of its first picture; empty where there is none.
        titles: by rank.
    """

    reel: TimecodeList
    film: str
    poster: str
    titles: tuple[ReelTitle, ...]


@dataclass(frozen=True, slots=True)
class MemberReels:
    """Composes the reels that members would get now.

    Attributes:
        newest: the reel of a member id and an asset id; an empty asset id is any.
        packages: of the assets.
        signing: signs addresses of streams, where only signed ones are answered.
    """

    newest: Callable[[str, str], TimecodeList]
    packages: Packages | None = None
    signing: Signing | None = None

    def of(self, member_id: str, asset_id: str = "") -> ReelView:
        """A member's reel of this moment. Raises SizzleError or RankerError: there can be none."""
        return self.view(self.newest(member_id, asset_id))

    def view(self, reel: TimecodeList) -> ReelView:
        """A reel to be looked at."""
        package = package_for(self.packages, reel)
        film = poster = ""
        if package is not None:
            name = rendition_within(package, _FILM_HEIGHT)
            film = film_address(reel.reel_id, package.segment_map.package_id, name, self.signing)
            poster = _still(package, reel.cuts[0].clip_key, _POSTER)
        return ReelView(reel, film, poster, tuple(_titles(reel, package)))


@dataclass(frozen=True, slots=True)
class AssetSources:
    """What the pages of assets show beside the catalog.

    Attributes:
        packages: have the stills.
        reels: compose the reels of members.
        tally: the figures of an asset's reels; it raises SizzleError where there are none.
    """

    packages: Packages | None = None
    reels: MemberReels | None = None
    tally: Callable[[str], Tally] | None = None


def package_for(packages: Packages | None, reel: TimecodeList) -> Package | None:
    """The package that a reel plays from; None where it cannot be played."""
    if packages is None:
        return None
    try:
        return packages.of_version(reel.asset_id, reel.asset_version)
    except SizzleError:
        return None


def rendition_within(package: Package, height: int) -> str:
    """The name of the largest rendition of at most a height, or of the smallest."""
    everywhere = (
        rendition for rendition in package.segment_map.renditions if rendition.codec in EVERYWHERE
    )
    renditions = list(everywhere) or package.segment_map.renditions
    fitting = [rendition for rendition in renditions if rendition.height <= height]
    return (fitting or renditions[-1:])[0].name


def _titles(reel: TimecodeList, package: Package | None) -> list[ReelTitle]:
    first = {cut.title_id: cut for cut in reversed(reel.cuts)}
    return [
        ReelTitle(
            cut.title,
            cut.title_id,
            cut.rank,
            sum(
                each.record.stop.seconds - each.record.start.seconds
                for each in reel.cuts
                if each.title_id == cut.title_id
            ),
            _still(package, cut.clip_key, _STILL) if package is not None else "",
        )
        for cut in sorted(first.values(), key=lambda each: each.rank)
    ]


def _still(package: Package, clip_key: str, width: int) -> str:
    name = package.stills.name(clip_key, width) if package.stills else None
    return still_address(name) if name else ""
