"""The open pages behind the links in messages: a reel, unsubscription, and a mail's opening.

GET, HEAD /r/{token}        plays the reel of a send, for ever
GET, HEAD /u/{token}        asks whether to unsubscribe, and changes nothing
POST      /u/{token}        unsubscribes (RFC 8058)
GET, HEAD /o/{token}.gif    tells that a mail was opened
"""

from sizzle.api.public_links.routes import public_link_routes
from sizzle.api.public_links.service import PublicLinks, ReelSources

__all__ = ["PublicLinks", "ReelSources", "public_link_routes"]
