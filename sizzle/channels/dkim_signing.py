"""Signs mails with DKIM (RFC 6376), by RSA and Ed25519 (RFC 8463)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import dkim
import dkim.crypto

from sizzle.channels.settings import ChannelSettings
from sizzle.errors import InputError

SIGNED: Final = (
    b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version",
    b"content-type", b"list-unsubscribe", b"list-unsubscribe-post",
)  # fmt: skip
_OVERSIGNED: Final = frozenset(
    (b"from", b"subject", b"reply-to", b"list-unsubscribe", b"list-unsubscribe-post")
)
"""Named once more than they occur, so that a copy of one that is added breaks the signature."""


@dataclass(frozen=True, slots=True)
class DkimKey:
    """A key, by the selector that its public half is found with."""

    selector: bytes
    algorithm: bytes
    key: bytes


class DkimSigner:
    """Signs mails.

    Args:
        domain: of the sender.
        keys: each adds a signature.
    """

    def __init__(self, domain: str, keys: Sequence[DkimKey]) -> None:
        self._domain = domain.encode("idna")
        self._keys = keys

    def sign(self, mail: bytes) -> bytes:
        """The mail with a signature of each key in front."""
        lines = mail.partition(b"\r\n\r\n")[0].split(b"\r\n")
        present = {line.partition(b":")[0].lower() for line in lines}
        wanted = [name for name in SIGNED if name in present]
        wanted += [name for name in SIGNED if name in _OVERSIGNED]
        return b"".join(self._signature(mail, key, wanted) for key in self._keys) + mail

    def _signature(self, mail: bytes, key: DkimKey, names: Sequence[bytes]) -> bytes:
        signed: bytes = dkim.sign(
            mail,
            key.selector,
            self._domain,
            key.key,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=key.algorithm,
            include_headers=list(names),
        )
        return signed


def dkim_signer(settings: ChannelSettings) -> DkimSigner | None:
    """The signer of the settings, if they name one. Raises InputError: a key that is unusable."""
    if not settings.dkim_domain:
        return None
    found = (
        (settings.dkim_selector, b"rsa-sha256", settings.dkim_key),
        (settings.dkim_ed25519_selector, b"ed25519-sha256", settings.dkim_ed25519_key),
    )
    keys = [
        DkimKey(selector.encode(), algorithm, _read(path, algorithm))
        for selector, algorithm, path in found
        if selector and path is not None
    ]
    if not keys:
        raise InputError(
            "SIZZLE_OUTREACH_DKIM_DOMAIN is set without a key and its selector.",
            fix="set SIZZLE_OUTREACH_DKIM_SELECTOR and SIZZLE_OUTREACH_DKIM_KEY.",
        )
    signer = DkimSigner(settings.dkim_domain, keys)
    _try(signer)
    return signer


def _read(path: Path, algorithm: bytes) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The DKIM key cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path and its permissions.",
        ) from error
    return data.strip() if algorithm.startswith(b"ed25519") else data


def _try(signer: DkimSigner) -> None:
    """Sign something, so that a key that is no key is found before the first mail."""
    try:
        signer.sign(b"From: a@example.org\r\nSubject: x\r\n\r\nx\r\n")
    except Exception as error:  # dkimpy raises many kinds
        raise InputError(
            f"The DKIM key is unusable: {error}.",
            where="SIZZLE_OUTREACH_DKIM_KEY or SIZZLE_OUTREACH_DKIM_ED25519_KEY",
            fix="an RSA key is PEM, an Ed25519 key the base64 of its 32 bytes.",
        ) from error


# dkimpy parses the key for each mail; it costs as much as a tenth of the signature.
dkim.crypto.parse_pem_private_key = lru_cache(maxsize=8)(dkim.crypto.parse_pem_private_key)
