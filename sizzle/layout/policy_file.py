"""The file that says what a layout is: its fields, read and checked."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sizzle.errors import PolicyError, TimecodeError
from sizzle.layout.naming import NamedBy, Naming
from sizzle.layout.policy import Layout
from sizzle.timecode import FrameRate
from sizzle.toml_text import read_toml

_COUNTED = re.compile(r"([1-9]\d{0,3})x([1-9]\d{0,5})", re.ASCII)


class _PolicyTable(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _TitlesTable(_PolicyTable):
    """The table `[titles]`: how clips are assigned to titles."""

    by: Literal["marker", "name", "pattern", "sheet"] = "marker"
    pattern: str = ""
    sheet: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for name in ("pattern", "sheet"):
            if (self.by == name) != bool(getattr(self, name)):
                raise ValueError(
                    f'{name} is required with by = "{name}", and not allowed otherwise'
                )
        return self

    def naming(self) -> Naming:
        """As the check uses it. Raises PolicyError."""
        return Naming(
            NamedBy(self.by), _compile(self.pattern) if self.pattern else None, self.sheet
        )


class _File(_PolicyTable):
    """The fields of a policy file, as TOML gives them."""

    name: str
    rate: str
    drop_frame: bool = False
    start_timecode: str
    track: int = Field(default=1, ge=1)
    clips: list[Annotated[str, Field(pattern=_COUNTED)]] = Field(min_length=1)
    titles_may_differ: bool = False
    transitions: Literal["forbidden", "allowed"] = "forbidden"
    titles: _TitlesTable = _TitlesTable()


def read_layout(text: str, where: str) -> Layout:
    """Read a TOML policy.

    Args:
        text: the policy.
        where: the file, named in errors.

    Raises:
        PolicyError: not TOML, or a field missing, unknown or malformed.
    """
    document = read_toml(text, "layout", where)
    try:
        fields = _File.model_validate(document)
        rate = FrameRate.parse(fields.rate, drop_frame=fields.drop_frame)
        start = rate.parse_timecode(fields.start_timecode)
        naming = fields.titles.naming()
    except ValidationError as error:
        raise _malformed(error, where) from error
    except (TimecodeError, PolicyError) as error:
        raise PolicyError(error.what, where=where, fix=error.fix) from error
    return Layout(
        name=fields.name,
        rate=rate,
        start=start,
        run=_expand(fields.clips),
        track=fields.track,
        titles_may_differ=fields.titles_may_differ,
        transitions_allowed=fields.transitions == "allowed",
        naming=naming,
    )


def _compile(pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise PolicyError(
            f"titles.pattern is not a valid regular expression: {error}.", fix="correct it."
        ) from error
    if "title_id" not in compiled.groupindex:
        raise PolicyError(
            "titles.pattern has no group title_id.",
            fix=r"name the group, as in (?P<title_id>[a-z]+)_(?P<number>\d+).",
        )
    return compiled


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
        fix='the required fields are name, rate, start_timecode and clips, such as ["2x160"].',
    )
