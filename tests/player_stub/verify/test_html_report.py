"""The report is self-contained, lists the checks, and shows the frames at each cut."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from player_stub import ReelMedia, render_reel, verify_film, write_html_report
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub import synthetic


class _Balanced(HTMLParser):
    """Fails where a tag is closed that was not opened last."""

    def __init__(self) -> None:
        super().__init__()
        self.path: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep track, and note what it refers to."""
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img", "rect", "path", "circle"):
            self.path.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Shapes of SVG may hold a title."""
        if tag in ("rect", "path", "circle"):
            return
        assert self.path.pop() == tag


def test_shows_what_was_found(reel: TimecodeList, media: ReelMedia, tmp_path: Path) -> None:
    """A film with a wrong cut: each check, the fault, four pictures a cut, and no file besides."""
    other = synthetic.reel_of((106, 146), (186, 266), (60, 61), (0, 40), (266, 306), bed_start=50)
    film = render_reel(other, media, tmp_path / "film.mp4").path
    proof = verify_film(reel, film, media)
    report = tmp_path / "report.html"
    write_html_report(reel, film, media, proof, report)
    text = report.read_text()
    reader = _Balanced()
    reader.feed(text)
    assert reader.path == ["html", "body"][: len(reader.path)]
    assert len(reader.addresses) == 4 * len(reel.cuts)
    assert all(each.startswith("data:image/jpeg;base64,") for each in reader.addresses)
    assert "film.mp4: failed" in text
    shown = unescape(re.sub(r"<[^>]+>", " ", text))
    for check in proof.checks:
        assert check.name in shown
        assert check.measured in shown
    for fault in proof.faults:
        assert fault.expected in shown
    assert text.count("<figure class='wrong'>") == len({each.clip_key for each in proof.faults}) > 0


def test_names_are_only_text(media: ReelMedia, tmp_path: Path) -> None:
    """The content of a timecode list cannot become markup."""
    document = synthetic.reel_of((0, 40)).model_dump()
    document["reel_id"] = "<script>alert(1)</script>"
    reel = TimecodeList.model_validate(document)
    film = render_reel(reel, media, tmp_path / "film.mp4").path
    write_html_report(reel, film, media, verify_film(reel, film, media), tmp_path / "report.html")
    assert "<script" not in (tmp_path / "report.html").read_text()
