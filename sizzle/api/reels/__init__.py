"""Members' reels: composed on request, and replayed by their ids."""
