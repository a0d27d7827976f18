"""Bedrock's Converse through boto3 itself, against a server on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from sizzle.errors import InputError
from sizzle.outreach.content.facts import facts_in
from sizzle.outreach.vocabulary import Channel
from sizzle.writers import BrokenAnswerError, Decision, WriterError, WritingRequest
from sizzle.writers.bedrock import BedrockWriter
from sizzle.writers.choosing import WriterSettings, choose_writer
from tests.outreach.samples import SERIES
from tests.writers.completion_server import (
    completions,
    endless,
    endless_headers,
    never_ending,
    send,
)

ASK = WritingRequest(
    SERIES.kind, SERIES.id, facts_in(SERIES, "en"), "", "en", Channel.EMAIL, "Short."
)
WRITTEN = {
    "decision": "write",
    "language": "en",
    "subject": "{title}",
    "text": "Here.",
    "used": ["title"],
}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def reply(stop: str, *content: dict[str, Any]) -> bytes:
    """An answer of Converse."""
    message = {"role": "assistant", "content": list(content)}
    usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
    whole = {"output": {"message": message}, "stopReason": stop, "usage": usage}
    return json.dumps({**whole, "metrics": {"latencyMs": 1}}).encode()


def test_converse() -> None:
    """A tool's input is the answer; refusals, cut-off texts and errors are told apart."""
    tool = {"toolUse": {"toolUseId": "t", "name": "draft", "input": WRITTEN}}
    replies = [
        (200, reply("tool_use", tool)),
        (200, reply("guardrail_intervened", {"text": "No."})),
        (200, reply("max_tokens", {"text": "{"})),
        (429, b'{"message": "Too many"}'),
        (200, reply("end_turn", {"text": "A better prompt."})),
    ]

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, body = replies.pop(0)
        headers = {"content_type": "application/json", "x_amzn_RequestId": "r-1"}
        if status == 429:
            headers |= {"x_amzn_ErrorType": "ThrottlingException", "retry_after": "3"}
        send(handler, status, body, **headers)

    with completions(answer) as server:
        writer = BedrockWriter("some.model", server.url.removesuffix("/v1"))
        found = writer.write(ASK, "Write {language}.")
        assert (found.decision, found.text, found.provider_id) == (Decision.WRITE, "Here.", "r-1")
        assert writer.write(ASK, "Write.").decision is Decision.REFUSE
        with pytest.raises(BrokenAnswerError, match="cut off"):
            writer.write(ASK, "Write.")
        with pytest.raises(WriterError, match="ThrottlingException") as busy:
            writer.write(ASK, "Write.")
        assert busy.value.retry_after == 3
        assert writer.complete("Improve.", "this") == "A better prompt."
    sent = server.requests[0][1]
    assert sent["toolConfig"]["toolChoice"] == {"tool": {"name": "draft"}}
    assert "Nocturne City" in sent["messages"][0]["content"][0]["text"]


@pytest.mark.parametrize("reply", [never_ending, endless, endless_headers])
def test_an_answer_that_never_ends_is_ended(
    reply: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    """A byte now and then is ended in time, a flood at its limit of bytes."""
    with completions(reply) as server:
        writer = BedrockWriter("some.model", server.url.removesuffix("/v1"), seconds=0.3)
        with pytest.raises(WriterError, match=r"in time|longer than|within 0.3"):
            writer.write(ASK, "Write.")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (WriterSettings("gpt"), "no writer 'gpt'"),
        (WriterSettings("openai", "http://x/v1"), "needs a model"),
        (WriterSettings("openai", "file:///etc/passwd", "m"), "http or https"),
        (WriterSettings("bedrock"), "needs a model"),
    ],
)
def test_settings_that_choose_no_writer(settings: WriterSettings, message: str) -> None:
    """Each says what is missing."""
    with pytest.raises(InputError, match=message):
        choose_writer(settings)
    assert "key" not in repr(settings)
