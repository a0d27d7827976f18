"""Whether an item of an FCP7 XML can be seen, where its filters say that plainly."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from sizzle.ingest.xml_values import numbers, truth

_CROPPED_AWAY = 100  # per cent of a picture's width or height


def is_visible(element: Element) -> bool:
    """Whether neither its opacity, its scale nor a crop hides an item from first to last frame."""
    return not any(_hides(effect) for effect in _effects(element))


def _effects(element: Element) -> Iterator[Element]:
    """The effects that are switched on."""
    for each in element.findall("filter"):
        effect = each.find("effect")
        if effect is None or truth(effect, "pproBypass", default=False):
            continue
        if truth(each, "enabled", default=True):
            yield effect


def _hides(effect: Element) -> bool:
    kind = (effect.findtext("effectid") or "").strip().lower()
    if kind not in ("opacity", "basic", "crop"):
        return False
    values = dict(_parameters(effect))
    if kind == "crop":
        pairs = (("left", "right"), ("top", "bottom"))
        return any(_least(values, a) + _least(values, b) >= _CROPPED_AWAY for a, b in pairs)
    found = values.get("opacity" if kind == "opacity" else "scale")
    return bool(found) and max(found or [1]) <= 0


def _least(values: dict[str, list[float]], name: str) -> float:
    return min(values.get(name) or [0.0])


def _parameters(effect: Element) -> Iterator[tuple[str, list[float]]]:
    """Each parameter's values: those of its keyframes, if it has any."""
    for parameter in effect.findall("parameter"):
        name = (parameter.findtext("parameterid") or "").strip().lower()
        keyframes = parameter.findall("keyframe")
        yield name, numbers(keyframes or [parameter], "value")
