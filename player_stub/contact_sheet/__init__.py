"""Draws a reel on one sheet."""
