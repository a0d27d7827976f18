"""Renders reels: packets copied where that is exact, frames encoded where it is not."""
