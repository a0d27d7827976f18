"""Members and endpoints that several tests share."""

from __future__ import annotations

from sizzle.database import Database
from sizzle.outbox import EndpointFields, Endpoints, EndpointUpdate

# As the documentation of Pinpoint prints it, with its two faults.
AWS = """\
ChannelType,Address,Location.Country,Demographic.Platform,Demographic.Make,User.UserId
SMS,2065550182,CAN,Android,LG,example-user-id-1
APNS,1a2b3c4d5e6f7g8h9i0j1a2b3c4d5e6f,USA,iOS,Apple,example-user-id-2
EMAIL,john.stiles@example.com,USA,iOS,example-user-id-2
"""


def put(database: Database, endpoint_id: str, value: object) -> None:
    """Register an endpoint with Pinpoint's JSON."""
    endpoints = Endpoints(database, lambda member_id: b"")
    update = EndpointUpdate("app", endpoint_id, EndpointFields.read(value), 5)
    assert not isinstance(endpoints.submit([update]).result()[0], Exception)
    endpoints.close()
