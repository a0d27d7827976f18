"""The command that prints the key for browsers' subscriptions."""

from __future__ import annotations

from sizzle.cli.output import say
from sizzle.cli.outreach import outreach_app


@outreach_app.command("push-key")
def push_key() -> None:
    """Print the public key with which a web page subscribes to notifications.

    Example: `SIZZLE_OUTREACH_VAPID_KEY=vapid.pem sizzle outreach push-key`
    """
    from sizzle.sending.push_key import push_key as public_key
    from sizzle.sending.settings import SendingSettings

    say(public_key(SendingSettings.read()))
