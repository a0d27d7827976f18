"""Chat completions in OpenAI's form: vLLM, Ollama, llama.cpp, Bedrock's compatible endpoint."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from sizzle.writers.answer import Answer, BrokenAnswerError, Decision, answer_schema, read_answer
from sizzle.writers.asking import data, instructions
from sizzle.writers.bounded_http import post_json
from sizzle.writers.writer import WriterError, WritingRequest

SECONDS: Final = 60.0
_MAX_TOKENS: Final = 1000


class _Message(msgspec.Struct, frozen=True):
    content: str | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None


class _Completion(msgspec.Struct, frozen=True):
    choices: Annotated[list[_Choice], Meta(min_length=1)]
    id: str = ""
    model: str = ""


class OpenAiWriter:
    """A model behind `POST {url}/chat/completions`.

    Args:
        url: up to `/v1`.
        model: as the server names it.
        key: sent as a bearer token; empty for a server that needs none.
        seconds: for one answer.
        temperature: 0 for the likeliest text.
        max_tokens: of one answer.
    """

    name = "openai"

    def __init__(
        self,
        url: str,
        model: str,
        key: str = "",
        *,
        seconds: float = SECONDS,
        temperature: float = 0.7,
        max_tokens: int = _MAX_TOKENS,
    ) -> None:
        self.model = model
        self._url = url.rstrip("/") + "/chat/completions"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._seconds = seconds
        self._temperature = temperature
        self._max_tokens = max_tokens

    def __repr__(self) -> str:
        return f"OpenAiWriter({self._url!r}, {self.model!r})"  # without the key

    def write(self, request: WritingRequest, prompt: str) -> Answer:
        """A text, or a refusal. Raises WriterError and BrokenAnswerError."""
        schema = answer_schema(request.language, request.facts)
        form = {"name": "draft", "strict": True, "schema": schema}
        completion = self._ask(
            instructions(request, prompt),
            data(request),
            {
                "seed": request.seed,
                "response_format": {"type": "json_schema", "json_schema": form},
            },
        )
        return _answer(completion, request.language)

    def complete(self, instructions: str, text: str) -> str:
        """Text of any form. Raises WriterError and BrokenAnswerError."""
        content = _content(self._ask(instructions, text, {}))
        if not content:
            raise BrokenAnswerError("The answer is empty.", fix="ask again.")
        return content

    def _ask(self, system: str, user: str, options: dict[str, Any]) -> _Completion:
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        body = {
            "model": self.model,
            "messages": messages,
            "max_tokens": self._max_tokens,
            "temperature": self._temperature,
            **options,
        }
        found = post_json(self._url, self._headers, body, seconds=self._seconds)
        try:
            return msgspec.convert(found, _Completion)
        except msgspec.ValidationError as error:
            raise WriterError(
                f"The answer is no chat completion: {error}.",
                where=self._url,
                fix="name the address of a server that has /chat/completions.",
            ) from None


def _answer(completion: _Completion, language: str) -> Answer:
    choice = completion.choices[0]
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return Answer(Decision.REFUSE, language, "", "", (), completion.model, completion.id)
    return read_answer(_content(completion), completion.model, completion.id)


def _content(completion: _Completion) -> str:
    """Raises BrokenAnswerError: the answer was cut off."""
    choice = completion.choices[0]
    if choice.finish_reason == "length":
        raise BrokenAnswerError(
            "The answer was cut off: it is longer than the model may write.",
            fix="write less.",
        )
    return choice.message.content or ""
