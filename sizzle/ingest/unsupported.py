"""Files that are taken for timelines: recognised by content, with what to export instead.

The advice is in the menus of the program that wrote the file.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass

PREMIERE = "in Premiere, select the sequence and use File > Export > Final Cut Pro XML."
RESOLVE = "in DaVinci Resolve, use File > Export > Timeline with the format FCP 7 XML V5 Files."
AVID = (
    "in Media Composer, use Tools > List Tool (before 2018 the program EDL Manager), and save an"
    " EDL of the type CMX_3600."
)
FINAL_CUT_7 = "in Final Cut Pro 7, select the sequence and use File > Export > XML."
# Final Cut Pro itself writes FCPXML only.
FINAL_CUT = (
    "open it in DaVinci Resolve with File > Import > Timeline, and export it with File > Export >"
    " Timeline as FCP 7 XML V5 Files; or convert it with XtoCC."
)
_ANY_EDITOR = f"{PREMIERE[:-1]}; {RESOLVE}"
_PLAIN_TEXT = (
    "save it as plain text; better, export it again and do not open it with a text editor."
)
_UNPACKED = 4096  # bytes that suffice to recognise what is compressed


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A kind of file that is not read.

    Attributes:
        what: with its article, such as "a PDF".
        fix: how to export what is read.
    """

    what: str
    fix: str


_MEDIA = Unsupported("a media file", f"give it with --media beside the timeline: {PREMIERE}")
_PICTURE = Unsupported("a picture", f"give the timeline: {_ANY_EDITOR}")
_WORD = Unsupported("a text processor's document", _PLAIN_TEXT)
_PREMIERE_PROJECT = Unsupported("a Premiere project (.prproj)", PREMIERE)
_RESOLVE_PROJECT = Unsupported("a DaVinci Resolve timeline or project (.drt, .drp)", RESOLVE)
_FCPXML = Unsupported("an FCPXML of Final Cut Pro", FINAL_CUT)

_STARTS = (
    (b"\xa2KeyG", Unsupported("a Final Cut Pro 7 project (.fcp)", FINAL_CUT_7)),
    (b"\x06\x00Domain", Unsupported("an Avid bin (.avb)", AVID)),
    (b"\x00\x06Domain", Unsupported("an Avid bin (.avb)", AVID)),
    (b"RIFX", Unsupported("an After Effects project (.aep)", PREMIERE)),
    (b"SQLite format 3\x00", Unsupported("a database of an editing system", _ANY_EDITOR)),
    (b"bplist00", Unsupported("a binary property list", _ANY_EDITOR)),
    (b"Rar!", Unsupported("a RAR archive", "unpack it, and give the timeline in it.")),
    (b"7z\xbc\xaf", Unsupported("a 7z archive", "unpack it, and give the timeline in it.")),
    (b"%PDF", Unsupported("a PDF", _ANY_EDITOR)),
    (b"{\\rtf", _WORD),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"8BPS", _PICTURE),
    (b"RIFF", _MEDIA),
    (b"\x06\x0e\x2b\x34", _MEDIA),
    (b"\x1a\x45\xdf\xa3", _MEDIA),
)
_QUICKTIME = (b"ftyp", b"moov", b"mdat", b"wide", b"free")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_AAF_CLASS = b"AAFB\r\x00OM"
_BENTO_LABEL = b"\xa4CM\xa5Hdr\xd7"  # of OMF, at the end of the file

_XML_ROOTS = {
    "fcpxml": _FCPXML,
    "PremiereData": _PREMIERE_PROJECT,
    "SM_Project": _RESOLVE_PROJECT,
    "AfterEffectsProject": Unsupported("an After Effects project (.aepx)", PREMIERE),
    "mlt": Unsupported(
        "a project of Kdenlive or Shotcut",
        "in Kdenlive (25.04 or newer), use File > OpenTimelineIO Export; in Shotcut, use File >"
        " Export > EDL.",
    ),
}


def recognise_bytes(content: bytes) -> Unsupported | None:
    """What a file that is not text is, by its first bytes."""
    if not content[:65536].strip(b"\0 \t\r\n"):
        return Unsupported("empty", f"export it again: {_ANY_EDITOR}")
    found = next((kind for start, kind in _STARTS if content.startswith(start)), None)
    if found:
        return found
    if content[4:8] in _QUICKTIME:
        return _MEDIA
    if content.startswith(_COMPOUND):
        return _compound(content)
    if _BENTO_LABEL in content[-64:]:
        return Unsupported("an OMF, which is for sound", _ANY_EDITOR)
    return _compressed(content)


