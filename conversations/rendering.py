"""Markdown → safe HTML, whole or block by block as it streams.

Model output is hostile input: raw HTML is shown as text, images become links, links
are plain addresses, and the result is sanitised once more. Knows no run and no page.
"""

import re
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

# Colouring costs about 2 ms a kilobyte; beyond this a code block stays plain.
LONGEST_COLOURED = 20_000  # characters

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
    """Return the text as HTML that is safe to put into a page."""
    return _clean(_markdown().render(text))


class Growing:
    """Markdown that grows: finished blocks are formatted once, the open one is text.

    `take` costs the length of what is open, never of what is finished. Reference
    links that are defined later than they are used come right in the final `render`.
    """

    def __init__(self) -> None:
        self._open = ""

    @property
    def open(self) -> str:
        """What is not finished, as it was written."""
        return self._open

    def feed(self, text: str) -> None:
        self._open += text

    def take(self) -> str:
        """Return the HTML of blocks that have finished since the last call."""
        tokens = _markdown().parse(self._open)
        starts = [t.map[0] for t in tokens if t.level == 0 and t.map and t.nesting >= 0]
        if len(starts) < 2:
            return ""
        lines = _LINE.findall(self._open)
        finished = "".join(lines[: starts[-1]])
        self._open = self._open[len(finished) :]
        return render(finished)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "highlight": _highlight})
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
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
