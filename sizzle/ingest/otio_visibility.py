"""Whether an item of an OTIO file can be seen, as the metadata of Premiere and Resolve say.

OTIO itself has neither opacity nor crops: Premiere keeps them under `PremierePro_OTIO`, with
localized names, and DaVinci Resolve under `Resolve_OTIO`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import opentimelineio as otio

_PREMIERE_EDGES = ("left", "top", "right", "bottom")  # of its crop, in the order of its parameters
_RESOLVE_EDGES = ("cropLeft", "cropTop", "cropRight", "cropBottom")


def is_visible(effects: Iterable[otio.schema.Effect]) -> bool:
    """Whether neither opacity, scale nor a crop hides an item from first to last frame."""
    return not any(_hides(effect) for effect in effects)


def _hides(effect: otio.schema.Effect) -> bool:
    if not getattr(effect, "enabled", True):
        return False
    premiere = _mapping(effect.metadata.get("PremierePro_OTIO"))
    resolve = _mapping(effect.metadata.get("Resolve_OTIO"))
    return _hidden_in_premiere(premiere) or _hidden_in_resolve(resolve)


def _hidden_in_premiere(effect: Mapping[str, Any]) -> bool:
    values = [_premiere_values(_parameter) for _parameter in _parameters(effect)]
    kind = effect.get("MatchName")
    if kind == "AE.ADBE Opacity":
        return bool(values) and _is_nothing(values[0])
    if kind == "AE.ADBE AECrop":
        return _is_cropped_away(dict(zip(_PREMIERE_EDGES, values, strict=False)).values(), 100)
    return False


def _hidden_in_resolve(effect: Mapping[str, Any]) -> bool:
    if not effect.get("Enabled", True):
        return False
    values = {
        str(_parameter.get("Parameter ID")): _resolve_values(_parameter)
        for _parameter in _parameters(effect)
    }
    kind = effect.get("Effect Name")
    if kind == "Composite":
        return _is_nothing(values.get("opacity", []))
    if kind == "Transform":
        names = ("transformationZoomX", "transformationZoomY")
        return any(_is_nothing(values.get(name, [])) for name in names)
    if kind == "Cropping":
        return _is_cropped_away([values.get(name, []) for name in _RESOLVE_EDGES], 1)
    return False


def _is_nothing(values: Sequence[float]) -> bool:
    return bool(values) and max(values) <= 0


def _is_cropped_away(edges: Iterable[Sequence[float]], whole: float) -> bool:
    """Whether opposite edges meet at all times; left, top, right and bottom."""
    least = [min(edge) if edge else 0.0 for edge in edges]
    return any(a + b >= whole for a, b in zip(least, least[2:], strict=False))


def _parameters(effect: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [_mapping(each) for each in _list(effect.get("Parameters"))]


def _premiere_values(parameter: Mapping[str, Any]) -> list[float]:
    keyframes = _list(parameter.get("Keyframes")) or [parameter.get("StartValue")]
    return _numbers(_mapping(keyframe).get("Value") for keyframe in keyframes)


def _resolve_values(parameter: Mapping[str, Any]) -> list[float]:
    keyframes = _mapping(parameter.get("Key Frames"))
    if not keyframes:
        return _numbers([parameter.get("Parameter Value")])
    return _numbers(_mapping(keyframe).get("Value") for keyframe in keyframes.values())


def _numbers(values: Iterable[Any]) -> list[float]:
    """The values; none at all where one of them is not a number, since that hides nothing."""
    found = list(values)
    return found if all(map(_is_number, found)) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON holds
    """Metadata as a list; the library has lists of its own."""
    is_list = hasattr(value, "__iter__") and not isinstance(value, str)
    return list(value) if is_list and not hasattr(value, "items") else []


def _mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - whatever JSON holds
    """Metadata as a mapping; the library has mappings of its own."""
    return dict(value) if hasattr(value, "items") else {}
