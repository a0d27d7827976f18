"""Random members and rules, few enough values that rules meet members, hostile ones among them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

VALUES = [
    *(
        "a",
        "b",
        "Retired",
        "é",
        "日本",
        '"',
        "\\",
        "'",
        '\\"',
        '","',
        "%",
        "_",
        "",
        "a\tb",
        '"uRole',
    ),
    *("'; DROP TABLE members; --", ":p0", "$1", "?", "[]", "\n", "a\\u0022", "x" * 100),
    *(
        "2026-01-02",
        "2026-01-02T03:04:05Z",
        "2026-01-02 23:30:00-05:00",
        "2026-13-01",
        "1999-12-31",
    ),
]
NAMES = ["Role", "role", "R", 'q"uote', "back\\slash", "a=b", "'; --", ":p0", "é", "Ro"]
DATES = ["2026-01-02", "2026-01-02T03:04:05Z", "2026-01-03", "1999-12-31", "2100-01-01"]
NUMBERS = [-1.5, -0.0, 0.0, 1.0, 1e-300, 0.1 + 0.2, 0.3, 2.0**53, -(2.0**53), 1e300]
COUNTRIES = ["FR", "US", "GB"]
PLACES = [(0.0, 0.0), (48.85, 2.35), (51.5, -0.12), (-33.9, 151.2), (90.0, 0.0), (0.0, 179.9)]

_attributes = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(VALUES), min_size=1, max_size=3), max_size=4
)
_located = st.sampled_from(PLACES).map(lambda at: {"Latitude": at[0], "Longitude": at[1]})
endpoints = st.fixed_dictionaries(
    {"ChannelType": st.sampled_from(["EMAIL", "SMS", "GCM"])},
    optional={
        "Attributes": _attributes,
        "Metrics": st.dictionaries(st.sampled_from(NAMES), st.sampled_from(NUMBERS), max_size=3),
        "Demographic": st.fixed_dictionaries(
            {},
            optional={
                "Platform": st.sampled_from(["ios", "android"]),
                "Make": st.sampled_from(["Apple", '"']),
            },
        ),
        "Location": st.one_of(
            _located, st.sampled_from(COUNTRIES).map(lambda code: {"Country": code})
        ),
        "EndpointStatus": st.sampled_from(["ACTIVE", "INACTIVE"]),
    },
)
members = st.fixed_dictionaries(
    {
        "attributes": _attributes,
        "endpoints": st.lists(endpoints, max_size=3),
        # Days ago; events of endpoints count as the member's.
        "active": st.none() | st.tuples(st.sampled_from([0.5, 3, 10, 20, 40]), st.booleans()),
    }
)


def _sets(values: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "DimensionType": st.sampled_from(["INCLUSIVE", "EXCLUSIVE"]),
            "Values": st.lists(st.sampled_from(values), min_size=1, max_size=3),
        }
    )


def _attribute_dimensions() -> st.SearchStrategy[dict[str, Any]]:
    plain = st.fixed_dictionaries(
        {
            "AttributeType": st.sampled_from(["INCLUSIVE", "EXCLUSIVE", "CONTAINS"]),
            "Values": st.lists(st.sampled_from(VALUES), min_size=1, max_size=3),
        }
    )
    times = st.fixed_dictionaries(
        {
            "AttributeType": st.sampled_from(["BEFORE", "AFTER", "ON"]),
            "Values": st.lists(st.sampled_from(DATES), min_size=1, max_size=2),
        }
    )
    between = st.lists(st.sampled_from(DATES), min_size=2, max_size=2).map(
        lambda dates: {"AttributeType": "BETWEEN", "Values": sorted(dates)}
    )
    return st.dictionaries(
        st.sampled_from(NAMES), st.one_of(plain, plain, times, between), min_size=1, max_size=2
    )


_metrics = st.dictionaries(
    st.sampled_from(NAMES),
    st.fixed_dictionaries(
        {
            "ComparisonOperator": st.sampled_from(
                ["EQUAL", "GREATER_THAN", "LESS_THAN", "GREATER_THAN_OR_EQUAL",
                 "LESS_THAN_OR_EQUAL"]
            ),
            "Value": st.sampled_from(NUMBERS),
        }
    ),
    min_size=1,
    max_size=2,
)  # fmt: skip
_points = st.builds(
    lambda at, far: {
        "Coordinates": {"Latitude": at[0], "Longitude": at[1]},
        "RangeInKilometers": far,
    },
    st.sampled_from(PLACES),
    st.sampled_from([1.0, 400.0, 9000.0, 30000.0]),
)
_recency = st.fixed_dictionaries(
    {
        "Duration": st.sampled_from(["HR_24", "DAY_7", "DAY_14", "DAY_30"]),
        "RecencyType": st.sampled_from(["ACTIVE", "INACTIVE"]),
    }
)
_dimensions = st.fixed_dictionaries(
    {},
    optional={
        "Attributes": _attribute_dimensions(),
        "UserAttributes": _attribute_dimensions(),
        "Metrics": _metrics,
        "Behavior": _recency.map(lambda recency: {"Recency": recency}),
        "Demographic": st.fixed_dictionaries(
            {},
            optional={
                "Channel": _sets(["EMAIL", "SMS"]),
                "Platform": _sets(["ios", "android", "'"]),
                "Make": _sets(["Apple", '"']),
            },
        ),
        "Location": st.fixed_dictionaries(
            {}, optional={"Country": _sets(COUNTRIES), "GPSPoint": _points}
        ),
    },
)
_how = st.sampled_from(["ALL", "ANY", "NONE"])
rules = st.one_of(
    st.builds(lambda one: {"Dimensions": one}, _dimensions),
    st.builds(
        lambda groups, how: {"SegmentGroups": {"Groups": groups, "Include": how}},
        st.lists(
            st.fixed_dictionaries({"Dimensions": st.lists(_dimensions, max_size=3), "Type": _how}),
            min_size=1,
            max_size=3,
        ),
        _how,
    ),
)
