"""Who fetched an address: by agents as they were recorded."""

from __future__ import annotations

import pytest

from sizzle.outreach.fetches import Fetch, FetchLabel, label_of

RECORDED = {
    FetchLabel.PROXY: (
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "Mozilla/5.0",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
    ),
    FetchLabel.PREFETCH: (
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "WhatsApp/2.23.20.0 A",
        "TelegramBot (like TwitterBot)",
        "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
        "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/103.0.5060.134 Safari/537.36 Edg/103.0.1264.77 BingPreview/1.0b",
    ),
    FetchLabel.SCANNER: (
        "",
        "python-requests/2.31.0",
        "curl/7.88.1",
        "Go-http-client/1.1",
        "Barracuda Sentinel (EE)",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "HeadlessChrome/120.0.0.0 Safari/537.36",
        "Apache-HttpClient/4.5.13 (Java/1.8.0_282)",
    ),
    FetchLabel.HUMAN: (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
        "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
        "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0",
        "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)",
        "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/131.0.0.0 Mobile Safari/537.36",
    ),
}


@pytest.mark.parametrize(
    ("label", "agent"), [(label, agent) for label, agents in RECORDED.items() for agent in agents]
)
def test_recorded_agents(label: FetchLabel, agent: str) -> None:
    """Mail services, messengers, scanners and people's browsers and mail programs."""
    assert label_of(Fetch("GET", {"user-agent": agent}, 3600.0)) is label


@pytest.mark.parametrize("name", ["sec-purpose", "purpose", "x-moz", "x-purpose"])
def test_prefetch(name: str) -> None:
    """A browser says that it loads a page in case somebody wants it."""
    headers = {"user-agent": RECORDED[FetchLabel.HUMAN][1], name: "prefetch;prerender"}
    assert label_of(Fetch("GET", headers, 3600.0)) is FetchLabel.PREFETCH


@pytest.mark.parametrize(("method", "age"), [("HEAD", 3600.0), ("GET", 0.5), ("GET", 1.9)])
def test_no_person_is_so_fast_or_asks_for_the_head(method: str, age: float) -> None:
    """Whatever the agent calls itself."""
    fetch = Fetch(method, {"user-agent": RECORDED[FetchLabel.HUMAN][0]}, age)
    assert label_of(fetch) is FetchLabel.SCANNER
