"""Files that editors take for timelines are refused in the words of their own programs."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from fixtures.defects import clean_xml
from sizzle.errors import UnreadableTimelineError
from sizzle.ingest import read_timeline
from sizzle.ingest.read_content import read_content

PREMIERE_PROJECT = b'<?xml version="1.0"?><PremiereData Version="3"><Project ObjectRef="1"/>'
PREMIERE_PROJECT += b"</PremiereData>"
FCPXML = '<?xml version="1.0"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.11"><resources/></fcpxml>'
AAF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1AAFB\r\x00OM\x06\x0e\x2b\x34" + bytes(488)


def aaf(program: str) -> bytes:
    """An AAF whose identification names a program."""
    return AAF + program.encode("utf-16-le") + bytes(30)


def archive(*names: str) -> bytes:
    """A zip file with these files."""
    content = BytesIO()
    with ZipFile(content, "w") as file:
        for name in names:
            file.writestr(name, "...")
    return content.getvalue()


REFUSED = {
    "fcpxml": (FCPXML, "an FCPXML", "File > Import > Timeline"),
    "prproj, gzip": (gzip.compress(PREMIERE_PROJECT), "Premiere project", "Final Cut Pro XML"),
    "prproj, zlib": (zlib.compress(PREMIERE_PROJECT), "Premiere project", "Final Cut Pro XML"),
    "prproj, plain": (PREMIERE_PROJECT, "Premiere project", "Final Cut Pro XML"),
    "aaf, Avid": (aaf("Avid Media Composer"), "an AAF of Media Composer", "Tools > List Tool"),
    "aaf, Premiere": (aaf("Adobe Premiere Pro"), "an AAF of Premiere", "Final Cut Pro XML"),
    "aaf, Resolve": (aaf("DaVinci Resolve"), "an AAF of Resolve", "File > Export > Timeline"),
    "aaf, another": (AAF, "an AAF,", "Tools > List Tool"),
    "drt": (
        archive("project.xml", "SeqContainer/1.xml", "MediaPool/Master/MpFolder.xml"),
        "DaVinci Resolve timeline or project",
        "File > Export > Timeline",
    ),
    "fcp": (b"\xa2KeyG\n\r\n" + bytes(50), "Final Cut Pro 7 project", "File > Export > XML"),
    "avb": (b"\x06\x00DomainD\x00OBJD" + bytes(50), "an Avid bin", "Tools > List Tool"),
    "omf": (bytes(100) + b"\xa4CM\xa5Hdr\xd7" + bytes(16), "an OMF", "Final Cut Pro XML"),
    "ale": (
        "Heading\r\nFIELD_DELIM\tTABS\r\nVIDEO_FORMAT\t1080\r\n\r\nColumn\r\nName\tStart\r\n",
        "an Avid Log Exchange",
        "Tools > List Tool",
    ),
    "edit index": (
        '#,Reel,Match,V,C,Dur,"Source In",Source Out,Record In,Record Out,Name\n1,a,,V1,C\n',
        "an edit index",
        "File > Export > Timeline",
    ),
    "media list": (
        "File Name,Clip Directory,Duration TC\na.mov,/,00:00:01:00\n".encode("utf-16"),
        "list of media",
        "File > Export > Timeline",
    ),
    "markers": (
        "Marker Name\tDescription\tIn\tOut\tDuration\tMarker Type\n".encode("utf-16"),
        "Premiere's list of markers",
        "Final Cut Pro XML",
    ),
    "sheet": ("title_id;name\naurora;Aurora Rising\n", "a sheet", "give the timeline"),
    "zip of xmeml": (archive("__MACOSX/._a.xml", "cut/a.xml"), "a zip file", "give 'cut/a.xml'"),
    "gzip of xmeml": (gzip.compress(clean_xml().encode()), "compressed", "unpack it"),
    "zip of fcpxmld": (archive("a.fcpxmld/Info.fcpxml"), "an FCPXML", "File > Import > Timeline"),
    "zip of pictures": (archive("a.png"), "zip file without a timeline", "Final Cut Pro XML"),
    "docx": (archive("[Content_Types].xml", "word/document.xml"), "a text processor", "plain text"),
    "doc": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "WordDocument".encode("utf-16-le"),
        "a text processor",
        "plain text",
    ),
    "rtf": ("{\\rtf1\\ansi TITLE: Mega\\par 001 AX V C}", "a text processor", "plain text"),
    "mp4": (b"\x00\x00\x00\x20ftypisom" + bytes(20), "a media file", "--media"),
    "empty": (b"", "empty", "export it again"),
    "blank": (" \r\n\n", "empty", "export it again"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(20), "a picture", "Final Cut Pro XML"),
    "jpeg": (b"\xff\xd8\xff\xe0" + bytes(20), "a picture", "Final Cut Pro XML"),
    "vegas": (
        '"ID";"Track";"StartTime";"Length"\n1; 0; 0.0; 40.0\n',
        "an EDL of Vegas",
        "Final Cut Pro 7 XML",
    ),
    "capcut": ('{"canvas_config": {}, "tracks": []}', "not an OTIO document", "OpenTimelineIO"),
    "mxf": (b"\x06\x0e\x2b\x34\x02\x05\x01\x01" + bytes(20), "a media file", "--media"),
    "kdenlive": ('<mlt LC_NUMERIC="C"><profile/></mlt>', "Kdenlive or Shotcut", "Export"),
    "web page": ("<!DOCTYPE html><html><p>Sign in</html>", "a web page", "Final Cut Pro XML"),
    "subtitles": ("1\n00:00:01,000 --> 00:00:02,000\nHello\n", "subtitles", "Final Cut Pro XML"),
}


@pytest.mark.parametrize(("content", "what", "fix"), REFUSED.values(), ids=REFUSED)
def test_what_it_is_and_what_to_choose(content: str | bytes, what: str, fix: str) -> None:
    """Whatever the file is named: here as an EDL."""
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(UnreadableTimelineError) as caught:
        read_content(raw, "mega.edl")
    assert what in caught.value.what
    assert fix in caught.value.fix


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Info.fcpxml", "an FCPXML"),
        ("CurrentVersion.flexolibrary", "a library of Final Cut Pro"),
        ("other", "a folder"),
    ],
)
def test_what_is_a_folder(tmp_path: Path, name: str, what: str) -> None:
    """Finder shows Final Cut Pro's as one file each."""
    (tmp_path / name).write_text("...")
    with pytest.raises(UnreadableTimelineError, match=what):
        read_timeline(tmp_path)


@pytest.mark.parametrize(
    "start", [b"\x78\x9c", b"\x1f\x8b\x08\x00", b"\xd0\xcf\x11\xe0", b"PK\x03\x04"]
)
def test_what_is_cut_short_or_damaged(start: bytes) -> None:
    """It is refused as well, and nothing is raised but that."""
    with pytest.raises(UnreadableTimelineError):
        read_content(start + bytes(40), "mega.xml")
