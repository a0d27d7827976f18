"""Signatures are those of botocore: what it signs verifies, and with one bit changed does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.api.auth.sigv4 import (
    Signature,
    SignatureError,
    SignedRequest,
    check_signature,
    read_signature,
)

ID = "SIZZLE0F3KQ9X2AB"
SECRET = "an open secret of forty characters......"


class Signed(NamedTuple):
    """A request that botocore has signed, as a server gets it."""

    request: SignedRequest
    now: float

    def check(self, secret: str = SECRET) -> Signature:
        """Verify it. Raises SignatureError."""
        signature = read_signature(self.request.headers, self.request.query, self.now)
        if signature.access_key_id != ID:
            secret = "that of another access key"
        check_signature(signature, secret, self.request)
        return signature

    def with_header(self, name: str, value: str) -> Signed:
        """The same with another value of a header, or with one more header."""
        others = [pair for pair in self.request.headers if pair[0] != name.encode()]
        headers = [*others, (name.encode(), value.encode("latin-1"))]
        return self._replace(request=replace(self.request, headers=headers))

    def header(self, name: str) -> str:
        """A header's value."""
        return dict(self.request.headers)[name.encode()].decode("latin-1")


def sign(
    path: str = "/v1/apps/a/events",
    query: str = "",
    headers: dict[str, str] | None = None,
    body: bytes = b"{}",
    method: str = "POST",
    region: str = "us-east-1",
    token: str | None = None,
) -> Signed:
    """Sign a request now."""
    url = f"https://pinpoint.example:8443{path}" + (f"?{query}" if query else "")
    request = AWSRequest(method, url, headers or {}, body)
    auth = SigV4Auth(Credentials(ID, SECRET, token), "mobiletargeting", region)
    auth.add_auth(request)
    found = [(name.lower().encode(), _wire(value)) for name, value in request.headers.items()]
    if b"host" not in dict(found):
        found.append((b"host", b"pinpoint.example:8443"))
    sent = SignedRequest(method, path.encode(), query.encode(), found, body)
    time = datetime.strptime(request.context["timestamp"], "%Y%m%dT%H%M%SZ")
    return Signed(sent, time.replace(tzinfo=UTC).timestamp())


def _wire(value: Any) -> bytes:  # noqa: ANN401 - text or bytes
    return value if isinstance(value, bytes) else str(value).encode()


