"""Passwords: what they must be, and their hashes by argon2."""

from __future__ import annotations

import unicodedata
from threading import Semaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from sizzle.errors import InputError

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 1000

_AT_ONCE: Final = 2  # each takes 19 MiB and a core
# As OWASP recommends for argon2id; a hash names its own, so that they may rise later.
_TIME, _KIBIBYTES, _LANES = 2, 19_456, 1


def check_password(password: str, address: str) -> None:
    """Refuse a password that is guessed too easily.

    Raises:
        InputError: too short or too long, all one character, or the address.
    """
    what = ""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        what = f"The password has {len(password)} characters, of {MIN_LENGTH} to {MAX_LENGTH}"
    elif len(set(password)) < 4:
        what = "The password is nearly the same character throughout"
    elif password.strip().lower() in (address, address.partition("@")[0]):
        what = "The password is the address"
    if what:
        raise InputError(f"{what}.", fix="use several words that nobody would guess.")


class Passwords:
    """Hashes passwords and checks them, a few at once.

    Args:
        kibibytes: of memory that each takes.
    """

    def __init__(self, kibibytes: int = _KIBIBYTES) -> None:
        self._hasher = PasswordHasher(_TIME, kibibytes, _LANES)
        self._free = Semaphore(_AT_ONCE)
        self._nobodys = self.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """The hash of a password, with its own salt and the numbers to check it by."""
        with self._free:
            return self._hasher.hash(_normal(password))

    def matches(self, password: str, password_hash: str) -> bool:
        """Whether a password has this hash. An empty hash is nobody's, and takes as long."""
        with self._free:
            try:
                self._hasher.verify(password_hash or self._nobodys, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return bool(password_hash)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether a hash was made with smaller numbers than today's."""
        return self._hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> bytes:
    """The same bytes from every keyboard: an é may come as one character or as two."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
