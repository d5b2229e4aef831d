"""A local estimate of input tokens, without the network."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from playground.spec import catalog, vision
from playground.spec.rules.summary import Summary


@dataclass(frozen=True, slots=True)
class Estimate:
    """Estimated input tokens and where they come from; the parts add up to `total`."""

    text: int
    images: int
    system: int
    tools: int

    @property
    def total(self) -> int:
        return self.text + self.images + self.system + self.tools


_WORD = re.compile(r"\w+|[^\w\s]|\n+")


def estimate_text(text: str, tokenizer: str) -> int:
    """Tokens of a text for a tokenizer generation, "old" (up to 4.6) or "new"."""
    count = len(_WORD.findall(text))
    return round(count * 1.3) if tokenizer == "new" else count


def request_tokens(
    params: Mapping[str, Any],
    summaries: Sequence[Summary],
    tokenizer: str | None = None,
) -> Estimate:
    """Estimate a request; `params` is its body without `messages`.

    The model in `params` gives the image tier and, unless told, the tokenizer.
    """
    model = catalog.get(params.get("model"))
    tokenizer = tokenizer or model.tokenizer
    images = sum(
        vision.tokens(image.width, image.height, model.image_tier)
        for summary in summaries
        for image in summary.images
    )
    text = sum(summary.tokens(tokenizer) + 4 for summary in summaries)
    return Estimate(text, images, 0, 0)
