"""Invented sentences. Every several-sentence answer says that it is invented.

Deterministic: the same prompt gives the same sentences.
"""

import random
import re
from collections.abc import Iterator

from playground.simulator.pictures import Picture
from playground.simulator.prompt import Prompt

OPENING = "This answer comes from the simulator: it is invented, and no model read you."
MAX_WORDS = 20_000
LONG_THOUGHTS = 1_300
"""Words of about 2,000 tokens."""

_FORMATS = {
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "image/gif": "GIF",
    "image/webp": "WebP",
}
_FILLERS = (
    "On “{topic}” a real model would have something to say here.",
    "One could look at “{topic}” from {n} sides, none of which is looked at here.",
    "The simulator knows the word “{topic}” only because you wrote it.",
    "Suppose that “{topic}” matters: then this sentence would explain why.",
    "There are {n} reasons to think again about “{topic}”, all of them made up.",
    "What follows from “{topic}” is left to the model that you choose later.",
    "A longer answer would return to “{topic}” at this point, and so does this one.",
    "Nothing in this sentence is true of “{topic}”, but it has the right length.",
)
_COUNT = re.compile(r"\bcount (?:up )?(?:from (\d{1,4}) )?to (\d{1,4})\b", re.I)
_WORDS = re.compile(r"\b(\d{2,5})[ -]words?\b", re.I)
_NUMBERS = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_LIST = re.compile(
    rf"\b(?:list|name|give(?: me)?|suggest|write)(?: the| of)? "
    rf"(\d{{1,2}}|{'|'.join(_NUMBERS[2:])}) (?!words?\b|sentences?\b)[a-z]",
    re.I,
)
_LONG = re.compile(
    r"\b(?:essay|story|in detail|detailed|long answer|at length)\b", re.I
)


def answer(prompt: Prompt) -> str:
    """A whole answer in prose, as long as the prompt wants it."""
    short = _short(prompt)
    if short:
        return short
    counted = _COUNT.search(prompt.question)
    if counted:
        start, end = int(counted[1] or 1), int(counted[2])
        numbers = "\n".join(map(str, range(start, max(start, end) + 1)))
        return f"{numbers}{_closing(prompt)}"
    return "\n\n".join([OPENING, *_list(prompt), *_paragraphs(prompt)]) + _closing(
        prompt
    )


def continuation(prompt: Prompt, prefill: str) -> str:
    """What follows a prefill of prose, from the very character at which it ends."""
    closing = "".join(f"</{tag}>" for tag in _open_tags(prefill))
    if _open_fence(prefill):
        opened = prefill.rsplit("```", 1)[1]
        start = "" if "\n" in opened else "\n"
        return f"{start}# invented by the simulator\n```{closing}"
    space = "" if prefill.endswith(("(", "[", "“", "‘", ">", "{", "/", "-")) else " "
    if re.search(r'(?:^|\s)["\']$', prefill):
        space, closing = "", f"{prefill[-1]}{closing}"
    if not prefill or prefill.endswith((".", "!", "?", ":", ">", "…")):
        first = "The simulator goes on from here, and what follows is invented."
    else:
        first = "something that the simulator made up, going on where your words end."
    rest = () if prompt.length != "several" else _paragraphs(prompt)
    return space + "\n\n".join([first, *rest]) + closing + _closing(prompt)


def choice(prompt: Prompt, prefill: str) -> str | None:
    """The continuation of a prefill that waits for one of the options, if it does."""
    if not prompt.options:
        return None
    letter, text = _chance(prompt).choice(prompt.options)
    begun = re.search(r"([(\[])([A-Z]?)$", prefill)
    if begun:
        named = dict(prompt.options)
        text = named.get(begun[2], text)
        close = ")" if begun[1] == "(" else "]"
        start = close if begun[2] else f"{letter}{close}"
    elif re.search(r"(?:answer|choice|option|is|:|=)\W*$", prefill, re.I):
        start = f" ({letter})"
    else:
        return None
    if prompt.length == "letter":
        return start
    said = f"{start} {text}".rstrip(" .")
    return f"{said}. The simulator picked this option; no model weighed it."


def thoughts(prompt: Prompt) -> str:
    """The text of a thinking block."""
    words = _last_words(prompt.question)
    about = f" The last words are “{words}”." if words else ""
    images = f" There are images to look at: {len(prompt.pictures)}."
    long = _rest(prompt, LONG_THOUGHTS) if prompt.drilled("think long") else ()
    return (
        f"The simulator pretends to think before it answers.{about}"
        f"{images if prompt.pictures else ''} "
        f"{' '.join([*long, 'An invented answer will do.'])}"
    )


def _short(prompt: Prompt) -> str:
    chance = _chance(prompt)
    match prompt.length:
        case "letter":
            return chance.choice(prompt.options)[0] if prompt.options else "S"
        case "yes_no":
            return chance.choice(("Yes.", "No."))
        case "word":
            return "Simulated."
        case "sentence":
            seen = _seen(prompt.pictures)
            about = f"about “{_topics(prompt)[0]}”" if not seen else f"({seen})"
            return f"The simulator invented this one sentence {about}."
    return ""


