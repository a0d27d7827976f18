"""Tags of languages."""

from __future__ import annotations

from functools import lru_cache

from sizzle.outreach.normalise.errors import InvalidValueError, shown


@lru_cache(10_000)
def language_tag(text: str) -> str:
    """A language's BCP 47 tag in its usual form, such as zh-Hant-TW for zh_hant_tw.

    Raises:
        InvalidValueError: it is none.
    """
    import langcodes  # 3 MB that a service which only ranks does not need
    from langcodes.tag_parser import LanguageTagError

    try:
        tag = langcodes.standardize_tag(text.strip())
        if langcodes.tag_is_valid(tag) and not tag.startswith(("und", "x-")):
            return tag
    except (LanguageTagError, ValueError):
        pass
    raise InvalidValueError(
        f"{shown(text.strip())} is not a language.", fix="write its BCP 47 tag, as fr or pt-BR."
    )


def standard_tag(tag: str) -> str:
    """A tag that was found to be well formed, in its usual form."""
    from langcodes import standardize_tag

    return standardize_tag(tag)
