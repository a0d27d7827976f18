"""The colour of a finding in Premiere and in pictures: it shows where the fix belongs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sizzle.layout import Finding, Severity


@dataclass(frozen=True, slots=True)
class Colour:
    """One of the eight colours that a marker can have in Premiere.

    Attributes:
        name: as Premiere lists it.
        meaning: where findings of this colour are fixed.
        rgb: red, green and blue, 0 to 255.
    """

    name: str
    meaning: str
    rgb: tuple[int, int, int]

    @property
    def premiere(self) -> int:
        """As `<pproColor>` has it: opaque alpha, blue, green and red, a byte each."""
        red, green, blue = self.rgb
        return 0xFF << 24 | blue << 16 | green << 8 | red


EDIT: Final = Colour("Red", "the edit", (0xD2, 0x2C, 0x36))
NAMING: Final = Colour("Orange", "names and markers", (0xE9, 0x6F, 0x24))
MEDIA: Final = Colour("Magenta", "the exported media", (0xAF, 0x8B, 0xB1))
WARNING: Final = Colour("Yellow", "a warning: may be intended", (0xD0, 0xA1, 0x2B))
COLOURS: Final = (EDIT, NAMING, MEDIA, WARNING)

_NAMING_RULES = {
    "clip-number",
    "marker-missing",
    "marker-off-cut",
    "no-markers",
    "split-title",
    "title-unknown",
}


def colour_of(finding: Finding) -> Colour:
    """The colour of a finding: it is fixed in the export, in names, or else in the edit itself."""
    if finding.rule.startswith("media-"):
        return MEDIA
    if finding.severity is Severity.WARNING:
        return WARNING
    return NAMING if finding.rule in _NAMING_RULES else EDIT