_characters = st.characters(codec="utf-8", exclude_categories=["Cs"])
_segments = st.sampled_from(["", ".", "..", "a"]) | st.text(_characters, max_size=8).map(
    lambda text: quote(text, safe="")
)
_names = st.text("abcXYZ019-_.~", min_size=1, max_size=4)
_values = st.text(_characters, max_size=6).map(lambda text: quote(text, safe="-_.~"))
_headers = st.dictionaries(
    st.sampled_from(["Content-Type", "X-Amz-Meta", "Accept", "x-custom"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=9).map(
        lambda text: f" {text}  v{text} "
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> Signed:
    """Any request of a client."""
    pairs = draw(st.lists(st.tuples(_names, _values), max_size=4))
    return sign(
        path="/v1/apps/" + "/".join(draw(st.lists(_segments, max_size=4))),
        query="&".join(f"{name}={value}" for name, value in pairs),
        headers=draw(_headers),
        body=draw(st.binary(max_size=60)),
        method=draw(st.sampled_from(["GET", "POST", "PUT", "DELETE"])),
        region=draw(st.sampled_from(["us-east-1", "eu-west-3", "anywhere"])),
        token=draw(st.none() | st.just("a+token/=")),
    )


def _parts(request: SignedRequest) -> list[str]:
    """What of a request can be changed so that it is another one."""
    parts = ["header", "secret"]
    if b".." not in request.path:  # by which it may leave again what was changed
        parts.append("path")
    if any(chr(byte).isalnum() for byte in request.query):
        parts.append("query")
    if request.body:
        parts.append("body")
    return parts


def _flipped(data: bytes, draw: st.DrawFn) -> bytes:
    """With one bit changed, of a byte that no rule of the canonical form drops."""
    places = [at for at, byte in enumerate(data) if chr(byte).isalnum()]
    at, bit = draw(st.sampled_from(places)), draw(st.integers(0, 6))
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


@st.composite
def changed(draw: st.DrawFn) -> tuple[Signed, str]:
    """A request that was changed on its way by one bit, or a secret that was."""
    signed = draw(requests())
    request, part = signed.request, draw(st.sampled_from(_parts(signed.request)))
    if part == "secret":
        return signed, _flipped(SECRET.encode(), draw).decode()
    if part == "header":
        names = signed.check().names
        name = draw(st.sampled_from([*names, "authorization"])).encode()
        headers = [
            (each, _flipped(value, draw) if each == name else value)
            for each, value in request.headers
        ]
        return signed._replace(request=replace(request, headers=headers)), SECRET
    if part == "query":
        return signed._replace(
            request=replace(request, query=_flipped(request.query, draw))
        ), SECRET
    if part == "body":
        at = draw(st.integers(0, len(request.body) - 1))
        bits = bytearray(request.body)
        bits[at] ^= 1 << draw(st.integers(0, 7))
        return signed._replace(request=replace(request, body=bytes(bits))), SECRET
    path = _flipped(request.path, draw)
    return signed._replace(request=replace(request, path=path)), SECRET


def check_verifies(signed: Signed) -> None:
    """The server's form of the request is the client's."""
    assert signed.check().access_key_id == ID


def check_refused(signed: Signed, secret: str) -> None:
    """Whatever was changed."""
    with pytest.raises(SignatureError):
        signed.check(secret)


@settings(max_examples=40)
@given(requests())
def test_what_botocore_signs_verifies(signed: Signed) -> None:
    """Any path, query, headers, body, region and token."""
    check_verifies(signed)


@settings(max_examples=40)
@given(changed())
def test_one_changed_bit_does_not_verify(made: tuple[Signed, str]) -> None:
    """Of path, query, a signed header, the date, the body, the signature or the secret."""
    check_refused(*made)


@pytest.mark.full
@settings(max_examples=1000)
@given(requests())
def test_a_thousand_requests_of_botocore_verify(signed: Signed) -> None:
    """The same, longer."""
    check_verifies(signed)


@pytest.mark.full
@settings(max_examples=1000)
@given(changed())
def test_a_thousand_changed_bits_do_not_verify(made: tuple[Signed, str]) -> None:
    """The same, longer."""
    check_refused(*made)


def test_a_signature_holds_for_five_minutes() -> None:
    """Either way, as clocks differ; the date of its scope is that of the request."""
    signed = sign()
    for seconds in (-300, 0, 300):
        signed._replace(now=signed.now + seconds).check()
    for seconds in (-301, 301, 86_400):
        with pytest.raises(SignatureError, match="more than five minutes"):
            signed._replace(now=signed.now + seconds).check()
    other = signed.header("authorization").replace(signed.header("x-amz-date")[:8], "20200101")
    with pytest.raises(SignatureError, match="scope is not that of X-Amz-Date"):
        signed.with_header("authorization", other).check()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("x-amz-date", "yesterday", "X-Amz-Date is missing or malformed"),
        ("x-amz-date", "20261332T250000Z", "X-Amz-Date is missing or malformed"),
        ("x-amz-content-sha256", "UNSIGNED-PAYLOAD", "UNSIGNED-PAYLOAD is not accepted"),
        ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING"),
        ("x-amz-content-sha256", "0" * 64, "The body is not the one that was signed"),
        ("content-encoding", "gzip, aws-chunked", "aws-chunked is not accepted"),
        ("x-amz-security-token", "t", "x-amz-security-token are not signed"),
        ("host", "other.example", "The signature does not match"),
        ("authorization", "AWS4-ECDSA-P256-SHA256 Credential=a", "not one of AWS Signature Ver"),
        ("authorization", "AWS4-HMAC-SHA256 " + "Credential=" * 9000, "not one of AWS Signature"),
        ("authorization", "", "not one of AWS Signature Version 4"),
    ],
)
def test_what_cannot_be_verified_is_refused_with_the_reason(
    name: str, value: str, why: str
) -> None:
    """So that whoever sends it knows what to change."""
    with pytest.raises(SignatureError, match=why):
        sign().with_header(name, value).check()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("mobiletargeting", "s3", "signed for 's3'"),
        ("SignedHeaders=host;", "SignedHeaders=", "host are not signed"),
        (";x-amz-date", "", "x-amz-date are not signed"),
        ("SignedHeaders=", "SignedHeaders=accept;", "accept has not arrived"),
        ("aws4_request", "aws4_reques", "not one of AWS Signature Version 4"),
    ],
)
def test_a_signature_of_another_kind_is_refused(old: str, new: str, why: str) -> None:
    """For another service, or of too few headers."""
    signed = sign()
    other = signed.header("authorization").replace(old, new)
    with pytest.raises(SignatureError, match=why):
        signed.with_header("authorization", other).check()


def test_a_presigned_address_is_refused() -> None:
    """It could be used by whoever sees it."""
    with pytest.raises(SignatureError, match="presigned"):
        read_signature([], b"X-Amz-Algorithm=a&X-Amz-Signature=0", 0)


def test_headers_and_names_that_come_twice_are_signed_in_their_order() -> None:
    """Of a header all values, of a query all pairs; another order of values does not verify."""
    request = sign(query="b=2&a=2&a=1&a", headers={"x-custom": "one"})
    request.check()
    twice = request._replace(
        request=replace(request.request, headers=[*request.request.headers, (b"x-custom", b"two")])
    )
    with pytest.raises(SignatureError):
        twice.check()
    joined = sign(headers={"x-custom": "one,two"}).request
    split = [pair for pair in joined.headers if pair[0] != b"x-custom"]
    for values, verifies in (([b"one", b" two "], True), ([b"two", b"one"], False)):
        headers = [*split, *((b"x-custom", value) for value in values)]
        signed = Signed(replace(joined, headers=headers), sign().now)
        if verifies:
            signed.check()
        else:
            check_refused(signed, SECRET)
    for name in (b"host", b"x-amz-date"):
        doubled = [*joined.headers, (name, dict(joined.headers)[name])]
        check_refused(Signed(replace(joined, headers=doubled), sign().now), SECRET)


def test_header_values_may_be_any_text() -> None:
    """Signed as UTF-8, in which some characters have bytes that look like spaces."""
    sign(headers={"x-custom": "à la carte 片"}).check()
