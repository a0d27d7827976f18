"""Requests as the model reads them."""

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Ints
from ranker.data.encoding import encode_request, encode_requests
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
        known = request.at is not None
        gap = time - last_at if known and last_at is not None else -1
        fields = {name: getattr(request, name) for name in self._fields}
        rows_R = encode_request(self._schema, time if known else -1, gap, fields)
        return torch.tensor([rows_R]), time

    def encode_many(self, last_at_M: Ints, request: RequestContext) -> tuple[Tensor, Ints]:
        """The features of members' next steps, MR, and their times, of one request.

        Args:
            last_at_M: when each member's last token ended; -1 without a history.
            request: as above.
        """
        known = request.at is not None
        time_M = np.maximum(request.at or 0, last_at_M)
        gap_M = np.where(last_at_M < 0, -1, time_M - last_at_M) if known else last_at_M * 0 - 1
        request_MR = encode_requests(
            self._schema,
            time_M if known else last_at_M * 0 - 1,
            gap_M,
            {
                name: Column.from_texts([getattr(request, name)] * len(last_at_M))
                for name in self._fields
            },
        )
        return request_MR, time_M
