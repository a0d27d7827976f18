"""Requests as the model reads them."""

from collections.abc import Sequence

import msgspec
import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Ints
from ranker.data.encoding import encode_request, encode_requests
from ranker.data.events import REQUEST_FIELDS, Column
from ranker.data.local_time import utc_offset, utc_offsets
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
        self._unknown_1R = torch.zeros(1, len(schema.request_columns), dtype=torch.long)

    def known(self, request: RequestContext) -> RequestContext:
        """The request without the values that the model does not know, such as a new device."""
        values = self._schema.text_values
        known = {
            name: value if (value := getattr(request, name)) in values[name] else ""
            for name in REQUEST_FIELDS
        }
        return msgspec.structs.replace(request, **known)

    def encode(
        self, last_at: int | None, request: RequestContext, time_zone: str = ""
    ) -> tuple[Tensor, int]:
        """The request-time features of a member's next step, 1R, and its time.

        Args:
            last_at: when the member's last token ended; None without a history.
            request: what is known of it. A time before `last_at` counts as that time.
            time_zone: the member's, where the request does not say.
        """
        if request == NO_CONTEXT:
            return self._unknown_1R, last_at or 0
        time = max(request.at or 0, last_at or 0)
        known = request.at is not None
        gap = time - last_at if known and last_at is not None else -1
        fields = {name: getattr(request, name) for name in self._fields}
        local_time = time + utc_offset(request.time_zone or time_zone, time) if known else -1
        rows_R = encode_request(self._schema, local_time, gap, fields)
        return torch.tensor([rows_R]), time

    def encode_many(
        self, last_at_M: Ints, request: RequestContext, time_zones: Sequence[str]
    ) -> tuple[Tensor, Ints]:
        """The features of members' next steps, MR, and their times, of one request.

        Args:
            last_at_M: when each member's last token ended; -1 without a history.
            request: as above.
            time_zones: of the members, where the request does not say; "" if unknown.
        """
        known = request.at is not None
        time_M = np.maximum(request.at or 0, last_at_M)
        gap_M = np.where(last_at_M < 0, -1, time_M - last_at_M) if known else last_at_M * 0 - 1
        zones = [request.time_zone] * len(time_M) if request.time_zone else time_zones
        local_time_M = time_M + utc_offsets(Column.from_texts(zones), time_M)
        request_MR = encode_requests(
            self._schema,
            local_time_M if known else last_at_M * 0 - 1,
            gap_M,
            {
                name: Column.from_texts([getattr(request, name)] * len(last_at_M))
                for name in self._fields
            },
        )
        return request_MR, time_M
