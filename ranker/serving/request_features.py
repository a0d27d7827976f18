"""Requests as the model reads them."""

import numpy as np
import torch
from torch import Tensor

from ranker.data.encoding import encode_requests
from ranker.data.events import REQUEST_FIELDS, Column
from ranker.data.schema import Schema
from ranker.request import NO_CONTEXT, RequestContext


class RequestEncoder:
    """Encodes what is known of requests.

    Args:
        schema: of the model.
    """

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._fields = [name for name in REQUEST_FIELDS if schema.text_values[name]]
        self._unknown_1R = torch.zeros(1, len(schema.request_columns()), dtype=torch.long)

    def known(self, request: RequestContext) -> RequestContext:
        """The request without the values that the model does not know, such as a new device."""
        values = self._schema.text_values
        known = [
            value if (value := getattr(request, name)) in values[name] else ""
            for name in REQUEST_FIELDS
        ]
        return RequestContext(request.at, *known)

    def encode(self, last_at: int | None, request: RequestContext) -> tuple[Tensor, int]:
        """The request-time features of a member's next step, 1R, and its time.

        Args:
            last_at: when the member's last token ended; None without a history.
            request: what is known of it. A time before `last_at` counts as that time.
        """
        if request == NO_CONTEXT:
            return self._unknown_1R, last_at or 0
        time = max(request.at or 0, last_at or 0)
        gap = time - last_at if request.at is not None and last_at is not None else -1
        request_1R = encode_requests(
            self._schema,
            np.array([time if request.at is not None else -1]),
            np.array([gap]),
            {name: Column.from_texts([getattr(request, name)]) for name in self._fields},
        )
        return request_1R, time
