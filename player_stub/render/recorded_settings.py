"""Records in a film how it was rendered, so that it can be verified without asking.

It is one line of JSON in the film's comment, which remuxing keeps. Anybody can write a comment, so
it is read as untrusted: what is not exactly such a record is none.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Final, Literal

from av.container import InputContainer, OutputContainer
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from player_stub.render.settings import Audio, RenderSettings

_KEY: Final = "comment"
_PREFIX: Final = "sizzle render "
_LONGEST: Final = 1000  # characters; a record has about two hundred
_LONGEST_FADE: Final = 60  # seconds

_Side = Annotated[int, Field(ge=16, le=8192)]


class _Record(BaseModel):
    """Settings as they are written."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    version: Literal[1] = 1
    reencode: bool
    size: tuple[_Side, _Side] | None
    burn_in: bool
    title_cards: bool
    audio: Audio
    fade: str = Field(max_length=100)
    loudness: float | None = Field(ge=-70, le=0)

    @field_validator("fade")
    @classmethod
    def _is_seconds(cls, text: str) -> str:
        if not 0 <= _seconds(text) <= _LONGEST_FADE:
            raise ValueError("out of range")
        return text

    @field_validator("size", mode="before")
    @classmethod
    def _is_pair(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


def record_settings(film: OutputContainer, settings: RenderSettings) -> None:
    """Write settings into a film before its first packet."""
    record = _Record(
        reencode=settings.reencode,
        size=settings.size,
        burn_in=settings.burn_in,
        title_cards=settings.title_cards,
        audio=settings.audio,
        fade=str(settings.fade),
        loudness=settings.loudness,
    )
    film.metadata[_KEY] = _PREFIX + record.model_dump_json()


def recorded_settings(film: InputContainer) -> RenderSettings | None:
    """The settings that a film was rendered with; None where it does not say."""
    return read_record(film.metadata.get(_KEY, ""))


def read_record(comment: str) -> RenderSettings | None:
    """The settings in a comment; None where it is another one, or no whole record."""
    if not comment.startswith(_PREFIX) or len(comment) > _LONGEST:
        return None
    try:
        record = _Record.model_validate_json(comment[len(_PREFIX) :])
    except ValidationError:
        return None
    return RenderSettings(
        reencode=record.reencode,
        size=record.size,
        burn_in=record.burn_in,
        title_cards=record.title_cards,
        audio=record.audio,
        fade=_seconds(record.fade),
        loudness=record.loudness,
    )


def _seconds(text: str) -> Fraction:
    """An exact number such as `1/2`. Raises ValueError: it is none."""
    above, _, below = text.partition("/")
    if not (above.isascii() and above.isdigit() and (below or "1").isdigit() and int(below or 1)):
        raise ValueError("not a fraction")
    return Fraction(int(above), int(below or 1))
