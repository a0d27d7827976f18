"""Unchanged clients of Pinpoint: boto3, curl, and AWS's SDK for JavaScript."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotoCredentials

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.aws_credentials import Credentials
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_store import KeyStore
from sizzle.events import Attribution, MessageSource, attribute
from sizzle.outbox import EndpointFields, EndpointUpdate
from tests.api.pinpoint.pinpoint_app import APP, OPENED, TIMESTAMP, PinpointApp, item, statuses
from tests.node_project import open_node_project
from tests.packager.nginx_proxy import nginx
from tests.programs import find_program

PATH = f"/v1/apps/{APP}/events"


class Served:
    """A service on a port, and its clients."""

    def __init__(self, service: PinpointApp, port: int) -> None:
        self.service = service
        self.address = f"http://127.0.0.1:{port}"

    def boto(self, credentials: Credentials) -> Any:  # noqa: ANN401 - made as it starts
        """A client that signs with these."""
        return boto3.client(
            "pinpoint",
            endpoint_url=self.address,
            region_name="eu-west-3",
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret,
            aws_session_token=credentials.token or None,
            config=Config(retries={"total_max_attempts": 1}),
        )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service that the tests of this module share."""
    service = PinpointApp(tmp_path_factory.mktemp("pinpoint"))
    with service.serving() as port:
        yield Served(service, port)
    service.close()


@pytest.fixture
def client(served: Served) -> Any:  # noqa: ANN401 - made as it starts
    """boto3 with a key that may write events."""
    return served.boto(served.service.signing())


def put(client: Any, batch_item: Any, app: str = APP) -> Any:  # noqa: ANN401 - any JSON
    """What came of events that boto3 sends."""
    response = client.put_events(ApplicationId=app, EventsRequest={"BatchItem": batch_item})
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 202
    return response["EventsResponse"]["Results"]


def test_boto3_uses_every_operation(client: Any) -> None:  # noqa: ANN401 - made as it starts
    """And parses what it is answered, for an application whose id needs encoding."""
    app = "app 1/é"
    for _ in range(2):
        assert statuses(put(client, {"tv": item("x")}, app)["tv"]) == (202, {"x": 202})
    ids = {"ApplicationId": app, "EndpointId": "tv"}
    endpoint = {"Address": "token", "ChannelType": "GCM", "User": {"UserId": "ada"}}
    updated = client.update_endpoint(**ids, EndpointRequest=endpoint)
    assert updated["MessageBody"]["Message"] == "Accepted"
    client.update_endpoints_batch(
        ApplicationId=app, EndpointBatchRequest={"Item": [{**endpoint, "Id": "phone"}]}
    )
    assert client.get_endpoint(**ids)["EndpointResponse"]["Address"] == "token"
    found = client.get_user_endpoints(ApplicationId=app, UserId="ada")["EndpointsResponse"]["Item"]
    assert [each["Id"] for each in found] == ["phone", "tv"]
    assert client.delete_endpoint(**ids)["EndpointResponse"]["Id"] == "tv"
    client.delete_user_endpoints(ApplicationId=app, UserId="ada")
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_endpoint(**ids)
    made = client.create_app(CreateApplicationRequest={"Name": "Films"})["ApplicationResponse"]
    assert client.get_app(ApplicationId=made["Id"])["ApplicationResponse"]["Name"] == "Films"
    ids_of = [each["Id"] for each in client.get_apps()["ApplicationsResponse"]["Item"]]
    assert {app, made["Id"]} <= set(ids_of)
    with pytest.raises(client.exceptions.MethodNotAllowedException, match="PutEvents, Update"):
        client.get_segments(ApplicationId=app)
    with pytest.raises(client.exceptions.MethodNotAllowedException):
        client.list_templates()
    with pytest.raises(client.exceptions.BadRequestException, match="101 events"):
        put(client, {"tv": item(*map(str, range(101)))})


