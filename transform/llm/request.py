"""The bytes of a request: the prompt, and one conversation as data between two lines.

The form is OpenAI's chat completions with a JSON schema, which OpenRouter, vLLM, llama.cpp and Ollama speak too
(https://openrouter.ai/docs/features/structured-outputs).
"""

import hashlib
import json
from typing import Any

from transform.llm.answer import answer_schema
from transform.llm.options import ModelOptions, prompt_sha256, prompt_text

_MOST_TOKENS = 400
# letters of a chat a token, roughly: Cyrillic has fewer a token than English
_CHARACTERS_A_TOKEN = 3
_ANSWER_TOKENS = 90


def request_body(options: ModelOptions, conversation: str) -> bytes:
    """The body for one conversation as `written_down` gives it."""
    return _encoded(_document(options, conversation))


def repair_body(options: ModelOptions, conversation: str, answered: str, problems: str) -> bytes:
    """The same with what was answered and why that is no answer of the agreed form."""
    document = _document(options, conversation)
    document["messages"] += [
        {"role": "assistant", "content": answered},
        {
            "role": "user",
            "content": f"That is not of the agreed form ({problems}). Answer again with the JSON object alone.",
        },
    ]
    return _encoded(document)


def answer_key(options: ModelOptions, conversation: str) -> str:
    """Hex sha256 of all that an answer depends on: server, model, prompt and the redacted conversation."""
    told = json.dumps([options.base_url, options.model, prompt_sha256(), conversation], ensure_ascii=False)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def estimated_tokens(conversation: str) -> tuple[int, int]:
    """About how many tokens go in and come out for one conversation."""
    return (len(prompt_text()) // 4 + len(conversation) // _CHARACTERS_A_TOKEN, _ANSWER_TOKENS)


def _document(options: ModelOptions, conversation: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "model": options.model,
        "messages": [
            {"role": "system", "content": prompt_text()},
            {"role": "user", "content": f"<conversation>\n{conversation}\n</conversation>"},
        ],
        "temperature": 0,
        "max_tokens": _MOST_TOKENS,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "status", "strict": True, "schema": answer_schema()},
        },
    }
    if options.is_openrouter:
        # the price of each answer; only providers that know the schema and keep nothing of what they are sent
        document["usage"] = {"include": True}
        document["provider"] = {"require_parameters": True, "data_collection": "deny"}
    return document


def _encoded(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
