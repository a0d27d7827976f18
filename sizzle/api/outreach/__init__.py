"""Routes of outreach: members, segments, lines, campaigns and messages."""
