"""JSON request bodies: each read by one type, which is what OpenAPI describes too.

msgspec reads and checks a body in a few microseconds, which `POST /v1/reels` depends on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final, Generic, TypeVar

import msgspec

from sizzle.api.http.invalid_request import (
    InvalidRequestError,
    invalid_field,
    not_json,
    not_sent_as_json,
)

T = TypeVar("T", bound=msgspec.Struct)

JSON: Final = "application/json"


class JsonBody(Generic[T]):
    """Reads bodies of one type, and describes them.

    Args:
        kind: what a body holds.
        example: such a body, for the description.
    """

    def __init__(self, kind: type[T], example: Mapping[str, Any] | None = None) -> None:
        self._kind = kind
        self._example = example
        self._decoder = msgspec.json.Decoder(kind)

    def read(self, body: bytes) -> T:
        """What a body holds. Raises InvalidRequestError."""
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError:
            return self._read_whole_numbers(body)
        except (ValueError, RecursionError):
            raise not_json() from None

    def _read_whole_numbers(self, body: bytes) -> T:
        """Read again, with 7.0 as a whole number: many languages write all numbers so."""
        try:
            return msgspec.convert(_untyped.decode(body), self._kind)
        except msgspec.ValidationError as error:
            raise invalid_body(str(error)) from None
        except (ValueError, RecursionError):
            raise not_json() from None

    @property
    def openapi(self) -> dict[str, Any]:
        """For a route's `openapi_extra`."""
        (reference,), definitions = msgspec.json.schema_components(
            [self._kind], ref_template="{name}"
        )
        content: dict[str, Any] = {"schema": _inlined(reference, definitions)}
        if self._example is not None:
            content["example"] = self._example
        return {"requestBody": {"required": True, "content": {JSON: content}}}


def check_content_type(content_type: str) -> None:
    """Raises UnsupportedMediaTypeError where a body is sent as anything but JSON."""
    if not is_json(content_type):
        raise not_sent_as_json(content_type)


def is_json(content_type: str) -> bool:
    """Whether a Content-Type is of JSON, or of a format that is JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    return media_type == JSON or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )


def with_whole_characters(body: bytes) -> bytes:
    r"""JSON in which halves of characters, such as `\ud83d` alone, are replacement characters.

    Clients that cut a text within an emoji send these; they cost no more than that one character.
    """
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found["half"] else found[0], body)


def with_finite_numbers(body: bytes) -> bytes:
    """JSON in which `NaN`, `Infinity` and `-Infinity` are numbers out of range.

    Python writes these, and they are no JSON: so read, they cost what they are in, not the body.
    """
    return _NO_NUMBER.sub(lambda found: b"1e999" if found["number"] else found[0], body)


# A text to its end, or to that of the body, so that none is looked at twice; else a number.
_NO_NUMBER: Final = re.compile(
    rb'"(?:[^"\\]|\\.)*+"?|(?P<number>(?<![A-Za-z_])-?(?:NaN|Infinity)(?![A-Za-z_]))', re.DOTALL
)
_ESCAPE: Final = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


_untyped: Final = msgspec.json.Decoder(float_hook=_number)


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """A schema without references, as OpenAPI's own go to components that FastAPI collects."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        others = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**definitions[schema["$ref"]], **others}
    return {name: _inlined(value, definitions) for name, value in schema.items()}


def invalid_body(message: str) -> InvalidRequestError:
    """From msgspec's "Expected `int`, got `str` - at `$.seed`"."""
    what, _, path = message.partition(" - at `$.")
    return invalid_field(path.rstrip("`"), what)
