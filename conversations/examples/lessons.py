"""The eight lessons, as data: what a newcomer opens first, in this order.

Every answer in them is invented, and so are the people, shops and letters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Stands for the image block of the chart.
PICTURE = "\0picture"

# The last small model that continues a prefill (API documentation, model table).
PREFILLS = "claude-haiku-4-5"
# A current one: it refuses a prefill.
CURRENT = "claude-haiku-5-5"


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example: turns are `(role, texts)`; the hint says what to try."""

    title: str
    hint: str
    params: Mapping[str, Any]
    turns: tuple[tuple[str, tuple[str, ...]], ...]


LESSONS = (
    Lesson(
        "A first request",
        "Press Send and watch the answer stream in. Then open Request on the right: "
        "that is exactly what was sent.",
        {"model": PREFILLS, "max_tokens": 1024},
        (("user", ("Explain in two sentences what an API is.",)),),
    ),
    Lesson(
        "Turns that Claude never said",
        "The dashed turns were written by hand. Edit one of them, press Send, and see "
        "how the answer follows your version of what was said.",
        {
            "model": PREFILLS,
            "max_tokens": 1024,
            "system": "You are the quartermaster of a small pirate ship. "
            "You answer in one short sentence, always in character.",
        },
        (
            ("user", ("What is in the hold?",)),
            ("assistant", ("Forty barrels of salted cod, captain, and no rum.",)),
            ("user", ("And how is the weather?",)),
            ("assistant", ("Fair, but the parrot says it lies.",)),
            ("user", ("Where do we sail next?",)),
        ),
    ),
    Lesson(
        "Prefill: the answer is (",
        "The last turn is the beginning of Claude’s own answer, so one letter is all "
        "that is left to say. Press Send, then change the question.",
        {"model": PREFILLS, "max_tokens": 5},
        (
            (
                "user",
                (
                    "Which of these is a moon of Jupiter?\n"
                    "(A) Titan\n(B) Europa\n(C) Triton",
                ),
            ),
            ("assistant", ("The answer is (",)),
        ),
    ),
    Lesson(
        "Prefill: straight into JSON",
        "The brace at the end keeps Claude from explaining first. Press Send; then "
        "delete the last turn, send again, and compare.",
        {"model": PREFILLS, "max_tokens": 300},
        (
            (
                "user",
                (
                    "Give name, item, quantity and day of this order as JSON.\n"
                    "\n"
                    "“Hello, this is Mira Tolland. Could I have three rye loaves put "
                    "aside for Thursday, please?”",
                ),
            ),
            ("assistant", ("{",)),
        ),
    ),
    Lesson(
        "An image with a question",
        "Press Send. Then attach a picture of your own to another user turn: its card "
        "says what was made of it and how many tokens it costs.",
        {"model": PREFILLS, "max_tokens": 500},
        (
            (
                "user",
                (PICTURE, "How many bars does this chart have, and which is highest?"),
            ),
        ),
    ),
    Lesson(
        "JSON without a prefill",
        "This model refuses a prefill, so the system prompt asks for JSON. Press Send; "
        "then add an assistant turn at the end and see what is said about it.",
        {
            "model": CURRENT,
            "max_tokens": 2048,
            "system": "Answer with one JSON object and nothing else: no code fence, "
            "no words before or after it. Its keys are "
            '"sentiment" ("good", "bad" or "mixed") and "reason" (a string).',
        },
        (
            (
                "user",
                ("The soup was cold, but the waiter brought us two desserts.",),
            ),
        ),
    ),
    Lesson(
        "Stop where you say",
        "Claude stops before it writes “4.”, because that is a stop sequence. "
        "Press Send, look at the stop reason, then change the sequence on the right.",
        {"model": PREFILLS, "max_tokens": 500, "stop_sequences": ["4."]},
        (("user", ("Write a numbered list of ten rivers, one on each line.",)),),
    ),
    Lesson(
        "Running into max tokens",
        "Thirty tokens are not enough for this. Press Send: the answer breaks off and "
        "says why. Continue asks for the rest; or raise Max tokens and send again.",
        {"model": PREFILLS, "max_tokens": 30},
        (("user", ("Tell the story of a lighthouse keeper and a fox.",)),),
    ),
)
