"""Query parameters that are read by one type, which is what OpenAPI describes too."""

from __future__ import annotations

from typing import Any, Final, Generic, TypeVar

import msgspec
from starlette.datastructures import QueryParams

from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.http.json_body import invalid_body

T = TypeVar("T", bound=msgspec.Struct)

_FIX: Final = "see the parameters in /openapi.json."


class QueryFields(Generic[T]):
    """Reads query parameters of one type, all of them optional text, and describes them.

    Args:
        kind: has a field for each parameter.
    """

    def __init__(self, kind: type[T]) -> None:
        self._kind = kind

    def read(self, query: QueryParams) -> T:
        """What a query says. Raises InvalidRequestError."""
        fields: dict[str, str] = {}
        for name, value in query.multi_items():
            if name in fields:
                raise InvalidRequestError(f"{name[:100]} is given twice.", fix=_FIX)
            fields[name] = value
        try:
            return msgspec.convert(fields, self._kind)
        except msgspec.ValidationError as error:
            raise InvalidRequestError(invalid_body(str(error)).what, fix=_FIX) from None

    @property
    def openapi(self) -> dict[str, Any]:
        """For a route's `openapi_extra`."""
        (_, definitions) = msgspec.json.schema_components([self._kind], ref_template="{name}")
        schema = definitions[self._kind.__name__]
        return {
            "parameters": [
                {
                    "in": "query",
                    "name": name,
                    "required": False,
                    "description": field.get("description", ""),
                    "schema": {key: field[key] for key in field if key != "description"},
                }
                for name, field in schema["properties"].items()
            ]
        }
