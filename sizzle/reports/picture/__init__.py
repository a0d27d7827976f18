"""A picture of a timeline with its findings on it, as a PNG."""

from sizzle.reports.picture.sheet import draw_picture, write_picture

__all__ = ["draw_picture", "write_picture"]
