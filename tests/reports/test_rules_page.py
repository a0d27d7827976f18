"""The page of rules: what is committed is what the code says, and it leaves no rule out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from fixtures.rules_page import PAGE, examples, page
from sizzle.layout import RULES, Finding
from sizzle.reports import ALL_RULES, rules_page

WRITTEN = PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def found() -> Mapping[str, Finding]:
    """A finding of each rule."""
    return examples()


def test_the_committed_page_is_what_the_code_says(found: Mapping[str, Finding]) -> None:
    """Else: `python -m fixtures.rules_page`."""
    assert page(found) == WRITTEN


@pytest.mark.parametrize("rule_id", ALL_RULES)
def test_every_rule_is_documented(found: Mapping[str, Finding], rule_id: str) -> None:
    """Under a heading that links and log files point to, with a finding that a check gave."""
    rule, example = ALL_RULES[rule_id], found[rule_id]
    assert f"](#{rule_id}) | {rule.severity} |" in WRITTEN
    section = WRITTEN.split(f"\n### {rule_id}\n")[1].split("\n### ")[0]
    assert rule.why in section
    assert example.timecode in section
    assert example.rule == rule_id


def test_no_name_is_taken_for_markup(found: Mapping[str, Finding]) -> None:
    """Angle brackets and bars are shown, not read as tags and cells."""
    code_taken_out = re.sub(r"`[^`]*`|<!--.*?-->", "", WRITTEN)
    assert "<" not in code_taken_out
    odd = replace(found["gap"], found="a | b <c>")
    assert "| found | a \\| b &lt;c> |" in rules_page({"Rules": [RULES["gap"]]}, {"gap": odd})
