"""The layout of a Mega Asset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import gcd

from sizzle.layout.naming import Naming
from sizzle.timecode import FrameRate


@dataclass(frozen=True, slots=True)
class Layout:
    """The rule that a Mega Asset follows: the same run of clip lengths for each title.

    Attributes:
        name: its name.
        rate: of the sequence, with its drop-frame flag.
        start: the start timecode, as a frame count.
        run: the lengths of a title's clips in timeline order, in frames.
        track: the video track that holds the clips, 1 for V1.
        titles_may_differ: whether a title may lack clips of the run, or have more of a length;
            its lengths must still be the run's, in the run's order.
        transitions_allowed: whether transitions may lie over cuts.
        naming: how clips are assigned to titles.
    """

    name: str
    rate: FrameRate
    start: int
    run: tuple[int, ...]
    track: int = 1
    titles_may_differ: bool = False
    transitions_allowed: bool = False
    naming: Naming = field(default_factory=Naming)

    @staticmethod
    def parse(text: str, where: str = "layout") -> Layout:
        """Read a TOML policy.

        Raises:
            PolicyError: not TOML, or a field missing, unknown or malformed.
        """
        # Loaded only where a policy is read: pydantic takes longer than all that checks by one.
        from sizzle.layout.policy_file import read_layout

        return read_layout(text, where)

    def with_sheet(self, sheet: Mapping[str, str]) -> Layout:
        """The same layout, its sheet read: title ids by clip name."""
        return replace(self, naming=replace(self.naming, sheet=sheet))

    @property
    def fragment(self) -> int:
        """The greatest common divisor of the lengths: key frames this far apart serve all clips."""
        return gcd(*self.run)

    def describe_run(self) -> str:
        """`2 x 160, 4 x 80, 8 x 40`."""
        return ", ".join(f"{len(list(same))} x {length}" for length, same in groupby(self.run))


DEFAULT = Layout(
    name="default",
    rate=FrameRate(24000, 1001),
    start=FrameRate(24000, 1001).parse_timecode("01:00:00:00"),
    run=(160,) * 2 + (80,) * 4 + (40,) * 8,
)
