"""Events do not depend on how their bytes are cut."""

from hypothesis import given
from hypothesis import strategies as st

from playground.claude.sse import Splitter


def split(*chunks: bytes) -> list[tuple[str, str]]:
    splitter = Splitter()
    return [event for chunk in chunks for event in splitter.feed(chunk)]


LINES = st.lists(
    st.sampled_from(
        [
            "event: ping",
            "event:a",
            "data: {}",
            "data:é😀",
            "data",
            ": comment",
            "id: 7",
            "",
            "",
        ]
    )
)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@given(LINES, ENDS, st.booleans(), st.data())
def test_any_cut_gives_the_same_events(lines, end, has_mark, data):
    raw = "".join(f"{line}{end}" for line in lines).encode()
    raw = b"\xef\xbb\xbf" * has_mark + raw
    cuts = sorted(data.draw(st.lists(st.integers(0, len(raw)))))
    bounds = [0, *cuts, len(raw)]
    chunks = [raw[a:b] for a, b in zip(bounds, bounds[1:], strict=False)]
    assert split(*chunks) == split(*(raw[i : i + 1] for i in range(len(raw))))
    assert split(*chunks) == split(raw)


def test_an_event_has_its_name_and_its_data_to_the_last_space():
    raw = b'event: ping\ndata: {"type": "ping"}   \n\n'
    assert split(raw) == [("ping", '{"type": "ping"}   ')]


def test_several_data_lines_are_joined_by_line_feeds():
    assert split(b"data: a\ndata:  b\n\n") == [("", "a\n b")]


def test_a_comment_is_no_event():
    assert split(b": keep-alive\n\nevent: x\n\n") == []


def test_an_event_without_its_blank_line_has_not_come():
    assert split(b"event: x\ndata: 1\n") == []


def test_a_lone_carriage_return_ends_an_event_at_once():
    assert split(b"data: 1\r\r") == [("", "1")]


def test_bytes_that_are_no_utf8_stay_visible():
    assert split(b"data: \xff\n\n") == [("", "\ufffd")]


def test_an_event_without_its_blank_line_can_be_asked_for():
    splitter = Splitter()
    assert splitter.feed(b'event: a\ndata: {"b": 1}') == []
    assert splitter.rest() == [("a", '{"b": 1}')]
    assert splitter.rest() == []
