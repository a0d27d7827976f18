"""Draws contact sheets of reels."""
