"""Transports of messages. Only `sizzle.sending` may import them: there is one way out."""

from sizzle.channels.chooser import open_transports
from sizzle.channels.settings import ChannelSettings
from sizzle.channels.transport import Transport

__all__ = ["ChannelSettings", "Transport", "open_transports"]
