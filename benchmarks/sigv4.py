"""The check of an AWS signature, beside one that botocore recomputes.

    python -m benchmarks.sigv4

A request of `PutEvents` with a body of 20 kB is signed by botocore. Ours reads and checks it; the
peer makes an `AWSRequest` of the same parts and signs it again with `SigV4Auth`, as servers do that
have no check of their own. Processor time, medians of alternating rounds. Exits with 1 if the
target of 0.2 ms is missed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from benchmarks.tables import Row, print_table
from sizzle.api.auth.sigv4 import SignedRequest, check_signature, read_signature

_ROUNDS, _CHECKS = 15, 200
_TARGET = 0.2  # ms
_ID, _SECRET = "SIZZLE0F3KQ9X2AB", "x" * 40
_PATH, _HOST = "/v1/apps/5befa9dc28b1430cb0469554789e3f99/events", "sizzle.example"


def main() -> None:
    """Measure both, and print the table."""
    body = b'{"BatchItem": {}}'.ljust(20_000)
    auth = SigV4Auth(Credentials(_ID, _SECRET), "mobiletargeting", "us-east-1")
    signed = AWSRequest("POST", f"https://{_HOST}{_PATH}", _headers(), body)
    auth.add_auth(signed)
    now = datetime.strptime(signed.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    headers = [(name.lower().encode(), value.encode()) for name, value in signed.headers.items()]
    headers.append((b"host", _HOST.encode()))
    request = SignedRequest("POST", _PATH.encode(), b"", headers, body)

    def ours() -> None:
        signature = read_signature(headers, b"", now.timestamp())
        check_signature(signature, _SECRET, request)

    def with_botocore() -> None:
        again = AWSRequest("POST", f"https://{_HOST}{_PATH}", _headers(), body)
        again.context["timestamp"] = signed.context["timestamp"]
        again.headers["X-Amz-Date"] = signed.context["timestamp"]
        canonical = auth.canonical_request(again)
        found = auth.signature(auth.string_to_sign(again, canonical), again)
        if found not in signed.headers["Authorization"]:
            raise AssertionError("botocore does not find its own signature")

    times: dict[str, list[float]] = {"ours": [], "botocore": []}
    for _ in range(_ROUNDS):
        times["ours"].append(_milliseconds(ours))
        times["botocore"].append(_milliseconds(with_botocore))
    own, peer = median(times["ours"]), median(times["botocore"])
    print_table(
        ("a body of 20 kB", "ms a request"),
        [Row("read and checked here", [f"{own:.3f}"]), Row("botocore", [f"{peer:.3f}"])],
    )
    verdict = "met" if own <= _TARGET else "missed"
    sys.stdout.write(f"\n{peer / own:.1f} times as fast. Target {_TARGET} ms: {verdict}.\n")
    sys.exit(0 if own <= _TARGET else 1)


def _headers() -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Boto3/1.44.8",
        "amz-sdk-invocation-id": "5befa9dc-28b1-430c-b046-9554789e3f99",
        "amz-sdk-request": "attempt=1",
    }


def _milliseconds(check: Callable[[], None]) -> float:
    started = time.process_time()
    for _ in range(_CHECKS):
        check()
    return (time.process_time() - started) / _CHECKS * 1000


if __name__ == "__main__":
    main()
