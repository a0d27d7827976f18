"""The editors' pages at /editor, over the endpoints of ingests."""

from sizzle.api.editor.pages import editor_routes

__all__ = ["editor_routes"]
