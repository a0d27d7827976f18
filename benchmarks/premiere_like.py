"""Timelines as large and as talkative as Premiere writes them."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

from sizzle.layout import DEFAULT

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="4">
\t<sequence id="sequence-1" MZ.Sequence.VideoTimeDisplayFormat="110" MZ.ZeroPoint="915372057600000">
\t\t<duration>{duration}</duration>
\t\t<rate>
\t\t\t<timebase>24</timebase>
\t\t\t<ntsc>TRUE</ntsc>
\t\t</rate>
\t\t<name>Mega Asset</name>
\t\t<media>
\t\t\t<video>
\t\t\t\t<track MZ.TrackTargeted="1">
"""

_TAIL = """\t\t\t\t</track>
\t\t\t</video>
\t\t</media>
\t\t<timecode>
\t\t\t<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>
\t\t\t<string>01:00:00:00</string>
\t\t\t<frame>86400</frame>
\t\t\t<displayformat>NDF</displayformat>
\t\t</timecode>
{markers}\t</sequence>
</xmeml>
"""

_MARKER = """\t\t<marker>
\t\t\t<comment></comment>
\t\t\t<name>{key}</name>
\t\t\t<in>{start}</in>
\t\t\t<out>-1</out>
\t\t</marker>
"""

_PARAMETER = """<parameter authoringApp="PremierePro">
\t\t\t\t\t\t\t\t\t<parameterid>{name}</parameterid>
\t\t\t\t\t\t\t\t\t<name>{name}</name>
\t\t\t\t\t\t\t\t\t<valuemin>0</valuemin>
\t\t\t\t\t\t\t\t\t<valuemax>1000</valuemax>
\t\t\t\t\t\t\t\t\t<value>70</value>
\t\t\t\t\t\t\t\t</parameter>"""

_EMPTY = "".join(
    f"\n\t\t\t\t\t\t\t<{name}></{name}>"
    for name in ("description", "scene", "shottake", "lognote", "good", "originalvideofilename")
)

_ITEM = """\t\t\t\t\t<clipitem id="clipitem-{position}">
\t\t\t\t\t\t<masterclipid>masterclip-{title}</masterclipid>
\t\t\t\t\t\t<name>Title {title}</name>
\t\t\t\t\t\t<enabled>TRUE</enabled>
\t\t\t\t\t\t<duration>100000</duration>
\t\t\t\t\t\t<rate>
\t\t\t\t\t\t\t<timebase>24</timebase>
\t\t\t\t\t\t\t<ntsc>TRUE</ntsc>
\t\t\t\t\t\t</rate>
\t\t\t\t\t\t<start>{start}</start>
\t\t\t\t\t\t<end>{end}</end>
\t\t\t\t\t\t<in>{start}</in>
\t\t\t\t\t\t<out>{end}</out>
\t\t\t\t\t\t<pproTicksIn>914450328792000</pproTicksIn>
\t\t\t\t\t\t<pproTicksOut>915711084288000</pproTicksOut>
\t\t\t\t\t\t<alphatype>none</alphatype>
\t\t\t\t\t\t<pixelaspectratio>square</pixelaspectratio>
\t\t\t\t\t\t<anamorphic>FALSE</anamorphic>
\t\t\t\t\t\t{file}
\t\t\t\t\t\t<filter>
\t\t\t\t\t\t\t<effect>
\t\t\t\t\t\t\t\t<name>Basic Motion</name>
\t\t\t\t\t\t\t\t<effectid>basic</effectid>
\t\t\t\t\t\t\t\t<effecttype>motion</effecttype>
\t\t\t\t\t\t\t\t<mediatype>video</mediatype>
\t\t\t\t\t\t\t\t{parameters}
\t\t\t\t\t\t\t</effect>
\t\t\t\t\t\t</filter>
\t\t\t\t\t\t<logginginfo>{empty}
\t\t\t\t\t\t</logginginfo>
\t\t\t\t\t\t<labels>
\t\t\t\t\t\t\t<label2>Iris</label2>
\t\t\t\t\t\t</labels>
\t\t\t\t\t</clipitem>
"""

_FILE = """<file id="file-{title}">
\t\t\t\t\t\t\t<name>title{title}.mov</name>
\t\t\t\t\t\t\t<pathurl>file://localhost/footage/title{title}.mov</pathurl>
\t\t\t\t\t\t\t<rate><timebase>24</timebase><ntsc>TRUE</ntsc></rate>
\t\t\t\t\t\t\t<duration>100000</duration>
\t\t\t\t\t\t</file>"""


def write_timeline(path: Path, clips: int) -> None:
    """Write a clean timeline of that many clips, titles in the default layout's run."""
    lengths = [DEFAULT.run[position % len(DEFAULT.run)] for position in range(clips)]
    ends = list(accumulate(lengths))
    parameters = "\n".join(_PARAMETER.format(name=name) for name in ("scale", "rotation"))
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD.format(duration=ends[-1]))
        for position, (length, end) in enumerate(zip(lengths, ends, strict=True)):
            title, number = divmod(position, len(DEFAULT.run))
            body = _FILE.format(title=title) if number == 0 else f'<file id="file-{title}"/>'
            file.write(
                _ITEM.format(
                    position=position,
                    title=title,
                    start=end - length,
                    end=end,
                    file=body,
                    parameters=parameters,
                    empty=_EMPTY,
                )
            )
        starts = [end - length for length, end in zip(lengths, ends, strict=True)]
        file.write(_TAIL.format(markers="".join(map(_marker, range(clips), starts))))


def _marker(position: int, start: int) -> str:
    title, number = divmod(position, len(DEFAULT.run))
    return _MARKER.format(key=f"title{title}-clip-{number + 1}", start=start)
