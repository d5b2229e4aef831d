"""A local estimate of input tokens: counts of word classes times fitted weights.

Measured on 70 real requests of 11 projects to models of the catalog (text and tools,
short, mostly English, 10 with the new tokenizer), each project estimated by weights
fitted without it: median error 3.5 %, one in ten off by more than 17 %. For the 27
without tools, which bring no long prompt of known length, it is 8 % and 22 %. The
weights below were fitted on all 70, where the median is 0.8 %. Long texts were not
measured; other scripts, emoji and PDF pages are assumptions. Knows no rule and no
wording.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playground.spec import catalog, vision

if TYPE_CHECKING:
    from playground.spec.rules.summary import Summary

MEDIAN_ERROR = 0.08
"""Half of all estimates of plain text are nearer than this (held out, see above)."""

NEW_TOKENIZER = 1.3
"""The same text has about 30 % more tokens from 4.7 on (pricing page, Aug 2026)."""

# Tokens per match, for the old tokenizer.
_LATIN = (
    (re.compile(r"[A-Za-z\u00c0-\u024f]+"), 1.05),
    (re.compile(r"[0-9]{1,3}"), 1.93),
    (re.compile(r"[!-/:-@\[-`{-~]"), 0.63),
    (re.compile(r"\n+"), 1.9),
    (re.compile(r" {2,}"), 0.24),
)
# Tokens per letter behind the first 7 or 14: long words are split, endless ones shred.
_LONG = (
    (re.compile(r"[A-Za-z]{8,}"), 7, 0.05),
    (re.compile(r"[A-Za-z]{15,}"), 14, 0.35),
)
_OTHERS = (
    (re.compile(r"[\u00c0-\u024f]"), 0.5),  # accents cost extra
    (re.compile(r"[\u0250-\u1fff]"), 0.5),  # Greek, Cyrillic, Arabic, Indic …
    (re.compile(r"[\u2000-\u2fff]"), 1.0),  # typographic signs and symbols
    (re.compile(r"[\u3000-\uffff]"), 1.1),  # Chinese, Japanese, Korean
    (re.compile(r"[\U00010000-\U0010ffff]"), 2.5),  # emoji
)

# What the API adds, fitted like the weights.
_REQUEST = 4
_MESSAGE = 3.9
_SYSTEM = 1.2
_CALL = 41
_RESULT = 9.7
_MANUAL_THINKING = 30
_FORMAT = 127
_CITATIONS = 500
_DOCUMENT = 35
_PDF_PAGE = 2500


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated input tokens and where they come from; the parts add up to `total`."""

    text: int = 0
    """Messages without their images."""
    images: int = 0
    system: int = 0
    tools: int = 0
    """Definitions and the hidden prompt that comes with them."""
    other: int = 0
    """Overheads of thinking, output format and the request itself."""

    @property
    def total(self) -> int:
        return self.text + self.images + self.system + self.tools + self.other


def estimate_text(text: str, tokenizer: str) -> int:
    """Tokens of a text for a tokenizer generation, "old" (up to 4.6) or "new"."""
    return _counted(_weigh(text), tokenizer)


def _weigh(text: str) -> float:
    """Tokens of a text for the old tokenizer, not rounded."""
    return sum(map(_weigh_piece, _pieces(text)))


