"""Reels: ranking + index + cadence -> cuts, and their wire form, the timecode list."""

from sizzle.reel.assemble import assemble
from sizzle.reel.model import Cut, Reel
from sizzle.reel.timecode_list import TimecodeList, to_timecode_list

__all__ = ["Cut", "Reel", "TimecodeList", "assemble", "to_timecode_list"]
