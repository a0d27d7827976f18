"""Chooses the transports by the settings."""

from __future__ import annotations

from collections.abc import Mapping

from sizzle.channels.folder import FolderTransport
from sizzle.channels.settings import ChannelSettings
from sizzle.channels.transport import Transport
from sizzle.errors import InputError
from sizzle.outreach.vocabulary import Channel


def open_transports(settings: ChannelSettings) -> Mapping[Channel, Transport]:
    """The transport of each channel; the folder takes those that have no other.

    Nothing is connected yet.

    Raises:
        InputError: an extra that is not installed, or a file that cannot be read.
    """
    folder = FolderTransport(settings.folder)
    chosen: dict[Channel, Transport] = dict.fromkeys(Channel, folder)
    if settings.email == "smtp":
        chosen[Channel.EMAIL] = _smtp(settings)
    return chosen


def _smtp(settings: ChannelSettings) -> Transport:
    try:
        from sizzle.channels.smtp import SmtpTransport
    except ImportError as error:
        raise InputError(
            "Mails by SMTP need the extra `mail`.", fix="pip install 'dynamic-sizzles[mail]'."
        ) from error
    return SmtpTransport(settings)
