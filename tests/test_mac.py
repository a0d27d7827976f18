"""Seals are those of HMAC-SHA-256."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from sizzle.mac import Mac

keys = st.binary(max_size=70) | st.binary(min_size=64, max_size=64) | st.binary(min_size=129)


@given(keys, st.lists(st.binary(max_size=200), max_size=3))
def test_each_message_has_the_seal_that_hmac_gives(key: bytes, messages: list[bytes]) -> None:
    """Whatever was sealed before; keys longer than a block too."""
    mac = Mac(key)
    for message in messages:
        assert mac.digest(message) == hmac.digest(key, message, "sha256")
