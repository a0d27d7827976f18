"""From an editor's export to a publishable index."""

from sizzle.ingest.build import MediaFiles, build_index
from sizzle.ingest.inspect import Inspection, inspect_reading, inspect_timeline
from sizzle.ingest.read import read_timeline
from sizzle.ingest.reading import Reading
from sizzle.ingest.sheet import read_clip_sheet, read_titles

__all__ = [
    "Inspection",
    "MediaFiles",
    "Reading",
    "build_index",
    "inspect_reading",
    "inspect_timeline",
    "read_clip_sheet",
    "read_timeline",
    "read_titles",
]
