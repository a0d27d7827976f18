"""The page that documents every rule, written from the rules themselves and findings of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sizzle.layout import Finding, Rule

_INTRODUCTION = """\
<!-- Written by `python -m fixtures.rules_page` from the code; edit that instead. -->

# Rules

The rules that `sizzle validate` and `sizzle ingest` check. An **error** stops publication; a
**warning** does not, since it may be intended. Each finding has its rule, its position (sequence
timecode, track, clip), what was expected, what was found, and the fix.
"""


def rules_page(groups: Mapping[str, Iterable[Rule]], examples: Mapping[str, Finding]) -> str:
    """The page in Markdown.

    Args:
        groups: the rules under each heading, in order.
        examples: a finding of each rule, by rule id. A rule without one is shown without.
    """
    parts = [_INTRODUCTION]
    for heading, rules in groups.items():
        listed = list(rules)
        parts += [f"## {heading}\n", _contents(listed)]
        parts += ["\n".join(_section(rule, examples.get(rule.rule_id))) for rule in listed]
    return "\n".join(parts)


def _contents(rules: Iterable[Rule]) -> str:
    rows = [
        f"| [{rule.rule_id}](#{rule.rule_id}) | {rule.severity} | {_cell(rule.requirement)} |"
        for rule in rules
    ]
    return "\n".join(["| rule | severity | requirement |", "| --- | --- | --- |", *rows, ""])


def _section(rule: Rule, example: Finding | None) -> Iterator[str]:
    yield f"### {rule.rule_id}\n"
    yield f"**{_text(rule.requirement)}** ({rule.severity})\n"
    yield f"Why: {_text(rule.why)}\n"
    if example:
        yield "| example | |"
        yield "| --- | --- |"
        for name, value in _facts(example):
            yield f"| {name} | {_cell(value)} |"
        yield ""


def _facts(finding: Finding) -> Iterator[tuple[str, str]]:
    track = f"V{finding.track}" if finding.track else ""
    yield "position", ", ".join(part for part in (finding.timecode, track, finding.clip) if part)
    yield "expected", finding.expected
    yield "found", finding.found
    yield "fix", finding.fix


def _cell(text: str) -> str:
    """A text that stays in its cell of a table."""
    return _text(text).replace("|", "\\|")


def _text(text: str) -> str:
    """A text for Markdown; code between backticks is left alone."""
    parts = text.split("`")
    parts[::2] = [part.replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts)
