"""OpenTimelineIO's own files: `.otio`, which is JSON, and `.otioz`, a zip with one in it.

OpenTimelineIO's reader is C++ that trusts its input: nulls and deep nesting crash it. So the JSON
is checked here first, and only what is sound is handed on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, TypeGuard
from zipfile import BadZipFile, ZipFile

import opentimelineio as otio

from sizzle.errors import UnreadableTimelineError
from sizzle.ingest.choose_sequence import choose
from sizzle.ingest.otio_reader import HOW_TO_MEND, OtioReader, refuse
from sizzle.ingest.reading import JsonPath, Reading
from sizzle.ingest.unsupported import recognise_archive

_LARGEST_CONTENT = 256 * 2**20  # bytes of JSON in a bundle
_DEEPEST = 200  # levels of JSON; a timeline nests about ten
_MOST = 2_000_000_000  # frames; no timeline is a year long
_SCHEMA = re.compile(r"([A-Za-z_]\w{0,80})\.\d{1,4}", re.ASCII)
_FASTEST = 1000  # frames a second


def read_otioz(content: bytes, where: str, sequence: str | None) -> Reading:
    """Read the timeline of a bundle; its media stays where it is.

    Raises:
        UnreadableTimelineError: not a zip, without `content.otio`, or as `read_otio`.
    """
    try:
        with ZipFile(BytesIO(content)) as bundle:
            _check_bundle(bundle, where)
            if bundle.getinfo("content.otio").file_size > _LARGEST_CONTENT:
                refuse("The bundle's timeline is too large.", where)
            with bundle.open("content.otio") as file:
                text = file.read(_LARGEST_CONTENT + 1)
    except (BadZipFile, KeyError, OSError, RuntimeError, ValueError, NotImplementedError) as error:
        raise UnreadableTimelineError(
            "The file is not an OTIO bundle: it has no readable content.otio.",
            where=where,
            fix=HOW_TO_MEND,
        ) from error
    return read_otio(text, where, sequence)


def _check_bundle(bundle: ZipFile, where: str) -> None:
    """Refuse another program's zip, in the words of that program."""
    names = bundle.namelist()
    if "content.otio" not in names:
        kind = recognise_archive(names)
        raise UnreadableTimelineError(
            f"The file is {kind.what}, which is not read.", where=where, fix=kind.fix
        )


def read_otio(content: bytes, where: str, sequence: str | None) -> Reading:
    """Read one timeline of an OTIO document.

    Raises:
        UnreadableTimelineError: it is not valid OTIO, or has no such timeline.
    """
    document = _parse(content, where)
    newer = _check(document, where)
    timelines = _timelines(document)
    if not timelines:
        kind = str(document["OTIO_SCHEMA"]).partition(".")[0]
        raise UnreadableTimelineError(
            f"The file holds no OTIO timeline: it is a {kind}.",
            where=where,
            fix="export the whole timeline.",
        )
    names = [(str(timeline.get("name") or ""), "") for _, timeline in timelines]
    root, chosen = timelines[choose(names, sequence, where)]
    try:
        own = _read({"OTIO_SCHEMA": "SerializableCollection.1", "children": _own_markers(chosen)})
        return OtioReader(_read(chosen), list(own), where, root).reading(newer)
    except UnreadableTimelineError:
        raise
    except Exception as error:  # the library raises whatever its code trips over
        raise UnreadableTimelineError(
            f"OpenTimelineIO cannot read the file: {type(error).__name__}: {str(error)[:200]}.",
            where=where,
            fix=HOW_TO_MEND,
        ) from error


