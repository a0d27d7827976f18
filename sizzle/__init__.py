"""Personal sizzle reels: timecode lists into one Mega Asset, made per member in real time."""

__version__ = "0.2.0"
