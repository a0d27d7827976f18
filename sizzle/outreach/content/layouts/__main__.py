"""Prints the layout of mails, compiled."""

from __future__ import annotations

import sys

from sizzle.outreach.content.layouts import SOURCE, compiled, layout_text

if __name__ == "__main__":
    sys.stdout.write(compiled(layout_text(SOURCE)))