# A pattern lets no other thread run until it is through with its text, and makes lists
# as long as that.
_PIECE = 32 * 1024


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces, cut between words where there are any."""
    start = 0
    while len(text) - start > _PIECE:
        end = text.rfind(" ", start + 1, start + _PIECE)
        end = end if end > 0 else start + _PIECE
        yield text[start:end]
        start = end
    yield text[start:]


def _weigh_piece(text: str) -> float:
    classes = _LATIN if text.isascii() else _LATIN + _OTHERS
    tokens = sum(len(each.findall(text)) * weight for each, weight in classes)
    for each, free, weight in _LONG:
        tokens += sum(len(word) - free for word in each.findall(text)) * weight
    return tokens


def _counted(weight: float, tokenizer: str) -> int:
    return round(weight * NEW_TOKENIZER if tokenizer == "new" else weight)


def message_tokens(message: Mapping[str, Any]) -> tuple[int, int]:
    """Tokens of a message without its images, for the old and the new tokenizer.

    Any value may be of any type.
    """
    content = message.get("content")
    if isinstance(content, str):
        texts, fixed = [content], 0.0
    else:
        texts, fixed = _flatten(content)
    weight = _weigh("\n".join(texts))
    fixed += _MESSAGE
    return round(weight + fixed), round(weight * NEW_TOKENIZER + fixed)


def thinking_tokens(message: Mapping[str, Any]) -> int:
    """Tokens of the thinking in a message, for the old tokenizer."""
    content = message.get("content")
    return round(
        sum(
            _weigh(thought)
            for block in (content if isinstance(content, list) else ())
            if isinstance(block, dict)
            and block.get("type") == "thinking"
            and isinstance(thought := block.get("thinking"), str)
        )
    )


def thinking_read_from(model: catalog.Model, summaries: Sequence[Summary]) -> int:
    """The place of the first message whose thinking the model reads.

    Some drop all that was thought before the user last spoke (context-windows page,
    Aug 2026).
    """
    if model.keeps_thinking:
        return 0
    for n in range(len(summaries) - 1, -1, -1):
        if summaries[n].role == "user" and {*summaries[n].types} - {"tool_result"}:
            return n
    return 0


def request_tokens(
    params: Mapping[str, Any],
    summaries: Sequence[Summary],
    tokenizer: str | None = None,
) -> Estimate:
    """Estimate a request; `params` is its body without `messages`.

    The model in `params` gives the image tier, the hidden tool prompt (pricing page,
    Aug 2026) and, unless told, the tokenizer. Values may be of any type.
    """
    model = catalog.get(params.get("model"))
    tokenizer = tokenizer or model.tokenizer
    images = sum(
        vision.tokens(image.width, image.height, model.image_tier)
        for summary in summaries
        if summary.images
        for image in summary.images
    )
    return Estimate(
        text=_texts(summaries, tokenizer) - _dropped(model, summaries, tokenizer),
        images=images,
        system=_system(params.get("system"), tokenizer),
        tools=_tools(params, model, tokenizer),
        other=_REQUEST + _other(params, summaries, tokenizer),
    )


def _texts(summaries: Sequence[Summary], tokenizer: str) -> int:
    if tokenizer == "new":
        return sum([summary.tokens_new for summary in summaries])
    return sum([summary.tokens_old for summary in summaries])


def _dropped(model: catalog.Model, summaries: Sequence[Summary], tokenizer: str) -> int:
    """Tokens of the thinking that the model does not read."""
    dropped = summaries[: thinking_read_from(model, summaries)]
    return _counted(sum([each.thinking_tokens for each in dropped]), tokenizer)


def _system(system: object, tokenizer: str) -> int:
    if not system:
        return 0
    texts = [system] if isinstance(system, str) else _flatten(system)[0]
    return round(_SYSTEM + estimate_text("\n".join(texts), tokenizer))


def _tools(params: Mapping[str, Any], model: catalog.Model, tokenizer: str) -> int:
    tools = params.get("tools")
    if not tools or not isinstance(tools, list):
        return 0
    choice = params.get("tool_choice")
    forced = isinstance(choice, dict) and choice.get("type") in ("any", "tool")
    hidden = model.forced_tool_tokens if forced else model.tool_tokens
    shown = (
        {key: value for key, value in tool.items() if key != "cache_control"}
        if isinstance(tool, dict)
        else tool
        for tool in tools
    )
    return hidden + estimate_text("\n".join(map(_json, shown)), tokenizer)


def _other(
    params: Mapping[str, Any], summaries: Iterable[Summary], tokenizer: str
) -> int:
    tokens = 0
    thinking = params.get("thinking")
    if isinstance(thinking, dict) and thinking.get("type") == "enabled":
        tokens += _MANUAL_THINKING
    config = params.get("output_config")
    form = config.get("format") if isinstance(config, dict) else None
    if isinstance(form, dict):
        tokens += _FORMAT + estimate_text(_json(form.get("schema")), tokenizer)
    if any(summary.enabled_citations for summary in summaries):
        tokens += _CITATIONS
    return tokens


def _flatten(content: object) -> tuple[list[str], float]:
    """The texts of content blocks and the tokens of what is no text."""
    texts: list[str] = []
    fixed = 0.0
    for block in content if isinstance(content, list) else ():
        if not isinstance(block, dict):
            continue
        kind = block.get("type")
        if kind in ("tool_use", "server_tool_use"):
            fixed += _CALL
            texts += [_json(block.get("name")), _json(block.get("input"))]
        elif kind == "document":
            texts.append(_document(block.get("source")))
            fixed += _DOCUMENT + _PDF_PAGE * _pages(block.get("source"))
        elif kind != "image":
            fixed += _RESULT if kind == "tool_result" else 0
            inner = block.get("content")
            texts += [
                v for k in ("text", "thinking") if isinstance(v := block.get(k), str)
            ]
            more, extra = ([inner], 0.0) if isinstance(inner, str) else _flatten(inner)
            texts += more
            fixed += extra
    return texts, fixed


def _document(source: object) -> str:
    if not isinstance(source, dict) or source.get("type") == "base64":
        return ""
    data = source.get("data", "")
    return data if isinstance(data, str) else ""


def pdf_tokens(pages: int) -> int:
    """About what a PDF of so many pages costs, on every model."""
    return _DOCUMENT + _PDF_PAGE * pages


def _pages(source: object) -> int:
    if not isinstance(source, dict):
        return 0
    if source.get("type") == "file_ref":
        pages = source.get("pages")
        return pages if isinstance(pages, int) else 0
    # The page tree of a PDF is usually compressed, so its length has to do.
    if source.get("type") != "base64":
        return 0
    data = source.get("data")
    return 1 + len(data) // 100_000 if isinstance(data, str) else 0


def _json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
