"""Hypothesis strategies for links."""

from __future__ import annotations

from hypothesis import strategies as st

from player_stub.streaming import Period, Trace

periods = st.lists(
    st.builds(
        Period,
        st.floats(0.01, 30),
        st.one_of(st.just(0.0), st.floats(1e4, 1e8)),
        st.floats(0, 0.5),
    ),
    min_size=1,
    max_size=12,
).filter(lambda each: sum(one.bits * one.seconds for one in each) > 1e3 * 360)
traces = periods.map(lambda each: Trace(tuple(each)))
times = st.floats(0, 1e4)
