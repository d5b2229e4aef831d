"""Markdown that is safe, and the same whether it came at once or in pieces."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import formatting, rendering

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "markdown" / "commonmark"

ANSWER = """# Ants

They are *many*, **strong** and ~~slow~~ quick.

- one
- two

  still two

```python
def march(legs: int = 6) -> str:
    return "left" * legs
```

| part | legs |
|:-----|-----:|
| ant  | 6    |

> The end,
of a quotation.
"""

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](https://elsewhere.example/pixel?secret)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<a href='vbscript:x'>x</a>",
    "```html onmouseover=alert(1)\n<b>\n```",
    "|a|\n|:-:|\n|<svg onload=alert(1)>|",
    "<style>body{display:none}</style>",
    "\u202e[x](https://a.example)",
]


def test_what_an_answer_is_made_of_becomes_html() -> None:
    html = rendering.render(ANSWER)
    for tag in ("h1", "em", "strong", "s", "li", "pre", "table", "blockquote"):
        assert f"<{tag}" in html
    assert '<span class="k">def</span>' in html
    assert '<td class="right">6</td>' in html


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through(text: str) -> None:
    html = rendering.render(text)
    tags = re.findall(r"<[^>]*>", html)
    assert not re.search(r"<(script|img|style|svg|iframe)", html)
    assert not any(" on" in tag or "style=" in tag for tag in tags)
    assert not any(re.search(r'href="(?!https?:|mailto:)', tag) for tag in tags)


def test_an_image_becomes_a_link_that_loads_nothing() -> None:
    html = rendering.render("![a chart](https://elsewhere.example/chart.png)")
    assert "<img" not in html
    assert 'href="https://elsewhere.example/chart.png"' in html
    assert ">a chart</a>" in html


def in_pieces(text: str, size: int) -> str:
    growing, html = rendering.Growing(), ""
    for start in range(0, len(text), size):
        growing.feed(text[start : start + size])
        html += growing.take().done
    return html + rendering.render(growing.open)


@pytest.mark.parametrize("size", [1, 7, 50, 1000])
def test_the_pieces_of_a_stream_make_the_same_page(size: int) -> None:
    assert in_pieces(ANSWER, size) == rendering.render(ANSWER)


def test_a_text_of_nothing_but_brackets_has_no_links() -> None:
    link = "[a](https://a.example)"
    most = link * rendering.MOST_BRACKETS
    assert rendering.render(most).count("<a ") == rendering.MOST_BRACKETS
    assert rendering.render(f"{most}[ *b*") == f"<p>{most}[ <em>b</em></p>\n"


def test_what_is_finished_is_not_read_again() -> None:
    growing = rendering.Growing()
    growing.feed("One.\n\n" * 100)
    growing.take()
    assert len(growing.open) <= len("One.\n\n")


def test_the_open_block_is_formatted_as_far_as_it_has_come() -> None:
    growing = rendering.Growing()
    growing.feed("One.\n\nTwo is **bo")
    grown = growing.take()
    assert grown == rendering.Grown("<p>One.</p>\n", "<p>Two is **bo</p>\n")
    growing.feed("ld**")
    assert growing.take().open == "<p>Two is <strong>bold</strong></p>\n"


def test_code_gets_its_colours_when_its_block_has_finished() -> None:
    growing = rendering.Growing()
    growing.feed("```python\nif x:\n")
    assert (
        growing.take().open
        == '<pre><code class="language-python">if x:\n</code></pre>\n'
    )
    growing.feed("```\nNext")
    assert "<span" in growing.take().done


@given(st.text(alphabet="a*_`[]()<>!|#-\n \u2028\r&", max_size=80))
def test_any_text_keeps_to_the_allowed_tags(text: str) -> None:
    html = rendering.render(text)
    assert set(re.findall(r"</?([a-z0-9]+)", html)) <= rendering.TAGS


@pytest.mark.skipif(not CORPUS.exists(), reason="the CommonMark examples are not here")
def test_every_commonmark_example_is_safe_and_streams_to_an_end() -> None:
    spec = next(CORPUS.rglob("spec.txt")).read_text("utf-8")
    examples = re.findall(r"^`{32} example\n(.*?)\n\.\n", spec, re.M | re.S)
    assert len(examples) > 600
    for example in examples:
        text = example.replace("→", "\t")
        assert set(re.findall(r"</?([a-z0-9]+)", in_pieces(text, 5))) <= rendering.TAGS


SEAM = "<i></i>"


def continued(before: str, *pieces: str) -> str:
    """What is shown when the pieces have come behind the text, with its seam."""
    text = formatting.Continued(before, [(len(before), SEAM)])
    shown, grown = "", text.take()
    for piece in pieces:
        shown += grown.done
        text.feed(piece)
        grown = text.take()
    return shown + grown.done + grown.open


@pytest.mark.parametrize(
    ("before", "pieces", "shown"),
    [
        ("A\n\n**b", [" c** d"], f"<p>A</p>\n<p><strong>b{SEAM} c</strong> d</p>\n"),
        ("A b", [" c\n\nd", " e"], f"<p>A b{SEAM} c</p>\n<p>d e</p>\n"),
        ("- a\n- b", [" c\n- d"], f"<li>b{SEAM} c</li>\n<li>d</li>\n"),
        ("```\na", ["b\nc"], f"<code>a{SEAM}b\nc"),
        ("A", ["\n\nB"], f"<p>A{SEAM}</p>\n<p>B</p>\n"),
    ],
)
def test_text_that_goes_on_is_formatted_with_what_it_goes_on_with(
    before: str, pieces: list[str], shown: str
) -> None:
    assert shown in continued(before, *pieces)
    assert continued(before, *pieces).replace(SEAM, "") == rendering.render(
        before + "".join(pieces)
    )


@pytest.mark.parametrize(
    "before", ["[a](https://a.exam", "A \ue000", "| a |\n|--", "a_"]
)
def test_a_seam_that_would_change_the_text_is_left_out(before: str) -> None:
    pieces = ["ple/b", ") |\n| c_ ", "|\n\nd"]
    plain = rendering.render(before + "".join(pieces))
    assert continued(before, *pieces).replace(SEAM, "") == plain


def test_what_is_finished_and_skipped_is_not_formatted_again() -> None:
    text = formatting.Continued("# A\n\nB [", [(3, "<b></b>"), (8, SEAM)])
    text.skip()
    text.feed("c]\n\nD")
    assert text.take() == rendering.Grown(f"<p>B [{SEAM}c]</p>\n", "<p>D</p>\n")
