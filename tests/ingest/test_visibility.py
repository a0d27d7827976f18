"""Clips that nobody sees: transparent, scaled to nothing or cropped away, in XML and in OTIO."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import fromstring

import opentimelineio as otio
import pytest

from sizzle.ingest import fcp7_visibility, otio_visibility


def filters(effect_id: str, *parameters: tuple[str, str], state: str = "") -> str:
    """An item with one effect."""
    inside = "".join(
        f"<parameter><parameterid>{name}</parameterid>{value}</parameter>"
        for name, value in parameters
    )
    enabled = "<enabled>FALSE</enabled>" if state == "off" else ""
    bypass = "<pproBypass>true</pproBypass>" if state == "bypassed" else ""
    effect = f"<effect><effectid>{effect_id}</effectid>{bypass}{inside}</effect>"
    return f"<clipitem><filter>{enabled}{effect}</filter></clipitem>"


def value(number: object) -> str:
    """A value that stays."""
    return f"<value>{number}</value>"


def keyframes(*numbers: float) -> str:
    """Values that change; what stands beside them is not used."""
    each = (f"<keyframe><when>{n}</when>{value(n)}</keyframe>" for n in numbers)
    return value(100) + "".join(each)


@pytest.mark.parametrize(
    ("item", "visible"),
    [
        (filters("opacity", ("opacity", value(0))), False),
        (filters("Opacity", ("opacity", keyframes(0, 0))), False),
        (filters("opacity", ("opacity", keyframes(0, 100))), True),
        (filters("opacity", ("opacity", value(0)), state="off"), True),
        (filters("opacity", ("opacity", value(0)), state="bypassed"), True),
        (filters("opacity", ("opacity", value("soon"))), True),
        (filters("opacity", ("opacity", value("nan"))), True),
        (filters("opacity"), True),
        (filters("basic", ("scale", value(0))), False),
        (filters("basic", ("scale", value(50))), True),
        (filters("crop", ("left", value(50)), ("right", value(50))), False),
        (filters("crop", ("top", value(100))), False),
        (filters("crop", ("left", value(60)), ("bottom", value(60))), True),
        (filters("blur", ("opacity", value(0))), True),
    ],
)
def test_filters_of_fcp7_xml(item: str, visible: bool) -> None:
    """Those that are on, and hide the clip all the time."""
    assert fcp7_visibility.is_visible(fromstring(item)) == visible


def premiere(name: str, *values: Any) -> dict[str, Any]:  # noqa: ANN401
    """An effect as Premiere writes it: a list is of keyframes."""
    parameters = [
        {"DisplayName": "?", "ID": at, "Keyframes": [{"Value": each} for each in one]}
        if isinstance(one, list)
        else {"DisplayName": "?", "ID": at, "StartValue": {"Value": one}}
        for at, one in enumerate(values, start=1)
    ]
    return {"PremierePro_OTIO": {"MatchName": f"AE.ADBE {name}", "Parameters": parameters}}


def resolve(name: str, keys: Any = None, enabled: bool = True, **values: Any) -> dict[str, Any]:  # noqa: ANN401
    """An effect as DaVinci Resolve writes it."""
    parameters = [
        {"Parameter ID": one, "Parameter Value": its, "Key Frames": keys or {}}
        for one, its in values.items()
    ]
    effect = {"Effect Name": name, "Enabled": enabled, "Parameters": parameters}
    return {"Resolve_OTIO": effect}


@pytest.mark.parametrize(
    ("metadata", "visible"),
    [
        (premiere("Opacity", 0.0, 18, 0), False),
        (premiere("Opacity", 100.0, 18, 0), True),
        (premiere("Opacity", [0, 0.0]), False),
        (premiere("Opacity", [0, 100]), True),
        (premiere("Opacity", None), True),
        (premiere("Opacity"), True),
        (premiere("AECrop", 50.0, 0.0, 50.0, 0.0), False),
        (premiere("AECrop", 60.0, 60.0, 10.0, 10.0), True),
        (premiere("AECrop", "x", 0.0, 50.0, 0.0), True),
        (premiere("Blur", 0.0), True),
        (resolve("Composite", opacity=0.0), False),
        (resolve("Composite", opacity=0.0, enabled=False), True),
        (resolve("Composite", opacity=100.0, keys={"0": {"Value": 0.0}}), False),
        (resolve("Composite", opacity=0.0, keys={"0": {"Value": 0}, "9": {"Value": 50}}), True),
        (resolve("Transform", transformationZoomX=0.0, transformationZoomY=1.0), False),
        (resolve("Cropping", cropLeft=0.6, cropRight=0.4), False),
        (resolve("Cropping", cropLeft=0.6, cropTop=0.4), True),
        ({"Resolve_OTIO": 7, "PremierePro_OTIO": ["?"]}, True),
        ({"Resolve_OTIO": {"Effect Name": "Composite", "Parameters": "opacity"}}, True),
        ({}, True),
    ],
)
def test_effects_of_premiere_and_resolve(metadata: dict[str, Any], visible: bool) -> None:
    """Those that are on, and hide the clip all the time, whatever language their names are in."""
    assert otio_visibility.is_visible([otio.schema.Effect(metadata=metadata)]) == visible