def test_the_address_in_the_environment_is_enough(served: Served) -> None:
    """No line of a program changes."""
    credentials = served.service.signing()
    event = {"BatchItem": {"alone": item("environment")}}
    program = (
        "import boto3, json, sys\n"
        "response = boto3.client('pinpoint').put_events(ApplicationId=sys.argv[1], "
        "EventsRequest=json.loads(sys.argv[2]))\n"
        "print(json.dumps(response['EventsResponse']))"
    )
    environment = {
        **os.environ,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_ENDPOINT_URL_PINPOINT": served.address,
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    done = subprocess.run(
        [sys.executable, "-c", program, APP, json.dumps(event)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert statuses(json.loads(done.stdout)["Results"]["alone"]) == (202, {"environment": 202})


def test_the_samples_in_python_are_accepted(client: Any, served: Served) -> None:  # noqa: ANN401
    """That of a journey is right; that of a campaign swaps endpoint and event, and is seen."""
    journey = {
        "endpoint_id1": {
            "Endpoint": {},
            "Events": {
                "event_id": {
                    "EventType": "_journey.opened_notification",
                    "Timestamp": TIMESTAMP,
                    "Attributes": {
                        "journey_id": "5befa9dc28b1430cb0469554789e3f99",
                        "journey_activity_id": "613f918c7a4440b69b09c4806d1a9357",
                    },
                }
            },
        }
    }
    app = "samples"
    assert statuses(put(client, journey, app)["endpoint_id1"]) == (202, {"event_id": 202})
    swapped = put(client, {"event_id": item("endpoint_id1")}, app)
    assert "No endpoint of this id" in swapped["event_id"]["EndpointItemResponse"]["Message"]
    found = [
        (event.endpoint_id, attribute(event.type, event.attributes))
        for event in served.service.events()
        if event.app == app
    ]
    assert found == [
        (
            "endpoint_id1",
            Attribution(
                source=MessageSource.JOURNEY,
                action="opened_notification",
                source_id="5befa9dc28b1430cb0469554789e3f99",
                activity_id="613f918c7a4440b69b09c4806d1a9357",
            ),
        ),
        ("event_id", attribute(OPENED["EventType"], OPENED["Attributes"])),
    ]
    assert served.service.endpoints.find(app, ["endpoint_id1", "event_id"]) == {}


def test_wrong_credentials_are_forbidden(served: Served) -> None:
    """By the name that boto3 has for it: an unknown key, another secret, too narrow a scope."""
    good, narrow = served.service.signing(), served.service.signing(ApiScope.READ)
    for wrong in (
        good._replace(secret=good.secret[:-1] + "!"),
        good._replace(access_key_id="SIZZLE0123456789"),
        good._replace(access_key_id="AKIAIOSFODNN7EXAMPLE"),
        good._replace(token="nonsense"),
        narrow,
    ):
        client = served.boto(wrong)
        with pytest.raises(client.exceptions.ForbiddenException):
            put(client, {"tv": item("x")})


def test_a_request_that_was_changed_is_forbidden(served: Served) -> None:
    """Body, path, query, a signed header or the date; and one that is six minutes old."""
    credentials = served.service.signing()
    client = served.service.client(scope=None)
    body = json.dumps({"BatchItem": {"changed": item("x")}}).encode()

    def send(part: str = "") -> int:
        request = AWSRequest("POST", "http://testserver" + PATH, {"X-Amz-Meta": "a"}, body)
        keys = BotoCredentials(credentials.access_key_id, credentials.secret)
        SigV4Auth(keys, "mobiletargeting", "us-east-1").add_auth(request)
        headers = dict(request.headers.items())
        if part in headers:
            headers[part] = headers[part][:-2] + "0Z"
        response = client.post(
            PATH + {"path": "x", "query": "?a=b"}.get(part, ""),
            content=body + (b" " if part == "body" else b""),
            headers=headers,
        )
        if response.status_code != 202:
            assert response.headers["x-amzn-errortype"] == "ForbiddenException"
        return response.status_code

    assert send() == 202
    for part in ("body", "path", "query", "X-Amz-Meta"):
        assert send(part) == 403
    served.service.now = time.time() + 360
    assert send() == 403
    served.service.now = None


def test_temporary_credentials_hold_for_one_endpoint(served: Served) -> None:
    """And, where they name one, for one member; not for other operations."""
    made = served.service.client().post(
        "/v1/outreach/credentials",
        json={"app": APP, "endpoint_id": "mine", "member_id": "ada", "seconds": 60},
    )
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    found = made.json()
    assert set(found) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    credentials = Credentials(*(found[name] for name in list(found)[:3]))
    client = served.boto(credentials)
    ben = {"User": {"UserId": "ben"}}
    results = put(client, {"mine": item("x"), "other": item("y")})
    assert statuses(results["mine"]) == (202, {"x": 202})
    assert statuses(results["other"]) == (400, {"y": 400})
    claimed = put(client, {"mine": {"Endpoint": ben, "Events": {"z": OPENED}}})["mine"]
    assert statuses(claimed) == (400, {"z": 202})
    # Its endpoint may still be registered for whoever had the device before.
    register = EndpointFields.read({"User": {"UserId": "carla"}})
    served.service.endpoints.submit([EndpointUpdate(APP, "mine", register, 1)]).result()
    assert statuses(put(client, {"mine": item("later")})["mine"]) == (202, {"later": 202})
    members = {e.event_id: e.member_id for e in served.service.events() if e.endpoint_id == "mine"}
    assert members == {"x": "ada", "z": "ada", "later": "ada"}
    mine = {"ApplicationId": APP, "EndpointId": "mine"}
    client.update_endpoint(**mine, EndpointRequest={"User": {"UserId": "ada"}})
    assert client.get_endpoint(**mine)["EndpointResponse"]["User"]["UserId"] == "ada"
    for refused in (
        lambda: client.update_endpoint(**mine, EndpointRequest=ben),
        lambda: client.update_endpoint(**{**mine, "EndpointId": "other"}, EndpointRequest={}),
        lambda: client.update_endpoints_batch(
            ApplicationId=APP, EndpointBatchRequest={"Item": [{"Id": "other"}]}
        ),
        lambda: client.get_endpoint(**{**mine, "EndpointId": "other"}),
        lambda: client.delete_endpoint(**{**mine, "EndpointId": "other"}),
        lambda: client.get_user_endpoints(ApplicationId=APP, UserId="ada"),
        lambda: client.delete_user_endpoints(ApplicationId=APP, UserId="ada"),
        lambda: client.create_app(CreateApplicationRequest={"Name": "x"}),
        client.get_apps,
        lambda: client.get_app(ApplicationId=APP),
        lambda: put(client, {"mine": item("a")}, app="other"),
        lambda: put(served.boto(credentials._replace(token="")), {"mine": item("b")}),
        lambda: put(served.boto(served.service.signing()._replace(token=credentials.token)), {}),
    ):
        with pytest.raises(client.exceptions.ForbiddenException):
            refused()


def test_credentials_end_with_their_time_or_their_key(tmp_path: Path) -> None:
    """Those that are temporary, and the lasting ones of a key that was revoked."""
    service = PinpointApp(tmp_path)
    body = {"app": APP, "endpoint_id": "mine"}
    found = service.client().post("/v1/outreach/credentials", json=body).json()
    temporary = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def status(credentials: Credentials) -> int:
        keys = BotoCredentials(*credentials)
        request = AWSRequest("PUT", f"http://testserver/v1/apps/{APP}/endpoints/mine", {}, b"{}")
        SigV4Auth(keys, "mobiletargeting", "us-east-1").add_auth(request)
        client = service.client(scope=None)
        url, headers = str(request.url), dict(request.headers.items())
        return client.put(url, content=b"{}", headers=headers).status_code

    assert [status(credentials) for credentials in (temporary, service.signing())] == [202, 202]
    expired = service.credentials.granted(temporary.token, 0)
    old = service.credentials.temporary(
        type(expired)(int(time.time()) - 1, expired.key_id, APP, "mine")
    )
    assert status(old) == 403
    KeyStore(KeyFile(service.state)).revoke(service.records[ApiScope.EVENTS_WRITE].key_id)
    assert service.reloader.refresh()
    assert [status(credentials) for credentials in (temporary, service.signing())] == [403, 403]
    service.close()


@pytest.mark.parametrize(
    "body",
    [
        {"app": APP},
        {"app": APP, "endpoint_id": ""},
        {"app": APP, "endpoint_id": "e", "seconds": 59},
        {"app": APP, "endpoint_id": "e", "seconds": 43_201},
        {"app": APP, "endpoint_id": "e", "other": 1},
    ],
)
def test_credentials_of_nothing_are_not_made(served: Served, body: dict[str, Any]) -> None:
    """Every field is checked, and the answer is a problem document as elsewhere."""
    answer = served.service.client().post("/v1/outreach/credentials", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_curl_signs_for_us(served: Served) -> None:
    """Also the samples of the REST API, whose nesting is wrong: both items are refused."""
    curl = find_program("curl")
    credentials = served.service.signing()

    def send(secret: str, batch_item: Any) -> tuple[str, Any]:  # noqa: ANN401 - any JSON
        done = subprocess.run(
            [
                *(curl, "--silent", "--write-out", "\n%{http_code}", served.address + PATH),
                *("--aws-sigv4", "aws:amz:us-east-1:mobiletargeting"),
                *("--user", f"{credentials.access_key_id}:{secret}"),
                *("--data", json.dumps({"BatchItem": batch_item})),
            ],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        body, _, status = done.stdout.rpartition("\n")
        return status, json.loads(body)

    status, answer = send(credentials.secret, {"curl": item("x")})
    assert (status, statuses(answer["Results"]["curl"])) == ("202", (202, {"x": 202}))
    status, answer = send(
        credentials.secret, {"endpoint_id1": {"Endpoint": {}}, "Events": {"e": OPENED}}
    )
    assert status == "202"
    for result in answer["Results"].values():
        assert result["EndpointItemResponse"]["StatusCode"] == 400
        assert "Events belong beside Endpoint" in result["EndpointItemResponse"]["Message"]
    status, answer = send(credentials.secret[:-1] + "!", {"curl": item("y")})
    assert status == "403"
    assert set(answer) == {"Message", "RequestID"}


def test_requests_are_signed_for_the_proxy_that_ships(served: Served) -> None:
    """The Host that was signed comes through nginx with its port, and so do bodies of megabytes."""
    origin = int(served.address.rpartition(":")[2])
    title = "x" * 16_000  # too long, so that the events are refused
    with nginx(origin) as port:
        client = Served(served.service, port).boto(served.service.signing())
        large = put(client, {"tv": item(*map(str, range(100)), AppTitle=title)})
        assert set(statuses(large["tv"])[1].values()) == {400}
        assert statuses(put(client, {"tv": item("proxied")})["tv"]) == (202, {"proxied": 202})


@pytest.mark.full
def test_the_sdk_for_javascript_signs_for_us(served: Served, tmp_path: Path) -> None:
    """AWS's own client in Node.js, given the address; it knows our errors by their names."""
    project = open_node_project(tmp_path / "sdk", Path(__file__).parent / "aws_sdk")
    credentials = served.service.signing()
    done = project.run("put_events.mjs", served.address, "app 1/é!'()*", *credentials[:2])
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert statuses(answer["results"]["tv"]) == (202, {"node": 202})
    assert answer["refused"] == "MethodNotAllowedException"
