"""Exports to S3, against the server of moto, which is not ours."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sizzle.errors import InputError
from tests.cli.exported_events import DAY, record, run
from tests.events.sample_events import event
from tests.programs import find_package

pytestmark = pytest.mark.full


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an S3 server with the bucket `bucket`, to which the environment points too."""
    server = find_package("moto.server").ThreadedMotoServer("127.0.0.1", 0)
    import boto3

    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        for name, value in {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            monkeypatch.setenv(name, value)
        client = boto3.client("s3", endpoint_url=url, region_name="us-east-1")
        client.create_bucket(Bucket="bucket")
        yield client
    finally:
        server.stop()


def test_events_are_exported_to_s3_and_erased_there(tmp_path: Path, bucket: Any) -> None:  # noqa: ANN401
    """By day, later ones beside them; an erased member's are gone from the files in the bucket."""
    yesterday = event("e-2", time=event("").time - DAY)
    record(tmp_path, event("e-1"), yesterday, event("e-x", member_id="member-gone"))
    export = ("events", "export", "s3://bucket/events", "--json")
    first = json.loads(run(tmp_path, *export).stdout)
    record(tmp_path, event("e-3"))
    assert run(tmp_path, *export, "--after", first["cursor"]).exit_code == 0
    today = "events/events-2026-09-21"
    files = {"events/events-2026-09-20.parquet": ["e-2"], f"{today}-after-3.parquet": ["e-3"]}
    assert ids_in(bucket) == {**files, f"{today}.parquet": ["e-1", "e-x"]}
    erased = json.loads(run(tmp_path, "members", "erase", "member-gone", "--json").stdout)
    assert erased["exports"] == {f"s3://bucket/{today}.parquet": 1}
    assert ids_in(bucket) == {**files, f"{today}.parquet": ["e-1"]}


def test_a_bucket_that_is_not_there(tmp_path: Path, bucket: Any) -> None:  # noqa: ANN401
    """It is named, and nothing is said to be exported."""
    record(tmp_path, event("e-1"))
    result = run(tmp_path, "events", "export", "s3://missing/events", "--json")
    assert result.exit_code == 1
    assert isinstance(result.exception, InputError)
    assert "missing/events/events-2026-09-21.parquet" in str(result.exception)


def ids_in(client: Any) -> dict[str, list[str]]:  # noqa: ANN401
    """The ids of the events of each file of the bucket."""
    import pyarrow.parquet as pq

    listed = client.list_objects_v2(Bucket="bucket")["Contents"]
    files = {each["Key"]: client.get_object(Bucket="bucket", Key=each["Key"]) for each in listed}
    return {
        name: pq.read_table(io.BytesIO(file["Body"].read())).column("id").to_pylist()
        for name, file in files.items()
    }
