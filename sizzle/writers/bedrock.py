"""Amazon Bedrock's Converse, through boto3: an extra, `pip install dynamic-sizzles[bedrock]`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, Final

from sizzle.errors import InputError
from sizzle.writers.answer import Answer, BrokenAnswerError, Decision, answer_schema, read_answer
from sizzle.writers.asking import data, instructions
from sizzle.writers.bounded_http import bounded, in_time, retry_after
from sizzle.writers.writer import WriterError, WritingRequest

SECONDS: Final = 60.0
_CONNECT: Final = 10.0  # seconds
_MAX_TOKENS: Final = 1000
_TOOL: Final = "draft"
_REFUSED: Final = frozenset({"guardrail_intervened", "content_filtered"})


class BedrockWriter:
    """A model of Bedrock. Credentials and region are those of boto3.

    Args:
        model: its id, or that of an inference profile.
        url: another endpoint; empty for the region's own.
        seconds: for one answer.

    Raises:
        InputError: boto3 is not installed, or knows no region.
    """

    name = "bedrock"

    def __init__(self, model: str, url: str = "", *, seconds: float = SECONDS) -> None:
        self.model = model
        self._seconds = seconds
        self._client = _client(url, seconds)

    def write(self, request: WritingRequest, prompt: str) -> Answer:
        """A text, or a refusal. Raises WriterError and BrokenAnswerError."""
        schema = answer_schema(request.language, request.facts)
        tool = {"toolSpec": {"name": _TOOL, "inputSchema": {"json": schema}}}
        found = self._ask(
            instructions(request, prompt),
            data(request),
            {"toolConfig": {"tools": [tool], "toolChoice": {"tool": {"name": _TOOL}}}},
        )
        reference = str(found.get("ResponseMetadata", {}).get("RequestId", ""))
        if found.get("stopReason") in _REFUSED:
            return Answer(Decision.REFUSE, request.language, "", "", (), self.model, reference)
        return read_answer(_written(found), self.model, reference)

    def complete(self, instructions: str, text: str) -> str:
        """Text of any form. Raises WriterError and BrokenAnswerError."""
        content = _written(self._ask(instructions, text, {}))
        if not content.strip():
            raise BrokenAnswerError("The answer is empty.", fix="ask again.")
        return content

    def _ask(self, system: str, user: str, options: Mapping[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        def ask() -> dict[str, Any]:
            found: dict[str, Any] = self._client.converse(
                modelId=self.model,
                system=[{"text": system}],
                messages=[{"role": "user", "content": [{"text": user}]}],
                inferenceConfig={"maxTokens": _MAX_TOKENS},
                **options,
            )
            return found

        try:
            found = in_time(ask, self.model, self._seconds)
        except ClientError as error:
            details = error.response.get("Error", {})
            headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
            raise WriterError(
                f"Bedrock answered {details.get('Code')}: {str(details.get('Message'))[:300]}",
                where=self.model,
                fix="see what it says, and the permissions for the model.",
                retry_after=retry_after(headers.get("retry-after")),
            ) from None
        except BotoCoreError as error:
            raise WriterError(
                f"Bedrock cannot be used: {error}.", where=self.model, fix="check its settings."
            ) from None
        if found.get("stopReason") == "max_tokens":
            raise BrokenAnswerError("The answer was cut off.", fix="write less.")
        return found


def _client(url: str, seconds: float) -> Any:  # noqa: ANN401 - a class that boto3 makes
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise InputError(
            "The writer bedrock needs boto3.", fix="pip install dynamic-sizzles[bedrock]."
        ) from None
    config = Config(retries={"total_max_attempts": 1})
    try:
        client = boto3.client("bedrock-runtime", endpoint_url=url or None, config=config)
    except BotoCoreError as error:
        raise InputError(
            f"Bedrock cannot be set up: {error}", fix="set AWS_REGION and credentials."
        ) from None
    client.meta.events.register("before-send.bedrock-runtime", _bounded_sending(seconds))
    return client


def _bounded_sending(seconds: float) -> Callable[..., Any]:
    """What sends a request for boto3.

    Boto3 itself limits neither the length of an answer nor, while bytes come, its time.
    """
    from botocore.awsrequest import AWSResponse
    from botocore.httpsession import URLLib3Session, get_cert_path
    from botocore.session import get_session
    from botocore.utils import get_environ_proxies

    bundle = get_session().get_config_variable("ca_bundle")

    def send(request: Any, **_: object) -> Any:  # noqa: ANN401 - botocore has no types
        ends = time.monotonic() + seconds
        session = URLLib3Session(
            verify=get_cert_path(bundle or True),
            proxies=get_environ_proxies(request.url),
            timeout=(min(_CONNECT, seconds), seconds),
        )
        request.stream_output = True
        answer = session.send(request)
        try:
            pieces = iter(lambda: answer.raw.read1(65536), b"")
            content = b"".join(bounded(pieces, request.url, ends))
        finally:
            answer.raw.close()
            session.close()
        return AWSResponse(request.url, answer.status_code, answer.headers, _Body(content))

    return send


class _Body(BytesIO):
    """A content that was read, as botocore reads it."""

    def stream(self) -> Iterator[bytes]:
        """All that is left."""
        yield self.read()


def _written(found: Mapping[str, Any]) -> str:
    """The JSON of the tool that was called, or else the text."""
    parts = found.get("output", {}).get("message", {}).get("content", [])
    for part in parts:
        if "toolUse" in part:
            return json.dumps(part["toolUse"].get("input"))
    return "".join(part.get("text", "") for part in parts)
