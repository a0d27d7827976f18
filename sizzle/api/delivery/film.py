"""A reel as one MP4: an index of its own, then packets copied from the package."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sizzle import hls
from sizzle.api.http.content import FOREVER, Content, Piece, Slice
from sizzle.hls import FilmTrack, ReelPlan, Track
from sizzle.packager import Package


def film_content(package: Package, plan: ReelPlan, rendition: str) -> Content:
    """The reel as one MP4.

    Raises:
        NotFoundError: no such rendition.
        ReelError: it would be over 4 GiB.
        FragmentError: a file is damaged.
    """
    tracks = [
        _film_track(package, plan, package.segment_map.rendition(rendition), plan.fragments),
        _film_track(package, plan, plan.bed, plan.bed_fragments),
    ]
    head, chunks = hls.film(tracks)
    descriptors = [package.descriptor(track.source.name) for track in tracks]
    pieces: list[Piece] = [head]
    pieces += (Slice(descriptors[chunk.track], chunk.start, chunk.size) for chunk in chunks)
    name = f"{package.segment_map.package_id} {rendition} {plan.bed.name} {plan.fragments}"
    return Content(pieces, "video/mp4", sha256(name.encode()).hexdigest()[:20], FOREVER)


def _film_track(
    package: Package, plan: ReelPlan, track: Track, fragments: Sequence[int]
) -> FilmTrack:
    samples = [package.samples(track, fragment) for fragment in fragments]
    return FilmTrack(track, package.inits[track.name], fragments, samples, plan.seconds)
