"""The default layout, as a policy file has it."""

POLICY = """
name = "default"
rate = "23.976"
start_timecode = "01:00:00:00"
clips = ["2x160", "4x80", "8x40"]
"""
