"""Tags of languages."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from sizzle.outreach.normalise.errors import InvalidValueError, shown
from sizzle.outreach.normalise.names import country_names, language_names

_OF_SYSTEM: Final = re.compile(r"[.@][\w@.-]*$")  # `de_DE.UTF-8@euro`


@lru_cache(10_000)
def language_tag(text: str) -> str:
    """A language's BCP 47 tag in its usual form, such as zh-Hant-TW for zh_hant_tw.

    Names are read too, such as `English (UK)`, `Deutsch` or `日本語`, and locales of systems, such
    as `de_DE.UTF-8`.

    Raises:
        InvalidValueError: it is none.
    """
    plain = _OF_SYSTEM.sub("", text.strip())
    found = _valid(plain) or _named(plain.casefold())
    if found:
        return found
    raise InvalidValueError(
        f"{shown(text.strip())} is not a language.", fix="write its BCP 47 tag, as fr or pt-BR."
    )


def _valid(text: str) -> str:
    """The tag in its usual form; empty where it is none."""
    import langcodes  # 3 MB that a service which only ranks does not need
    from langcodes.tag_parser import LanguageTagError

    try:
        tag = langcodes.standardize_tag(text)
        return tag if langcodes.tag_is_valid(tag) and not tag.startswith(("und", "x-")) else ""
    except (LanguageTagError, ValueError):
        return ""


def _named(name: str) -> str:
    """The tag of a language's name, with the country behind it in brackets; empty for none."""
    language, _, place = name.partition("(")
    tag = language_names().get(name) or language_names().get(language.strip(), "")
    if not tag or name in language_names() or not place:
        return _valid(tag) if tag else ""
    country = country_names().get(place.strip(" )")) or place.strip(" )")
    return _valid(f"{tag}-{country}") or _valid(tag)


def standard_tag(tag: str) -> str:
    """A tag that was found to be well formed, in its usual form."""
    from langcodes import standardize_tag

    return standardize_tag(tag)
