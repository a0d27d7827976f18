"""Who accepts gzip: RFC 9110, 12.5.3."""

from __future__ import annotations

import gzip

import pytest

from sizzle.api.http.compression import accepts_gzip, gzipped


@pytest.mark.parametrize(
    "header",
    [
        "gzip",
        "gzip, deflate, br",
        "br;q=1.0, gzip;q=0.8, *;q=0.1",
        "GZIP",
        "x-gzip",
        "*",
        "identity, gzip;q=0.001",
        "deflate,gzip ; q=1",
    ],
)
def test_those_that_accept_it(header: str) -> None:
    """By name, in any case, by its old name, or by the wildcard."""
    assert accepts_gzip(header)


@pytest.mark.parametrize(
    "header",
    ["", "identity", "br", "gzip;q=0", "gzip;q=0.000, *", "*;q=0", "gzipped", "gzip;q=2", ",;,"],
)
def test_those_that_do_not(header: str) -> None:
    """Another coding, a weight of zero, no header, or nonsense."""
    assert not accepts_gzip(header)


def test_equal_texts_are_equal_bytes() -> None:
    """An entity tag names them, so no time of day is in them."""
    text = b"#EXTM3U\n" * 500
    assert gzipped(text) == gzipped(text)
    assert gzip.decompress(gzipped(text)) == text
