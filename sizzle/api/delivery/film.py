"""A reel as one film: packets as they lie, behind a front of its own."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from sizzle import hls
from sizzle.api.http.content import FOREVER, Content, Piece, Slice
from sizzle.hls import Plan, Strip, Track
from sizzle.packager import Package


def film_content(package: Package, plan: Plan, rung: str) -> Content:
    """The reel as one MP4.

    Raises:
        NotFoundError: no such rung.
        ReelError: it would be over 4 GiB.
        FragmentError: a file is damaged.
    """
    strips = [
        _strip(package, plan, package.segment_map.rung(rung), plan.fragments),
        _strip(package, plan, plan.bed, plan.bed_fragments),
    ]
    front, chunks = hls.film(strips)
    descriptors = [package.descriptor(strip.track.name) for strip in strips]
    pieces: list[Piece] = [front]
    pieces += (Slice(descriptors[chunk.strip], chunk.start, chunk.size) for chunk in chunks)
    name = f"{package.segment_map.package_id} {rung} {plan.bed.name} {plan.fragments}"
    return Content(pieces, "video/mp4", sha256(name.encode()).hexdigest()[:20], FOREVER)


def _strip(package: Package, plan: Plan, track: Track, fragments: Sequence[int]) -> Strip:
    samples = [package.samples(track, fragment) for fragment in fragments]
    return Strip(track, package.inits[track.name], fragments, samples, plan.seconds)
