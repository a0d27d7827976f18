"""The key by which browsers subscribe to our notifications."""

from __future__ import annotations

from sizzle.channels.settings import ChannelSettings
from sizzle.errors import InputError


def push_key(settings: ChannelSettings) -> str:
    """The public key, as `applicationServerKey` of `PushManager.subscribe` wants it.

    Raises:
        InputError: there is none, or the extra is not installed.
    """
    try:
        from sizzle.channels.web_push import public_text, vapid_key
    except ImportError as error:
        raise InputError(
            "Notifications need the extra `push`.", fix="pip install 'dynamic-sizzles[push]'."
        ) from error
    return public_text(vapid_key(settings.vapid_key))
