"""A verification as one HTML file: its checks, charts, and the frames at each cut."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image

from player_stub.extract_frames import extract_frames
from player_stub.render.settings import ReelMedia
from player_stub.verify.report import Check, Verification
from player_stub.verify.report_charts import offset_chart, timeline_chart
from sizzle.files import write_text
from sizzle.reel.timecode_list import CutEntry, TimecodeList

_THUMBNAIL: Final = (208, 208)
_MAX_CUTS: Final = 120  # shown; in a longer reel, those with faults first

_STYLE: Final = """
:root { color-scheme: light dark; --line: #8884; --good: #1a7f37; --bad: #cf222e }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 74rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin-bottom: .2rem }
h2 { font-size: 1.1rem; margin-top: 2.2rem }
.facts { opacity: .7 }
.good { color: var(--good) }
.bad { color: var(--bad) }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .35rem .6rem; vertical-align: top }
td, th { border-bottom: 1px solid var(--line) }
pre { margin: .3rem 0 0; font-size: .85em; white-space: pre-wrap }
svg { width: 100%; height: auto }
.cuts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(27rem, 1fr)) }
figure { margin: 0; padding: .6rem; border: 1px solid var(--line); border-radius: .5rem }
figure.wrong { border-color: var(--bad) }
figure div { display: grid; grid-template-columns: 3.2rem 1fr 1fr; gap: .3rem; align-items: center }
figure img { width: 100%; display: block }
figcaption { font-size: .85em; margin-bottom: .4rem }
figure span { font-size: .75em; opacity: .7 }
"""


def write_html_report(
    reel: TimecodeList, film: Path, media: ReelMedia, proof: Verification, output: Path
) -> None:
    """Write a self-contained report, whole or not at all.

    Args:
        reel: what the film should be.
        film: what was verified.
        media: what it should be made from.
        proof: what was found.
        output: the HTML file.

    Raises:
        MediaError: the film or the media cannot be read.
        InputError: the output's folder does not exist.
    """
    verdict = "passed" if proof.passed else "failed"
    body = [
        f"<h1>{escape(film.name)} <span class='{'good' if proof.passed else 'bad'}'>{verdict}"
        "</span></h1>",
        f"<p class='facts'>{escape(_facts(reel, proof))}</p>",
        "<h2>Checks</h2>",
        _table(("check", "result", "measured", "required"), map(_check, proof.checks)),
        "<h2>Frames</h2>",
        timeline_chart(reel, proof.faults),
        _faults(proof),
        _picture_faults(proof),
        "<h2>Audio offset from the bed</h2>",
        offset_chart(reel, proof),
        "<h2>Cuts</h2>",
        f"<div class='cuts'>{''.join(_cut_figures(reel, film, media, proof))}</div>",
    ]
    write_text(
        output,
        "<!doctype html><html lang='en'><meta charset='utf-8'>"
        f"<title>{escape(film.name)}: {verdict}</title><style>{_STYLE}</style>"
        f"<body>{''.join(body)}</body></html>\n",
    )


def _facts(reel: TimecodeList, proof: Verification) -> str:
    ways = ", ".join(f"{count} {way}" for way, count in proof.proofs.items() if count)
    return (
        f"Reel {reel.reel_id} of {reel.asset_id} for {reel.member_id}: {len(reel.cuts)} cuts, "
        f"{reel.duration.frame} frames. The film has {proof.frames}: {ways}."
    )


def _table(columns: Sequence[str], rows: Iterable[str]) -> str:
    head = "".join(f"<th>{name}</th>" for name in columns)
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _check(check: Check) -> str:
    result = "<td class='good'>passed" if check.passed else "<td class='bad'>FAILED"
    detail = f"<pre>{escape(check.detail)}</pre>" if check.detail else ""
    return (
        f"<tr><td>{escape(check.name)}</td>{result}</td>"
        f"<td>{escape(check.measured)}{detail}</td><td>{escape(check.required)}</td></tr>"
    )


def _faults(proof: Verification) -> str:
    rows = (
        f"<tr><td>{number}</td><td>{fault.kind}</td><td>{escape(fault.timecode)}</td>"
        f"<td>{escape(fault.clip_key)}</td><td>{fault.frames}</td>"
        f"<td>{escape(fault.expected)}</td><td>{escape(fault.found)}</td></tr>"
        for number, fault in enumerate(proof.faults, 1)
    )
    columns = ("", "fault", "at", "clip", "frames", "expected", "found")
    return _table(columns, rows) if proof.faults else ""


def _picture_faults(proof: Verification) -> str:
    rows = (
        f"<tr><td>{fault.kind}</td><td>{escape(fault.timecode)}</td>"
        f"<td>{escape(fault.clip_key)}</td><td>{fault.frames}</td><td>{escape(fault.found)}</td>"
        "</tr>"
        for fault in proof.picture_faults
    )
    columns = ("picture", "at", "clip", "frames", "found")
    return _table(columns, rows) if proof.picture_faults else ""


def _cut_figures(
    reel: TimecodeList, film: Path, media: ReelMedia, proof: Verification
) -> Iterator[str]:
    """A figure per cut: its first and last frame, in the film and in the media."""
    if proof.frames == 0:
        return
    wrong = {fault.clip_key for fault in proof.faults}
    wrong |= {fault.clip_key for fault in proof.picture_faults}
    cuts = sorted(reel.cuts, key=lambda cut: cut.clip_key not in wrong)[:_MAX_CUTS]
    cuts.sort(key=lambda cut: cut.record.start.frame)
    last = proof.frames - 1
    film_frames = [frame for cut in cuts for frame in _edges(cut.record.start.frame, cut)]
    media_frames = [frame for cut in cuts for frame in _edges(cut.source.start.frame, cut)]
    shown = extract_frames(film, [min(frame, last) for frame in film_frames], _THUMBNAIL)
    originals = extract_frames(media.video, media_frames, _THUMBNAIL)
    pairs = zip(shown, originals, strict=True)
    for cut, first, final in zip(cuts, pairs, pairs, strict=False):
        yield _cut_figure(cut, (first, final), cut.clip_key in wrong)


def _edges(start: int, cut: CutEntry) -> tuple[int, int]:
    return start, start + cut.record.to_time_range().duration - 1


def _cut_figure(
    cut: CutEntry, pictures: Sequence[tuple[Image.Image, Image.Image]], wrong: bool
) -> str:
    film, media = zip(*pictures, strict=True)
    rows = "".join(
        f"<span>{name}</span>{''.join(map(_image, images))}"
        for name, images in (("film", film), ("media", media))
    )
    caption = f"{cut.record.start.timecode} to {cut.record.stop.timecode}: {cut.clip_key}"
    kind = " class='wrong'" if wrong else ""
    return f"<figure{kind}><figcaption>{escape(caption)}</figcaption><div>{rows}</div></figure>"


def _image(picture: Image.Image) -> str:
    stored = BytesIO()
    picture.save(stored, "JPEG", quality=80)
    return f"<img alt='' src='data:image/jpeg;base64,{b64encode(stored.getvalue()).decode()}'>"
