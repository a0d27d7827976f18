"""The layout of mails: compiled as it is written, and loading nothing of others."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from sizzle.outreach.content.layouts import COMPILED, SOURCE, compiled, layout_text
from sizzle.outreach.content.phrases import LANGUAGES
from tests.outreach.content.sample_messages import BASE, MAIL_LINE, mail
from tests.programs import find_package


def test_compiled_layout_is_that_of_its_source() -> None:
    """Whoever changes the MJML compiles it again."""
    find_package("mrml")
    assert compiled(layout_text(SOURCE)) == layout_text(COMPILED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_mail_names_no_other_host(language: str) -> None:
    """Nothing is loaded from elsewhere, and no link leads there; the namespace is no address."""
    content = mail(line=replace(MAIL_LINE, language=language)).html
    addresses = set(re.findall(r"(?:https?:)?//[^\s\"'<>()]+", content))
    foreign = {address for address in addresses if not address.startswith(f"{BASE}/")}
    assert foreign == {"http://www.w3.org/1999/xhtml"}
    assert "@import" not in content
    assert "<link" not in content
    assert "<script" not in content


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_have_texts(language: str) -> None:
    """Each has an alternative text; that of the opening is empty, as it shows nothing."""
    pictures = re.findall(r"<img[^>]*>", mail(line=replace(MAIL_LINE, language=language)).html)
    texts = [re.search(r'alt="([^"]*)"', picture) for picture in pictures]
    assert [bool(text and text[1]) for text in texts] == [True] * 4 + [False]
