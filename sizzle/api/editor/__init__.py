"""The editors' pages at /editor, over the endpoints of ingests."""

from sizzle.api.editor.pages import add_editor

__all__ = ["add_editor"]
