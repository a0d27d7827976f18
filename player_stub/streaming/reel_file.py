"""Reads a reel to stream: a timecode list and the package of its version, or a `ranges.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from player_stub.streaming.streamed_reel import StreamedReel
from player_stub.timecode_list_file import timecode_list_errors
from sizzle.errors import InputError
from sizzle.hls import SegmentMap
from sizzle.packager import current, read_map
from sizzle.packager.folder import MAP_NAME
from sizzle.reel import TimecodeList

_FIX = "write one with `sizzle compose MEMBER --asset ID --out FILE`, or fetch a ranges.json."


def read_streamed_reel(path: Path, packages: Path) -> StreamedReel:
    """Read a reel with the byte ranges of its fragments.

    Args:
        path: a timecode list, or a `ranges.json`, which needs no packages.
        packages: the folder of packages, or one package.

    Raises:
        InputError: it cannot be read, or is neither.
        NotFoundError: the reel's version was not packaged.
        ReelError: the package is of another version, or the reel does not fit in it.
        PackageError, SegmentMapError: the package cannot be used.
    """
    document = _json(path)
    if document.get("kind") == "byte-ranges":
        try:
            return StreamedReel.from_document(document)
        except InputError as error:
            raise InputError(error.what, where=str(path), fix=error.fix) from error
    with timecode_list_errors(path, _FIX):
        reel = TimecodeList.model_validate(document)
    return StreamedReel.from_package(reel, _map_of(packages, reel))


def _json(path: Path) -> dict[str, Any]:
    with timecode_list_errors(path, _FIX):
        document = json.loads(path.read_bytes())
    if not isinstance(document, dict):
        raise InputError("Not a timecode list.", where=str(path), fix=_FIX)
    return document


def _map_of(packages: Path, reel: TimecodeList) -> SegmentMap:
    if (packages / MAP_NAME).exists():
        return read_map(packages)
    return read_map(packages / current(packages, reel.asset_version))
