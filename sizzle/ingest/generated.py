"""What editing systems generate themselves, by the names that their exports give it.

DaVinci Resolve writes a Fusion title to FCP7 XML as a clip `Fusion Title` of a slug, which it
describes once or not at all; to OTIO its titles are generators, or clips without media.
"""

from __future__ import annotations

_NAMES = {
    # Premiere and Final Cut Pro 7
    "adjustment layer",
    "bars and tone",
    "black",
    "black video",
    "color matte",
    "slug",
    "transparent video",
    "universal counting leader",
    # DaVinci Resolve
    "adjustment clip",
    "fusion composition",
    "fusion generator",
    "fusion title",
    "solid color",
    "text+",
}


def is_generated_name(name: str) -> bool:
    """Whether a clip without media that is called so is generated, and not offline."""
    return name.strip().lower() in _NAMES
