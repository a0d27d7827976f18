"""The file of what is promoted: TOML or JSON, whose tables are titles, assets and offers.

    [[offer]]
    id = "loan"
    title = "Secured instalment loan"
    "title.fr" = "Prêt à tempérament garanti"
    noun = "loan"
    least_age = 18
    countries = ["US"]
    topic = "credit"

    [[title]]
    id = "nocturne"
    title = "Nocturne City"
    genres = ["Crime", "Drama"]
    release_date = 2026-12-04
    price = "9.99 EUR"
    maturity = "TV-14"
    windows = { US = { start = 2026-12-04, end = 2027-12-03 } }

What is no field of the rules is a fact, and only facts may be said.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sizzle.errors import PolicyError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.content.slots import SEND_SLOTS
from sizzle.outreach.policy.maturity import maturity_age
from sizzle.outreach.vocabulary import Promoted, PromotedKind, Window
from sizzle.toml_text import read_toml

MAX_FACT: Final = 500
"""Letters of one fact."""

_RULES: Final = frozenset(
    {"id", "least_age", "maturity", "countries", "windows", "topic", "title_ids"}
)
_RESERVED: Final = SEND_SLOTS | {"reason"}
_NAME: Final = re.compile(
    r"[a-z][a-z0-9_]{0,39}(?:\.[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?", re.ASCII
)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_MAX_AGE: Final = 120
_WHAT: Final = "file of what is promoted"


def parse_promoted(text: str, where: str) -> list[Promoted]:
    """What a file promotes.

    Args:
        text: JSON where it begins with a brace, else TOML.
        where: the file, named in errors.

    Raises:
        PolicyError: the file cannot be read, or something in it is malformed.
    """
    tables = _json(text, where) if text.lstrip().startswith("{") else read_toml(text, _WHAT, where)
    found = []
    for kind, records in tables.items():
        if kind not in set(PromotedKind) or not isinstance(records, list):
            raise PolicyError(
                f"{kind!r} is no list of what may be promoted.",
                where=where,
                fix="write [[title]], [[asset]] or [[offer]] before each.",
            )
        found += [_promoted(kind, record, where) for record in records]
    _refuse_twice(found, where)
    return found


def promoted_source(promoted: Promoted) -> str:
    """A file of one thing, as JSON, that `parse_promoted` reads as the same."""
    windows = {
        country: {
            edge: day.isoformat()
            for edge, day in (("start", window.start), ("end", window.end))
            if day is not None
        }
        for country, window in promoted.windows.items()
    }
    rules = {
        "least_age": promoted.least_age,
        "maturity": promoted.maturity,
        "countries": sorted(promoted.countries),
        "windows": windows,
        "topic": promoted.topic,
        "title_ids": sorted(promoted.title_ids),
    }
    is_said = {name: value for name, value in rules.items() if value or name == "least_age"}
    record = {"id": promoted.id, **promoted.facts, **is_said}
    return json.dumps({str(promoted.kind): [record]}, indent=2, ensure_ascii=False)


def _json(text: str, where: str) -> dict[str, Any]:
    try:
        tables = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyError(
            f"The {_WHAT} is not valid JSON: {error}.", where=where, fix="correct its syntax."
        ) from None
    assert isinstance(tables, dict)  # it begins with a brace
    return tables


def _promoted(kind: str, record: object, where: str) -> Promoted:
    if not isinstance(record, dict) or not _is_id(record.get("id")):
        raise PolicyError(
            f"A {kind} has no id of 1 to {MAX_ID_LENGTH} printable letters.",
            where=where,
            fix='give it one, such as id = "nocturne".',
        )
    where = f"{where}, {kind} {record['id']}"
    facts = {
        name: _fact(name, value, where) for name, value in record.items() if name not in _RULES
    }
    if "title" not in facts:
        raise PolicyError("It has no title.", where=where, fix="say what it is called, as title.")
    maturity = _text(record, "maturity", where)
    if maturity and maturity_age(maturity) is None:
        raise PolicyError(
            f"{maturity!r} is a rating of no known age.",
            where=where,
            fix="use one such as TV-14, PG-13, FSK 16 or 18+.",
        )
    if maturity:
        facts.setdefault("rating", maturity)
    return Promoted(
        PromotedKind(kind),
        record["id"],
        facts,
        _least_age(kind, record, where),
        maturity,
        frozenset(_country(each, where) for each in _list(record, "countries", where)),
        _windows(record.get("windows", {}), where),
        _text(record, "topic", where),
        _title_ids(kind, record, where),
    )


def _is_id(value: object) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_ID_LENGTH
        and re.fullmatch(PRINTABLE, value) is not None
    )


def _fact(name: str, value: object, where: str) -> str:
    if not _NAME.fullmatch(name) or name.partition(".")[0] in _RESERVED:
        raise PolicyError(
            f"{name[:60]!r} cannot be the name of a fact.",
            where=where,
            fix=f"use small letters, and none of {', '.join(sorted(_RESERVED))}.",
        )
    if isinstance(value, list):
        text = ", ".join(_fact(name, each, where) for each in value)
    elif isinstance(value, date):
        text = value.isoformat()
    elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
        text = str(value)
    else:
        raise PolicyError(
            f"The fact {name} is no text, number, date or list of these.",
            where=where,
            fix="write it as a text.",
        )
    if not text.strip() or len(text) > MAX_FACT or not re.fullmatch(PRINTABLE, text):
        raise PolicyError(
            f"The fact {name} is empty, longer than {MAX_FACT} letters, or not printable.",
            where=where,
            fix="write it as one line of text.",
        )
    return text


def _least_age(kind: str, record: Mapping[str, Any], where: str) -> int:
    age = record.get("least_age", None if kind == PromotedKind.OFFER else 0)
    if not isinstance(age, int) or isinstance(age, bool) or not 0 <= age <= _MAX_AGE:
        raise PolicyError(
            f"Its least_age is {age!r}; an offer has to say one.",
            where=where,
            fix="give the age in years from which it is for people; 0 for everybody.",
        )
    return age


def _text(record: Mapping[str, Any], name: str, where: str) -> str:
    value = record.get(name, "")
    if (
        not isinstance(value, str)
        or len(value) > MAX_ID_LENGTH
        or not re.fullmatch(PRINTABLE, value)
    ):
        raise PolicyError(f"Its {name} is {value!r:.60}.", where=where, fix="write a short text.")
    return value


def _title_ids(kind: str, record: Mapping[str, Any], where: str) -> frozenset[str]:
    ids = list(_list(record, "title_ids", where))
    if (ids and kind != PromotedKind.ASSET) or not all(map(_is_id, ids)):
        raise PolicyError(
            f"The title_ids of a {kind} are not ids of titles in an asset.",
            where=where,
            fix='only an asset has them: title_ids = ["nocturne", "harbor"].',
        )
    return frozenset(map(str, ids))


def _list(record: Mapping[str, Any], name: str, where: str) -> Iterable[object]:
    value = record.get(name, ())
    if not isinstance(value, (list, tuple)):
        raise PolicyError(
            f"Its {name} are no list.", where=where, fix=f'write {name} = ["one", "another"].'
        )
    return value


def _country(value: object, where: str) -> str:
    if not isinstance(value, str) or not _COUNTRY.fullmatch(value):
        raise PolicyError(
            f"{value!r:.40} is no country.", where=where, fix="use two capital letters, such as FR."
        )
    return value


def _windows(value: object, where: str) -> dict[str, Window]:
    if not isinstance(value, dict):
        raise PolicyError(
            "Its windows are no table.",
            where=where,
            fix="write windows = { US = { start = 2026-12-04 } }, with * for all other countries.",
        )
    return {
        name if name == "*" else _country(name, where): _window(name, days, where)
        for name, days in value.items()
    }


def _window(name: str, value: object, where: str) -> Window:
    days = value if isinstance(value, dict) else {"": value}
    if not set(days) <= {"start", "end"}:
        raise PolicyError(
            f"The window of {name} has more than start and end.",
            where=where,
            fix="write { start = 2026-12-04, end = 2027-12-03 }.",
        )
    window = Window(*(_day(days.get(edge), where) for edge in ("start", "end")))
    if window.start and window.end and window.end < window.start:
        raise PolicyError(
            f"The window of {name} ends before it starts.", where=where, fix="swap its days."
        )
    return window


def _day(value: object, where: str) -> date | None:
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise PolicyError(
            f"{value!r:.40} is no day.", where=where, fix="write it as 2026-12-04."
        ) from None


def _refuse_twice(found: list[Promoted], where: str) -> None:
    for (kind, promoted_id), count in Counter((each.kind, each.id) for each in found).items():
        if count > 1:
            raise PolicyError(
                f"The {kind} {promoted_id!r} is there twice.", where=where, fix="remove one."
            )
