"""Who made which stretch, and what of a turn is shown formatted. No database."""

import pytest

from conversations import formatting, reading, segments
from conversations.reading import Text


def text(value: str, **more: object) -> dict:
    return {"type": "text", "text": value, **more}


def completed(typed: str, *replies: str) -> Text:
    """The one text of a turn that replies have gone on with."""
    blocks, marks = ([text(typed)] if typed else []), []
    for run, reply in enumerate(replies, 1):
        blocks, marks = segments.complete(blocks, marks, [text(reply)], run)
    found = reading.texts(blocks, marks, key="k")[0]
    assert found is not None
    return found


def test_what_a_person_typed_is_never_formatted() -> None:
    [shown] = reading.texts([text("**a**")], [], key="k").values()
    assert shown is not None
    assert (shown.html, shown.stretches[0].shown) == ("", "**a**")


def test_a_reply_is_formatted_and_raw() -> None:
    shown = completed("", "**a**")
    assert shown.html == "<p><strong>a</strong></p>\n"
    assert shown.stretches[0].shown == "**a**"


def test_a_reply_that_goes_on_within_a_line_stays_as_it_is() -> None:
    shown = completed("The answer is (", "**B**)")
    assert shown.html == ""
    assert [(s.shown, s.marked, s.seam) for s in shown.stretches] == [
        ("The answer is (", True, True),
        ("**B**)", False, False),
    ]


def test_a_reply_on_a_line_of_its_own_is_formatted_below_what_was_typed() -> None:
    shown = completed("Like *this*:\n", "- **B**")
    assert shown.html == "<ul>\n<li><strong>B</strong></li>\n</ul>\n"
    assert [stretch.shown for stretch in shown.before] == ["Like *this*:\n"]


@pytest.mark.parametrize("typed", ["```python\n", "| a |\n|---|\n", "- one\n", "> "])
def test_what_was_begun_in_code_a_table_or_a_list_is_not_torn(typed: str) -> None:
    assert not formatting.stands_apart(typed)
    assert completed(typed, "x = 1").html == ""


def test_a_reply_edited_by_hand_is_as_it_is_again() -> None:
    before, marks = segments.complete([], [], [text("**a** and")], 1)
    after = [text("**a** or")]
    kept = segments.after_edit(before, marks, after)
    [shown] = reading.texts(after, kept, key="k").values()
    assert shown is not None
    assert shown.html == ""
    assert [s.marked for s in shown.stretches] == [False, True]


def test_continuations_are_one_text_with_a_seam_where_each_begins() -> None:
    shown = completed("", "A **b", "c** d")
    assert "<strong>b" in shown.html
    assert shown.html.count('class="seam"') == 1
    assert [s.seam for s in shown.stretches] == [True, False]


def test_a_seam_that_would_change_the_text_is_left_out() -> None:
    shown = completed("", "[a](https://exa", "mple.com)")
    assert 'href="https://example.com"' in shown.html
    assert shown.html.replace(reading.SEAM, "") == formatting.html(
        "[a](https://example.com)"
    )


def test_cited_texts_are_one_text_with_numbers() -> None:
    cited = {
        "type": "page_location",
        "cited_text": "Grass <b>",
        "document_index": 0,
        "document_title": None,
        "start_page_number": 3,
        "end_page_number": 4,
    }
    blocks = [text("- It is "), text("green", citations=[cited]), text(".\n- And wet")]
    found = reading.texts(blocks, [segments.begin((0, 0), 1)], key="k")
    assert [index for index, shown in found.items() if shown] == [0]
    shown = found[0]
    assert shown is not None
    assert 'green<sup class="cited"><a href="#source-k-1">1</a></sup>.' in shown.html
    assert shown.html.count("<li>") == 2
    [source] = shown.sources
    assert (source.title, source.where) == ("Document 1", "page 3")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", 5, None])
def test_an_address_that_is_none_of_the_web_is_no_link(url: object) -> None:
    cited = {"type": "web_search_result_location", "url": url, "title": "<img src=x>"}
    block = text("a", citations=[cited])
    shown = reading.generated(block, "k")
    assert shown is not None
    assert [(each.url, each.title) for each in shown.sources] == [("", "<img src=x>")]


def test_a_citation_of_a_kind_unknown_here_is_shown_as_json() -> None:
    shown = reading.generated(text("a", citations=[{"type": "dream"}, 7]), "k")
    assert shown is not None
    assert [each.json for each in shown.sources] == ['{\n  "type": "dream"\n}', "7"]


def test_what_html_cannot_hold_does_not_stop_the_formatting() -> None:
    assert completed("", "a \ud800 b\0").html == "<p>a \ufffd b\ufffd</p>\n"


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formatting, "KEPT", 500)
    for number in range(50):
        formatting.html(f"text number {number}")
    assert sum(len(t) + len(made) for (t, _), made in formatting._kept.items()) <= 500
