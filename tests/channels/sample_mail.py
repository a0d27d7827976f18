"""A mail to hand over."""

from __future__ import annotations

from sizzle.outreach.content.messages import MailMessage


def mail(number: int, recipient: str = "") -> MailMessage:
    """A mail of its own send and recipient."""
    send_id = f"send-{number}"
    return MailMessage(
        send_id=send_id,
        message_id=f"<{send_id}@example.org>",
        recipient=recipient or f"member-{number}@example.com",
        sender="sizzle@example.org",
        sender_name="Sizzle",
        reply_to="",
        subject="Nouveau : la cité de l'aurore",
        language="fr",
        text="Ce soir à 21 h.\n.\nÀ bientôt",
        html="<p>Ce soir</p>",
        unsubscribe=f"https://example.org/u/{send_id}",
    )