def _paragraphs(prompt: Prompt) -> Iterator[str]:
    """What comes after the first sentence: what was read, then the rest."""
    yield " ".join(_read(prompt))
    rest = list(_rest(prompt, _wanted_words(prompt)))
    for start in range(0, len(rest), 5):
        yield " ".join(rest[start : start + 5])


def _list(prompt: Prompt) -> Iterator[str]:
    """A numbered list, where one is asked for."""
    asked = _LIST.search(prompt.question)
    if asked:
        said = asked[1].lower()
        count = _NUMBERS.index(said) if said in _NUMBERS else int(said)
        topics = _topics(prompt)
        items = (
            f"{n}. Invented item on “{topics[n % len(topics)]}”"
            for n in range(1, min(count, 100) + 1)
        )
        yield "\n".join(items)


def _read(prompt: Prompt) -> Iterator[str]:
    """Sentences on what the request holds."""
    chance = _chance(prompt)
    words = _last_words(prompt.question)
    if words and not _stops(prompt, words):
        yield f"Your last words were “{words}”."
    if prompt.pictures:
        yield _upper(f"{_seen(prompt.pictures)}.")
    for result in prompt.tool_results:
        yield f"The tool result begins with “{result[:80].strip()}”."
    if prompt.options and prompt.prefill is None:
        letter, text = chance.choice(prompt.options)
        yield (
            f"Of the options the simulator picked ({letter}) {text}".rstrip(" .") + "."
        )
    yield _counted(prompt)


def _rest(prompt: Prompt, wanted: int) -> Iterator[str]:
    """Sentences that only take up room, of so many words."""
    chance = _chance(prompt)
    topics = _topics(prompt)
    said = 0
    fillers: list[str] = []
    while said < wanted:
        # All of them once before any of them again.
        fillers = fillers or chance.sample(_FILLERS, len(_FILLERS))
        filler = fillers.pop()
        sentence = filler.format(topic=chance.choice(topics), n=chance.randint(2, 9))
        said += len(sentence.split())
        yield sentence


def _wanted_words(prompt: Prompt) -> int:
    asked = _WORDS.search(prompt.question)
    if asked:
        return min(int(asked[1]), MAX_WORDS)
    return 300 if _LONG.search(prompt.question) else 40


def _counted(prompt: Prompt) -> str:
    turns = len(prompt.request.messages)
    system = " and a system prompt" if prompt.system else ""
    return f"The request has {turns} turn{'s' * (turns != 1)}{system}."


def _seen(pictures: list[Picture]) -> str:
    """What is true of the images: how many, format, pixels."""
    parts = [_described(picture) for picture in pictures[:20]]
    if len(parts) == 1:
        return f"the image is {parts[0]}"
    if not parts:
        return ""
    listed = "; ".join(f"image {n} is {part}" for n, part in enumerate(parts, 1))
    return f"there are {len(pictures)} images: {listed}"


def _described(picture: Picture) -> str:
    if not picture.width:
        if picture.source in ("url", "file"):
            return f"given as a {picture.source.upper()}, which is not fetched here"
        return "unreadable"
    name = _FORMATS.get(picture.media_type, picture.media_type)
    mostly = f", mostly {' and '.join(picture.colours)}" if picture.colours else ""
    return f"a {name} of {picture.width} × {picture.height} pixels{mostly}"


def _closing(prompt: Prompt) -> str:
    """A stop sequence that the prompt asks for, so that there is one to stop at."""
    asked = (stop for stop in prompt.stop_sequences if stop in prompt.instructions)
    stop = next(asked, None)
    return f"\n{stop}" if stop else ""


def _topics(prompt: Prompt) -> list[str]:
    words = re.findall(r"[^\W\d_]{5,24}", prompt.question)
    heard = [word for word in dict.fromkeys(words) if not _stops(prompt, word)]
    return heard[-12:] or ["this"]


def _stops(prompt: Prompt, quoted: str) -> bool:
    """Whether quoting this would end the answer in the middle of the quotation."""
    return any(stop in quoted for stop in prompt.stop_sequences)


def _last_words(text: str) -> str:
    return " ".join(text.split()[-8:])[-120:]


def _open_tags(text: str) -> list[str]:
    opened: list[str] = []
    for slash, tag in re.findall(r"<(/?)([A-Za-z][\w-]*)>", text[-2000:]):
        if not slash:
            opened.append(tag)
        elif tag in opened:
            opened.reverse()
            opened.remove(tag)
            opened.reverse()
    return opened[::-1]


def _open_fence(text: str) -> bool:
    return text.count("```") % 2 == 1


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _chance(prompt: Prompt) -> random.Random:
    return random.Random(prompt.request.seed)
