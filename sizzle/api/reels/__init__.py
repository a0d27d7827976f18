"""Members' reels: asked for, answered, and replayed by their ids."""