def _compound(content: bytes) -> Unsupported:
    """An AAF names its program in UTF-16; other compound documents are Office's."""
    if content[8:16] != _AAF_CLASS:
        is_word = "WordDocument".encode("utf-16-le") in content
        return _WORD if is_word else Unsupported("an Office document or a damaged AAF", _ANY_EDITOR)
    programs = (("Premiere", PREMIERE), ("Resolve", RESOLVE), ("Media Composer", AVID))
    for program, fix in programs:
        if program.encode("utf-16-le") in content:
            return Unsupported(f"an AAF of {program}", fix)
    return Unsupported("an AAF", f"{_ANY_EDITOR[:-1]}; {AVID}")


def _compressed(content: bytes) -> Unsupported | None:
    """Premiere compresses its projects, as gzip or as zlib."""
    if not content.startswith((b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")):
        return None
    is_gzip = content.startswith(b"\x1f\x8b")
    try:
        # 32 and more bits of window: either header is recognised.
        start = zlib.decompressobj(32 + zlib.MAX_WBITS).decompress(content, _UNPACKED)
    except zlib.error:
        return Unsupported("a damaged gzip file", PREMIERE) if is_gzip else None
    if b"<PremiereData" in start:
        return _PREMIERE_PROJECT
    if is_gzip or start.lstrip().startswith((b"<", b"{", b"TITLE")):
        return Unsupported("compressed", "unpack it, and give the timeline in it.")
    return None


def recognise_archive(names: Collection[str]) -> Unsupported:
    """What a zip file is that is not an OTIO bundle, by the names of its files."""
    if "project.xml" in names and any(name.startswith(("MediaPool/", "Seq")) for name in names):
        return _RESOLVE_PROJECT
    if any(name.startswith(("word/", "Index/")) or name == "content.xml" for name in names):
        return _WORD
    if any(name.endswith(".fcpxml") for name in names):
        return Unsupported("a zip file with an FCPXML of Final Cut Pro", FINAL_CUT)
    inside = (".xml", ".xmeml", ".edl", ".otio", ".otioz")
    timelines = sorted(n for n in names if n.lower().endswith(inside) and not _is_hidden(n))
    if timelines:
        return Unsupported("a zip file", f"unpack it, and give {timelines[0][:80]!r}.")
    return Unsupported("a zip file without a timeline", _ANY_EDITOR)


def _is_hidden(name: str) -> bool:
    """Whether a file is one that macOS adds to archives."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2].startswith(".")


def recognise_folder(names: Collection[str]) -> Unsupported:
    """What a folder is that is given as a file, by the names in it."""
    if "Info.fcpxml" in names:
        return _FCPXML
    if "CurrentVersion.flexolibrary" in names:
        return Unsupported(
            "a library of Final Cut Pro",
            f"in Final Cut Pro, select the project and use File > Export XML; then {FINAL_CUT}",
        )
    return Unsupported("a folder", "give the timeline in it.")


def recognise_root(tag: str) -> Unsupported | None:
    """What an XML document is, by the name of its root element."""
    return _XML_ROOTS.get(tag.rpartition("}")[2])


def recognise_text(text: str) -> Unsupported | None:
    """What a text is that is not an EDL, by its head."""
    head = text.lstrip("\ufeff \r\n")
    return next((kind for matches, kind in _TEXTS if matches(head)), None)


def _columns(*names: str) -> Callable[[str], bool]:
    """Whether a table's first row names all of some columns."""

    def matches(head: str) -> bool:
        row = re.split(r"[\r\n]", head, maxsplit=1)[0]
        cells = {cell.strip().strip('"').lower() for cell in re.split("[,;\t]", row)}
        return cells.issuperset(names)

    return matches


def _starting(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda head: compiled.match(head) is not None


_TEXTS = (
    (
        _starting(r"Heading\s*[\r\n]+\s*FIELD_DELIM"),
        Unsupported("an Avid Log Exchange (ALE), a list of a bin", AVID),
    ),
    (
        _columns("record in", "record out"),
        Unsupported("an edit index as a table (CSV)", RESOLVE),
    ),
    (
        _columns("file name", "clip directory"),
        Unsupported("DaVinci Resolve's list of media (CSV)", RESOLVE),
    ),
    (
        _columns("marker name", "in", "out"),
        Unsupported(
            "Premiere's list of markers, without clips",
            f"give it with --markers-from beside the timeline: {PREMIERE}",
        ),
    ),
    (
        _columns("title_id"),
        Unsupported("a sheet", f"give the timeline: {PREMIERE}"),
    ),
    (_starting(r"WEBVTT|1\s*[\r\n]+\d\d:\d\d:\d\d,\d{3} -->"), Unsupported("subtitles", PREMIERE)),
    (_starting(r"<!doctype html|<html"), Unsupported("a web page", _ANY_EDITOR)),
    (_starting(r"#EXTM3U"), Unsupported("a playlist", _ANY_EDITOR)),
    (
        _columns("id", "track", "starttime", "length"),
        Unsupported("an EDL of Vegas, a table", "in Vegas, export Final Cut Pro 7 XML."),
    ),
)
