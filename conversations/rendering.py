"""Markdown → safe HTML, whole or block by block as it streams.

Model output is hostile input: raw HTML is shown as text, images become links, links
are plain addresses, and the result is sanitised once more. Knows no run and no page.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from .readable import SURROGATE

# Colouring costs about 2 ms a kilobyte; beyond this a code block stays plain.
LONGEST_COLOURED = 20_000  # characters

# A bracket costs 20 to 40 microseconds, whether it becomes a link or not: beyond this
# many, hostile text would hold the interpreter for seconds.
MOST_BRACKETS = 5_000

# What the parser takes for a line. `splitlines` knows more breaks and would cut wrong.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")

TAGS = set(
    ["a", "blockquote", "br", "code", "del", "div", "em", "hr", "p", "pre", "s"]
    + ["h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "span", "strong", "ul"]
    + ["table", "tbody", "td", "th", "thead", "tr"]
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "ol": {"start"},
    "span": {"class"},
    "td": {"class"},
    "th": {"class"},
}
SCHEMES = {"http", "https", "mailto"}


def render(text: str) -> str:
    """Return the text as HTML that is safe to put into a page. It has no links where
    it has too many brackets."""
    return _clean((_markdown() if is_linked(text) else _unlinked()).render(text))


def is_linked(text: str) -> bool:
    """False for text with more brackets than are looked at for links."""
    return text.count("[") <= MOST_BRACKETS


@dataclass(frozen=True, slots=True)
class Grown:
    """What `Growing.take` found: the HTML of blocks that have finished since the last
    call, and of the open block as far as it has come."""

    done: str
    open: str


class Growing:
    """Markdown that grows: finished blocks are formatted once, the open one each time.

    `take` costs the length of what is open, never of what is finished. Reference
    links that are defined later than they are used come right in the final `render`.
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []

    @property
    def open(self) -> str:
        """What is not finished, as it was written."""
        self._pieces = ["".join(self._pieces)]
        return self._pieces[0]

    def feed(self, text: str) -> None:
        self._pieces.append(text)

    def take(self) -> Grown:
        """Format what is open, and let go of the blocks that have finished.

        Code in the open block has no colours yet: it would be coloured many times.
        """
        env: EnvType = {}
        tokens, first = self._cut(env)
        done = _html(_markdown(), tokens[:first], env) if first else ""
        return Grown(done, _html(_uncoloured(), tokens[first:], env))

    def skip(self) -> str:
        """Let go of the blocks that have finished, without formatting anything.
        Returns them as they were written."""
        text = self.open
        self._cut({})
        return text[: len(text) - len(self.open)]

    def _cut(self, env: EnvType) -> tuple[list[Token], int]:
        """Keep the open block only. Returns the tokens of all, and its first one's
        place among them."""
        text = self.open
        tokens = _markdown().parse(text, env)
        blocks = [
            (index, token.map[0])
            for index, token in enumerate(tokens)
            if token.level == 0 and token.nesting >= 0 and token.map
        ]
        if len(blocks) < 2:
            return tokens, 0
        last, line = blocks[-1]
        self._pieces = ["".join(_LINE.findall(text)[line:])]
        return tokens, last


def last_block(text: str) -> str:
    """Return what kind of block the text ends in: "paragraph", "fence", "table" …"""
    tokens = _markdown().parse(text)
    tops = [token.type for token in tokens if token.level == 0 and token.nesting >= 0]
    return tops[-1].removesuffix("_open") if tops else ""


def _html(markdown: MarkdownIt, tokens: list[Token], env: EnvType) -> str:
    return _clean(markdown.renderer.render(tokens, markdown.options, env))


@cache
def _uncoloured() -> MarkdownIt:
    return _reading({"html": False})


@cache
def _markdown() -> MarkdownIt:
    return _reading({"html": False, "highlight": _highlight})


@cache
def _unlinked() -> MarkdownIt:
    return _reading({"html": False, "highlight": _highlight}).disable(["link", "image"])


def _reading(options: Mapping[str, Any]) -> MarkdownIt:
    markdown = MarkdownIt("commonmark", options)
    markdown.enable(["table", "strikethrough"])
    markdown.add_render_rule("image", _image)
    markdown.add_render_rule("th_open", _cell)
    markdown.add_render_rule("td_open", _cell)
    return markdown


def _image(
    renderer: RendererHTML,
    tokens: list[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """A link instead: a page that loads an address tells its owner who reads it."""
    token = tokens[index]
    label = renderer.renderInlineAsText(token.children, options, env) or "image"
    address = nh3.clean_text(str(token.attrGet("src") or ""))
    return f'<a href="{address}">{nh3.clean_text(label)}</a>'


def _cell(
    renderer: RendererHTML,
    tokens: list[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    """Alignment as a class: the page allows no style attributes."""
    token = tokens[index]
    style = str(token.attrGet("style") or "")
    _, _, side = style.partition("text-align:")
    return f'<{token.tag} class="{side}">' if side else f"<{token.tag}>"


def _highlight(code: str, language: str, _attributes: str) -> str:
    if not language or len(code) > LONGEST_COLOURED:
        return ""
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return ""
    return highlight(code, lexer, HtmlFormatter(nowrap=True))


def _clean(html: str) -> str:
    return nh3.clean(
        SURROGATE.sub("\ufffd", html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
