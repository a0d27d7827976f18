"""What columns of consent say, in the words of people and of the programs that export them."""

from __future__ import annotations

from typing import Final

from sizzle.outreach.normalise.errors import InvalidValueError, shown


def _listed(text: str) -> frozenset[str]:
    return frozenset(" ".join(word.split()) for word in text.split(","))


_IN: Final = _listed("""
    opted in, opt in, optin, optedin, in, yes, y, true, 1, none, on, x, ✓, ✔, subscribed,
    subscribe, active, granted, given, consented, consent given, accepted, agreed, allowed,
    double opt in, confirmed, confirmed opt in, ja, oui, sí, si, sim, sì, はい,
    同意, 同意する, abonné, inscrit, suscrito, angemeldet, zugestimmt
""")
_OUT: Final = _listed("""
    opted out, opt out, optout, optedout, out, no, n, false, 0, all, off, unsubscribed,
    unsubscribe, inactive, withdrawn, revoked, denied, declined, refused, rejected, objected,
    cleaned, bounced, held, suppressed, complained, do not contact, do not email,
    nein, non, não, nao, いいえ, 拒否, désabonné, désinscrit, abgemeldet,
    widersprochen, baja, dado de baja, disiscritto
""")
_UNKNOWN: Final = _listed("""
    never subscribed, never, pending, unconfirmed, unknown, not set, n/a, na, null, -, ?,
    transactional
""")


_NOT_OUT: Final = _listed("""
    , no, n, false, 0, off, none, null, n/a, -, never, opted in, opt in, subscribed, active, nein,
    non, não, nao, いいえ
""")


def consent_word(text: str) -> bool | None:
    """Whether somebody opted in or out; None where the text says that nobody said anything.

    Raises:
        InvalidValueError: it is no such word.
    """
    plain = " ".join(text.casefold().replace("_", " ").replace("-", " ").split())
    plain = plain or text.strip()  # a dash alone
    if plain in _IN:
        return True
    if plain in _OUT:
        return False
    if plain in _UNKNOWN:
        return None
    raise InvalidValueError(
        f"{shown(text)} is no consent.", fix="write opted in or opted out, or leave it empty."
    )


def opts_out(text: str) -> bool:
    """Whether the value of a column such as `Unsubscribed` says so: by a word or a time."""
    return text.strip().casefold() not in _NOT_OUT
