"""Rules as people type them."""

from __future__ import annotations

import json

import pytest

from sizzle.outreach.segments.rule import MAX_DIMENSIONS, InvalidSegmentError, Rule
from sizzle.outreach.segments.rule_text import (
    EVERYBODY,
    CommonRule,
    RuleTextError,
    read_rule_text,
    rule_text,
)

COMMON = CommonRule(("FR",), ("fr", "en"), ("iOS",), ("EMAIL",), "Genre", ("Crime",), "DAY_7")


def test_a_rule_is_written_as_it_is_read() -> None:
    """Whatever it asks."""
    for text in (EVERYBODY, COMMON.added_to(EVERYBODY)):
        assert read_rule_text(rule_text(read_rule_text(text))) == read_rule_text(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"Dimensions": {\n\n"Location": ', 3),
        ('{"Dimensions": {\n "Location": {\n  "Country": {"Values": 5}}}}', 3),
        ('{"Dimensions": {\n "Metrics": {"x":\n {"Value": 1}}}}', 2),
        ("[]", 1),
        ("[" * 100_000, 0),
        ('{"Dimensions": {\n"Location": {},\n"Metrics": {},\n"Location": {}}}', 4),
        ('{"Name": "Name",\n"Dimensions": {"Name": 1}, "\\u004eame": "x"}', 2),
        ('{"Dimensions": {}, "SegmentGroups": {"Groups": [{}]}}', 0),
    ],
)
def test_what_is_wrong_has_its_line(text: str, line: int) -> None:
    """The line of the part that is wrong; none where it is the whole."""
    with pytest.raises(RuleTextError) as raised:
        read_rule_text(text)
    assert raised.value.line == line
    assert raised.value.fix


def test_common_rules_join_what_is_there() -> None:
    """In a rule of dimensions they are more of them, in one of groups another group."""
    text = '{"Dimensions": {"UserAttributes": {"plan": {"Values": ["basic"]}}}}'
    joined = json.loads(COMMON.added_to(text))["Dimensions"]
    assert set(joined["UserAttributes"]) == {"plan", "country", "language", "Genre"}
    assert set(joined["Demographic"]) == {"Platform", "Channel"}
    groups = '{"SegmentGroups": {"Groups": [{"SourceSegments": [{"Id": "a"}]}]}}'
    rule = read_rule_text(COMMON.added_to(groups))
    assert len(rule.groups.groups) == 2
    assert CommonRule().added_to(groups) == groups
    assert read_rule_text('{"Name": "x", "Dimensions": {}}') == Rule.read({"Dimensions": {}})


def test_a_rule_as_pinpoint_prints_it() -> None:
    """What its answers say beside the rule is left out; an imported segment has no rule."""
    rule = {
        "Dimensions": {"Location": {"Country": {"DimensionType": "INCLUSIVE", "Values": ["US"]}}}
    }
    about = {"ApplicationId": "a", "Id": "1", "Name": "n", "SegmentType": "DIMENSIONAL", "tags": {}}
    for printed in ({**about, **rule}, {"SegmentResponse": {**about, **rule, "Version": 1}}):
        assert Rule.read(printed) == Rule.read(rule)
    with pytest.raises(InvalidSegmentError, match="its members are in a file"):
        Rule.read({"Name": "n", "SegmentType": "IMPORT", "ImportDefinition": {}, "Dimensions": {}})


def test_a_rule_has_a_hundred_dimensions() -> None:
    """As in Pinpoint, however they are divided into sets; one more is refused."""
    one = {"UserAttributes": {"a": {"AttributeType": "INCLUSIVE", "Values": ["x"]}}}
    for count in (100, 101):
        groups = {"SegmentGroups": {"Groups": [{"Type": "ANY", "Dimensions": [one] * count}]}}
        if count == MAX_DIMENSIONS:
            Rule.read(groups)
        else:
            with pytest.raises(InvalidSegmentError, match="101 dimensions"):
                Rule.read(groups)
