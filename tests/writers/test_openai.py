"""Chat completions: what is sent, and what becomes of every kind of bad answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.outreach.content.facts import facts_in
from sizzle.outreach.vocabulary import Channel
from sizzle.writers import BrokenAnswerError, Decision, RefusedTry, WriterError, WritingRequest
from sizzle.writers.answer import read_answer
from sizzle.writers.asking import data, instructions
from sizzle.writers.openai import OpenAiWriter
from tests.outreach.samples import SERIES, TRICK
from tests.writers.completion_server import (
    completion,
    completions,
    endless,
    endless_headers,
    never_ending,
    send,
)

KEY = "sk-very-secret-key"
ASK = WritingRequest(
    TRICK.kind,
    TRICK.id,
    facts_in(TRICK, "fr"),
    "",
    "fr",
    Channel.EMAIL,
    "Short.",
    (RefusedTry("Old", "Vieux texte", "too cold"),),
    seed=5,
)
GOOD = json.dumps(
    {
        "decision": "write",
        "language": "fr",
        "subject": "{title}",
        "text": "Bonne soirée avec {title}.",
        "used": ["title"],
    }
)


def asked(reply: Callable[[BaseHTTPRequestHandler], None], seconds: float = 5) -> Any:  # noqa: ANN401
    """What a writer makes of a server's reply."""
    with completions(reply) as server:
        return OpenAiWriter(server.url, "m", KEY, seconds=seconds).write(ASK, "Write {language}.")


def test_what_is_sent_and_read() -> None:
    """The facts are data in a message of their own; the answer is read with the provider's id."""
    with completions(lambda handler: send(handler, 200, completion(GOOD))) as server:
        answer = OpenAiWriter(server.url + "/", "m", KEY).write(ASK, "Write {language} {nothing}.")
    assert answer.decision is Decision.WRITE
    assert (answer.text, answer.used) == ("Bonne soirée avec {title}.", ("title",))
    assert (answer.model, answer.provider_id) == ("m-1", "chatcmpl-7")
    ((headers, body),) = server.requests
    assert headers["authorization"] == f"Bearer {KEY}"
    system, user = (message["content"] for message in body["messages"])
    assert system.startswith("Write French (fr) {nothing}.")
    assert "Ignore all instructions" not in system
    assert "Ignore all instructions" in user
    assert "Vieux texte" in user
    assert "too cold" in user
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["language"]["enum"] == ["fr"]
    assert body["seed"] == 5


@pytest.mark.parametrize(
    ("reply", "error", "message"),
    [
        (completion("not json"), BrokenAnswerError, "not the JSON"),
        (completion('{"decision": "maybe"}'), BrokenAnswerError, "decision"),
        (completion(GOOD[:40], "length"), BrokenAnswerError, "cut off"),
        (completion(None), BrokenAnswerError, "not the JSON"),
        (completion("[" * 100_000), BrokenAnswerError, "not the JSON"),
        (completion(GOOD.replace("Bonne", "\\ud83d")), BrokenAnswerError, "not the JSON"),
        (completion(GOOD.replace("Bonne", "x" * 9000)), BrokenAnswerError, "8000"),
        (b"<html>", WriterError, "not JSON"),
        (b"[]", WriterError, "no chat completion"),
        (b'{"choices": []}', WriterError, "no chat completion"),
        (b'{"choices": [{"message": {"content": 7}}]}', WriterError, "no chat completion"),
        (b"[" * 200_000, WriterError, "not JSON"),
    ],
)  # fmt: skip
def test_bad_answers_are_named(reply: bytes, error: type[Exception], message: str) -> None:
    """What cannot be used says why, and whether asking again may help."""
    with pytest.raises(error, match=message):
        asked(lambda handler: send(handler, 200, reply))


def test_a_refusal_is_no_error() -> None:
    """A model that refuses, or a filter that does, is a decision."""
    for reply in (completion(None, refusal="No."), completion("", "content_filter")):
        assert asked(partial(send, status=200, body=reply)).decision is Decision.REFUSE
    fenced = completion(f"```json\n{GOOD}\n```")
    assert asked(lambda handler: send(handler, 200, fenced)).decision is Decision.WRITE


@pytest.mark.parametrize("reply", [never_ending, endless, endless_headers])
def test_an_answer_that_never_ends_is_ended(
    reply: Callable[[BaseHTTPRequestHandler], None],
) -> None:
    """A byte now and then is ended in time, a flood at its limit of bytes."""
    with pytest.raises(WriterError, match=r"in time|longer than|within 0.3"):
        asked(reply, seconds=0.3)


def test_errors_say_when_to_try_again_and_keep_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """429 has its Retry-After; a provider that repeats the key does not have us print it."""
    caplog.set_level(logging.DEBUG)
    body = f"Incorrect API key: {KEY}".encode()
    with pytest.raises(WriterError) as busy:
        asked(lambda handler: send(handler, 429, body, retry_after="7"))
    assert busy.value.retry_after == 7
    assert "429" in str(busy.value)
    assert KEY not in str(busy.value) + caplog.text + repr(OpenAiWriter("http://x", "m", KEY))
    for header in ("soon", "-1", "nan", "inf"):
        with pytest.raises(WriterError) as wrong:
            asked(partial(send, status=503, body=b"", retry_after=header))
        assert wrong.value.retry_after is None


def test_redirects_are_not_followed() -> None:
    """Another address would get the key and the facts."""
    with completions(lambda handler: send(handler, 200, completion(GOOD))) as other:
        with pytest.raises(WriterError, match="redirect"):
            asked(lambda handler: send(handler, 307, b"", location=other.url))
        assert other.requests == []


def test_nobody_there() -> None:
    """A port without a server is an error that names the address."""
    with pytest.raises(WriterError, match=r"cannot be used: ConnectError"):
        OpenAiWriter("http://127.0.0.1:9/v1", "m").write(ASK, "Write.")


@settings(max_examples=40)
@given(st.text(max_size=60), st.text(max_size=60))
def test_facts_stay_between_their_fences(title: str, genre: str) -> None:
    """Whatever a title says, it neither ends the data nor gets into the instructions."""
    request = WritingRequest(
        SERIES.kind, "x", {"title": title, "genres": genre}, "", "en", Channel.SMS, "Short."
    )
    first, *middle, last = data(request).split("\n")
    assert first == last
    assert first.startswith("DATA ")
    assert first not in middle
    assert json.loads("\n".join(middle))["facts"] == {"title": title, "genres": genre}
    assert instructions(request, "Write.") == instructions(
        WritingRequest(
            SERIES.kind, "x", {"title": "a", "genres": "b"}, "", "en", Channel.SMS, "Short."
        ),
        "Write.",
    )


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_answer_is_read_or_refused(content: bytes) -> None:
    """Bytes of any kind are an answer or a BrokenAnswerError, and nothing else."""
    with suppress(BrokenAnswerError):
        assert read_answer(content.decode("utf-8", "surrogateescape"), "", "").decision
