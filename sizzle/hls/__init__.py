"""Reel + segment map -> playlists, manifests, films and re-timed fragments. Pure."""

from sizzle.hls.codecs import EVERYWHERE, Codec, codec_of, known_codecs
from sizzle.hls.dash import manifest
from sizzle.hls.errors import FragmentError, SegmentMapError
from sizzle.hls.fragment import Samples, read_samples, retime
from sizzle.hls.map_file import from_bytes, to_bytes
from sizzle.hls.mse import byte_ranges, ranges_document
from sizzle.hls.plan import ReelPlan, plan_reel
from sizzle.hls.playlists import (
    BED,
    INIT,
    KEY_FRAMES,
    bandwidth,
    bed_playlist,
    key_frame_playlist,
    master_playlist,
    media_playlist,
)
from sizzle.hls.progressive import Chunk, FilmTrack, film
from sizzle.hls.segment_map import BedTrack, Rendition, SegmentMap, Track, bed_name
from sizzle.hls.trim import trim

__all__ = [
    "BED",
    "EVERYWHERE",
    "INIT",
    "KEY_FRAMES",
    "BedTrack",
    "Chunk",
    "Codec",
    "FilmTrack",
    "FragmentError",
    "ReelPlan",
    "Rendition",
    "Samples",
    "SegmentMap",
    "SegmentMapError",
    "Track",
    "bandwidth",
    "bed_name",
    "bed_playlist",
    "byte_ranges",
    "codec_of",
    "film",
    "from_bytes",
    "key_frame_playlist",
    "known_codecs",
    "manifest",
    "master_playlist",
    "media_playlist",
    "plan_reel",
    "ranges_document",
    "read_samples",
    "retime",
    "to_bytes",
    "trim",
]
