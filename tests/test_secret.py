"""The secret of an installation: the one that is given, or else the one that is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle.errors import InputError
from sizzle.secret import installation_secret, kept_secret


def test_a_given_secret_goes_before_the_kept_one(tmp_path: Path) -> None:
    """And then none is created; without it, the same one is read again."""
    given = "x" * 32
    assert installation_secret(tmp_path, given) == given.encode()
    assert list(tmp_path.iterdir()) == []
    assert installation_secret(tmp_path, None) == kept_secret(tmp_path)


def test_a_given_secret_that_is_too_short_is_refused(tmp_path: Path) -> None:
    """The message names the variable, its length and the least."""
    with pytest.raises(InputError, match="31 bytes, of at least 32") as caught:
        installation_secret(tmp_path, "x" * 31)
    assert caught.value.where == "SIZZLE_SECRET"
