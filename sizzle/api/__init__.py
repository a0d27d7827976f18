"""The HTTP service: members' reels as timecode lists."""
