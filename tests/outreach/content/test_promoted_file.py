"""The file of what is promoted: what it says is kept, and what is malformed is named."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.errors import PolicyError
from sizzle.outreach.content.facts import closest_language, facts_in
from sizzle.outreach.content.promoted_file import parse_promoted, promoted_source
from sizzle.outreach.content.promoted_json import (
    promoted_digest,
    promoted_of_json,
    promoted_to_json,
)
from sizzle.outreach.vocabulary import Promoted, PromotedKind, Window

FILE = """
[[offer]]
id = "loan"
title = "Secured instalment loan"
"title.fr" = "Prêt garanti"
noun = "loan"
least_age = 18
countries = ["US", "FR"]
topic = "credit"

[[title]]
id = "nocturne"
title = "Nocturne City"
genres = ["Crime", "Drama"]
kind = "series"
release_date = 2026-12-04
price = "9.99 EUR"
seasons = 2
maturity = "TV-14"
windows = { US = { start = 2026-12-04, end = 2027-12-03 }, "*" = {} }
"""


def test_an_asset_names_its_titles() -> None:
    """Only an asset, and by ids; without them its JSON is as before, so that approvals hold."""
    text = '[[asset]]\nid = "trailer"\ntitle = "T"\ntitle_ids = ["b", "a"]'
    (asset,) = parse_promoted(text, "facts")
    assert asset.title_ids == {"a", "b"}
    assert parse_promoted(promoted_source(asset), "facts") == [asset]
    assert promoted_of_json(promoted_to_json(asset)) == asset
    assert "title_ids" not in promoted_to_json(replace(asset, title_ids=frozenset()))
    for wrong in (text.replace("asset", "title"), text.replace('["b", "a"]', '"a"'),
                  text.replace('"b"', "5")):  # fmt: skip
        with pytest.raises(PolicyError, match="title_ids"):
            parse_promoted(wrong, "facts")


def test_a_file_is_read_whole() -> None:
    """Rules are rules, all else is a fact; JSON with the same content is the same."""
    loan, title = parse_promoted(FILE, "f.toml")
    assert (loan.kind, loan.id, loan.least_age) == (PromotedKind.OFFER, "loan", 18)
    assert loan.countries == {"US", "FR"}
    assert loan.topic == "credit"
    assert title.windows == {
        "US": Window(date(2026, 12, 4), date(2027, 12, 3)),
        "*": Window(None, None),
    }
    assert title.facts["rating"] == "TV-14"
    assert title.facts["seasons"] == "2"
    as_json = {"offer": [{"id": "loan", **loan.facts, "least_age": 18, "countries": ["US", "FR"]}]}
    (again,) = parse_promoted(
        json.dumps({"offer": [{**as_json["offer"][0], "topic": "credit"}]}), ""
    )
    assert again == loan
    assert promoted_digest(again) == promoted_digest(loan)
    assert promoted_of_json(promoted_to_json(title)) == title


def test_facts_are_said_as_a_language_says_them() -> None:
    """Dates, prices, genres and kinds; a language's own title; what is not known stays."""
    loan, title = parse_promoted(FILE, "f.toml")
    french = facts_in(title, "fr", "genres:Crime")
    assert french["release_date"] == "4 décembre 2026"
    assert french["price"] == "9,99 €"
    assert (french["genres"], french["kind"]) == ("policier et drame", "série")
    assert french["reason"] == "policier"
    assert facts_in(title, "ja")["release_date"] == "2026年12月4日"
    assert facts_in(loan, "fr-CA")["title"] == "Prêt garanti"
    assert facts_in(loan, "es")["title"] == "Secured instalment loan"
    assert facts_in(Promoted(PromotedKind.ASSET, "x", {"genres": "Oddity"}), "xx") == {
        "genres": "Oddity",
        "title": "x",
    }


@pytest.mark.parametrize(
    ("wanted", "found"), [("es-MX", "es"), ("ca", None), ("zh-TW", "zh-Hant"), ("?", None)]
)
def test_close_languages(wanted: str, found: str | None) -> None:
    """Read by the same people, or not; what is no tag is no language."""
    assert closest_language(wanted, ["es", "zh-Hant", "en-GB"]) == found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[title]", "not valid TOML"),
        ("{", "not valid JSON"),
        ("[[film]]\nid = 'a'", "'film' is no list"),
        ("title = 'a'", "'title' is no list"),
        ("[[title]]\ntitle = 'a'", "no id"),
        ("[[title]]\nid = 'a'", "no title"),
        ("[[title]]\nid = 'a\\nb'\ntitle = 'a'", None),
        ("[[title]]\nid = 'a'\ntitle = ''", "fact title is empty"),
        ('[[title]]\nid = "a"\ntitle = "a\\nb"', "not printable"),
        ('[[title]]\nid = "a"\ntitle = "a\\u202eb"', "not printable"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nlink = 'x'", "'link' cannot be"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nA = 'x'", "'A' cannot be"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nx = {}", "fact x is no text"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nx = true", "fact x is no text"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nmaturity = 'BANANA'", "no known age"),
        ("[[offer]]\nid = 'a'\ntitle = 'a'", "has to say one"),
        ("[[offer]]\nid = 'a'\ntitle = 'a'\nleast_age = true", "least_age is True"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\ncountries = 'US'", "countries are no list"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\ncountries = ['USA']", "'USA' is no country"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nwindows = {US = {until = 1}}", "more than start"),
        ("[[title]]\nid = 'a'\ntitle = 'a'\nwindows = {US = {start = 'soon'}}", "'soon' is no day"),
        (
            "[[title]]\nid = 'a'\ntitle = 'a'\n"
            "windows = {US = {start = 2027-01-01, end = 2026-01-01}}",
            "ends before",
        ),
        ("[[title]]\nid = 'a'\ntitle = 'a'\n[[title]]\nid = 'a'\ntitle = 'b'", "there twice"),
    ],
)  # fmt: skip
def test_what_is_malformed_is_named(text: str, message: str | None) -> None:
    """With the file, the thing and how to mend it."""
    if message is None:  # a literal string of TOML has no line breaks: it is a printable id
        assert parse_promoted(text, "f")[0].id == "a\\nb"
        return
    with pytest.raises(PolicyError, match=message) as error:
        parse_promoted(text, "f.toml")
    assert "f.toml" in error.value.where
    assert error.value.fix


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["id", "title", "windows", "least_age", "x"]), inner)
        ),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    """Whatever a file has under a kind, it is read or refused with a PolicyError."""
    try:
        found = parse_promoted(json.dumps({"title": [value], "offer": value}), "f")
    except PolicyError:
        return
    assert all(isinstance(promoted, Promoted) for promoted in found)
