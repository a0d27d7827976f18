"""Chooses the transports by the settings."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from sizzle.channels.folder import FolderTransport
from sizzle.channels.settings import ChannelSettings
from sizzle.channels.sms_http import SmsGateway
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
    if settings.sms == "http":
        chosen[Channel.SMS] = SmsGateway(settings)
    for channel, how, module, transport in (
        (Channel.WEB_PUSH, settings.web_push, "web_push", "WebPushTransport"),
        (Channel.FCM, settings.fcm, "fcm", "FcmTransport"),
        (Channel.APNS, settings.apns, "apns", "ApnsTransport"),
    ):
        if how == "on":
            chosen[channel] = _push(module, transport, settings)
    return chosen


def _smtp(settings: ChannelSettings) -> Transport:
    try:
        from sizzle.channels.smtp import SmtpTransport
    except ImportError as error:
        raise InputError(
            "Mails by SMTP need the extra `mail`.", fix="pip install 'dynamic-sizzles[mail]'."
        ) from error
    return SmtpTransport(settings)


def _push(module: str, transport: str, settings: ChannelSettings) -> Transport:
    """A transport of notifications, whose libraries are an extra."""
    try:
        made = getattr(import_module(f"sizzle.channels.{module}"), transport)
    except ImportError as error:
        raise InputError(
            "Notifications need the extra `push`.", fix="pip install 'dynamic-sizzles[push]'."
        ) from error
    opened: Transport = made(settings)
    return opened