def _read(document: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the document is
    return otio.adapters.read_from_string(json.dumps(document), adapter_name="otio_json")


def _own_markers(timeline: dict[str, Any]) -> list[dict[str, Any]]:
    """The markers in a field of the timeline itself, which the format does not have.

    Some programs write them there, and the library leaves them out.
    """
    return timeline.get("markers") or []


def _parse(content: bytes, where: str) -> dict[str, Any]:
    try:
        document = json.loads(
            content, parse_constant=lambda name: refuse(f"The JSON contains {name}.", where)
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableTimelineError(
            f"The file is not valid JSON: {error}.", where=where, fix=HOW_TO_MEND
        ) from error
    if not isinstance(document, dict) or "OTIO_SCHEMA" not in document:
        raise UnreadableTimelineError(
            "The JSON is not an OTIO document.",
            where=where,
            fix="export the timeline as OpenTimelineIO or Final Cut Pro 7 XML; a project, such as"
            " CapCut's, is not read.",
        )
    return document


def _nodes(document: object) -> Iterator[tuple[int, Any]]:
    """Every value of a JSON document with its depth, without recursion."""
    stack = [(0, document)]
    while stack:
        depth, value = stack.pop()
        yield depth, value
        if isinstance(value, dict):
            stack.extend((depth + 1, child) for child in value.values())
        elif isinstance(value, list):
            stack.extend((depth + 1, child) for child in value)


def _check(document: dict[str, Any], where: str) -> list[str]:
    """Refuse what would crash the library, and downgrade schemas that are newer than it."""
    newer: set[str] = set()
    for depth, value in _nodes(document):
        if depth > _DEEPEST:
            refuse(f"The JSON is nested more than {_DEEPEST} levels deep.", where)
        if isinstance(value, dict) and "OTIO_SCHEMA" in value:
            _check_object(value, where)
            newer |= _downgrade(value)
    return sorted(newer)


def _downgrade(document: dict[str, Any]) -> set[str]:
    """Set an object of a newer schema to the newest known version; later fields are ignored.

    The library refuses a whole file for one newer object. The fields that are used here (names,
    times, children) have kept their form so far; a marker's colour has not, and is not used.
    """
    schema: str = document["OTIO_SCHEMA"]
    kind, _, version = schema.partition(".")
    known = otio.core.type_version_map().get(kind)
    if known is None or not version.isdecimal() or int(version) <= known:
        return set()
    document["OTIO_SCHEMA"] = f"{kind}.{known}"
    if kind == "Marker":
        document.pop("color", None)
    return {schema}


def _check_object(document: dict[str, Any], where: str) -> None:
    schema = document["OTIO_SCHEMA"]
    match = _SCHEMA.fullmatch(schema) if isinstance(schema, str) else None
    if match is None:
        refuse(f"An object's schema is {schema!r:.80}.", where)
    kind = match[1]
    if kind == "Timeline":
        _check_timeline(document, where)
    if kind in ("Stack", "Track", "SerializableCollection"):
        children = document.get("children", [])
        if not isinstance(children, list) or not all(_is_a(child) for child in children):
            refuse(f"A {kind} has children that are not objects.", where)
    if schema == "Clip.1" and "media_references" in document:
        # To bring such a clip up to date, the library moves what it has meanwhile replaced.
        refuse("A Clip.1 has the media references of a Clip.2.", where)
    if kind == "RationalTime":
        _check_time(document, where)


def _check_timeline(document: dict[str, Any], where: str) -> None:
    if not _is_a(document.get("tracks"), "Stack"):
        refuse("A timeline has no stack of tracks.", where)
    markers = document.get("markers") or []
    if not isinstance(markers, list) or not all(_is_a(marker, "Marker") for marker in markers):
        refuse("A timeline's markers are not a list of markers.", where)


def _is_a(document: object, kind: str = "") -> bool:
    schema = document.get("OTIO_SCHEMA") if isinstance(document, dict) else None
    return isinstance(schema, str) and schema.startswith(f"{kind}." if kind else "")


def _check_time(document: dict[str, Any], where: str) -> None:
    value, rate = document.get("value"), document.get("rate")
    if not _is_usable(value) or not _is_usable(rate) or not 0 < rate <= _FASTEST:
        refuse(f"A time is {value!r:.40} at {rate!r:.40} frames a second.", where)


def _is_usable(number: Any) -> TypeGuard[int | float]:  # noqa: ANN401 - whatever JSON holds
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return abs(number) <= _MOST and math.isfinite(number)


def _timelines(document: dict[str, Any]) -> list[tuple[JsonPath, dict[str, Any]]]:
    """The timelines of a document, with their paths in it; collections may hold collections."""
    found: list[tuple[JsonPath, dict[str, Any]]] = []
    stack: list[tuple[JsonPath, dict[str, Any]]] = [((), document)]
    while stack:
        path, each = stack.pop()
        if _is_a(each, "Timeline"):
            found.append((path, each))
        elif _is_a(each, "SerializableCollection"):
            children = enumerate(each.get("children") or [])
            inside = [((*path, "children", index), child) for index, child in children]
            stack += reversed(inside)
    return found
