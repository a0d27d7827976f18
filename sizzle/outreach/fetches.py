"""Who fetched an address of a message: a person, or a program on the way to one.

Nothing is dropped: each fetch is recorded with its label and the version of the rule that gave it,
and figures show both. Labels are no proof; what decides is whether a reel was played.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

RULE_VERSION: Final = "2"
"""Raised whenever the rule would label a fetch otherwise."""

TOO_SOON: Final = 2.0
"""Seconds after a message was handed over, in which no person can have opened it."""


class FetchLabel(StrEnum):
    """What probably made a fetch."""

    HUMAN = "human"
    # A mail service that loads pictures for its users, sometimes before they open the mail.
    PROXY = "proxy"
    # A program that follows links in search of malware, or any other robot.
    SCANNER = "scanner"
    # A browser or messenger that loads a page in case somebody wants it, or to show a preview.
    PREFETCH = "prefetch"


@dataclass(frozen=True, slots=True)
class Fetch:
    """A request for an address of a message.

    Attributes:
        headers: by their names in lower case.
        age: seconds since the message was handed over; None where that is not known.
    """

    method: str
    headers: Mapping[str, str]
    age: float | None = None


_PROXIES: Final = re.compile(
    r"GoogleImageProxy|ggpht\.com|YahooMailProxy|YahooCacheSystem|OutlookImageProxy|"
    r"DuckDuckGo-?(Image)?Proxy|ProtonMail|Superhuman|FastmailImageProxy",
    re.IGNORECASE,
)
# Apple's Mail Privacy Protection sends this and nothing else.
_APPLE_PRIVACY: Final = "Mozilla/5.0"
_PREVIEWS: Final = re.compile(
    r"facebookexternalhit|Facebot|Twitterbot|Slackbot|Slack-ImgProxy|WhatsApp/|TelegramBot|"
    r"Discordbot|LinkedInBot|SkypeUriPreview|Google-PageRenderer|Iframely|Embedly|Applebot|"
    r"BingPreview|redditbot|Viber|Line-?Preview|vkShare|Mattermost-Bot",
    re.IGNORECASE,
)
_SCANNERS: Final = re.compile(
    r"bot\b|crawl|spider|scan|preview|Barracuda|Mimecast|Proofpoint|Symantec|MessageLabs|"
    r"Trend ?Micro|Sophos|FireEye|Cloudmark|Forcepoint|SafeLinks|urldefense|VirusTotal|"
    r"HeadlessChrome|PhantomJS|Puppeteer|Playwright|Selenium|"
    r"^(curl|Wget|python|Go-http-client|Java/|okhttp|libwww-perl|Ruby|axios|node|PostmanRuntime|"
    r"Apache-HttpClient|Dalvik/1|HTTPie|aiohttp)",
    re.IGNORECASE,
)
_PURPOSES: Final = ("sec-purpose", "purpose", "x-purpose", "x-moz")


def label_of(fetch: Fetch) -> FetchLabel:
    """What probably made a fetch, by rule `RULE_VERSION`."""
    agent = fetch.headers.get("user-agent", "").strip()
    if any(re.search("prefetch|preview", fetch.headers.get(name, "")) for name in _PURPOSES):
        return FetchLabel.PREFETCH
    if _PROXIES.search(agent) or agent == _APPLE_PRIVACY:
        return FetchLabel.PROXY
    if _PREVIEWS.search(agent):
        return FetchLabel.PREFETCH
    if fetch.method not in ("GET", "POST") or not agent or _SCANNERS.search(agent):
        return FetchLabel.SCANNER
    if fetch.age is not None and fetch.age < TOO_SOON:
        return FetchLabel.SCANNER
    return FetchLabel.HUMAN
