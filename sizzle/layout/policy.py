"""The layout that a Mega Asset keeps, as a policy file says it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from itertools import groupby
from math import gcd
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sizzle.errors import PolicyError, TimecodeError
from sizzle.timecode import FrameRate

_COUNTED = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,5})", re.ASCII)


class _File(BaseModel):
    """The fields of a policy file, as TOML gives them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    rate: str
    drop_frame: bool = False
    start_timecode: str
    track: int = Field(default=1, ge=1)
    clips: list[Annotated[str, Field(pattern=_COUNTED)]] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Layout:
    """The rule a Mega Asset keeps: for each title the same run of clip lengths.

    Attributes:
        name: what it is called.
        rate: of the sequence, with its drop-frame flag.
        start: the start timecode, as a frame count.
        run: the lengths of a title's clips in timeline order, in frames.
        track: the video track that holds the clips, 1 for V1.
    """

    name: str
    rate: FrameRate
    start: int
    run: tuple[int, ...]
    track: int = 1

    @classmethod
    def parse(cls, text: str, where: str = "layout") -> Self:
        """Read a TOML policy.

        Raises:
            PolicyError: no TOML, or a field missing, unknown or malformed.
        """
        try:
            fields = _File.model_validate(tomllib.loads(text))
            rate = FrameRate.parse(fields.rate, drop_frame=fields.drop_frame)
            start = rate.parse_timecode(fields.start_timecode)
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"It is no TOML: {error}.", where=where, fix="mend it.") from error
        except ValidationError as error:
            raise _malformed(error, where) from error
        except TimecodeError as error:
            raise PolicyError(error.what, where=where, fix=error.fix) from error
        return cls(fields.name, rate, start, _expand(fields.clips), fields.track)

    @property
    def fragment(self) -> int:
        """The greatest common divisor of the lengths: a key frame this often serves all clips."""
        return gcd(*self.run)

    def describe_run(self) -> str:
        """`2 x 160, 4 x 80, 8 x 40`."""
        return ", ".join(f"{len(list(same))} x {length}" for length, same in groupby(self.run))


def _expand(counted: list[str]) -> tuple[int, ...]:
    """`["2x160", "1x80"]` -> `(160, 160, 80)`."""
    matches = [match for text in counted if (match := _COUNTED.fullmatch(text))]
    return tuple(int(match[2]) for match in matches for _ in range(int(match[1])))


def _malformed(error: ValidationError, where: str) -> PolicyError:
    first = error.errors()[0]
    field = ".".join(map(str, first["loc"]))
    return PolicyError(
        f"Field {field}: {first['msg']}.",
        where=where,
        fix='its fields are name, rate, start_timecode and clips, such as ["2x160"].',
    )


DEFAULT = Layout(
    name="default",
    rate=FrameRate(24000, 1001),
    start=FrameRate(24000, 1001).parse_timecode("01:00:00:00"),
    run=(160,) * 2 + (80,) * 4 + (40,) * 8,
)
