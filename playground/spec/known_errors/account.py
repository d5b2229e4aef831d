"""What the API says of keys, money and load."""

from playground.spec.known_errors.wording import known

KEYS_AND_ACCOUNT = (
    known(
        None,
        r"invalid x-api-key|API key is invalid|x-api-key header is required",
        "The API key is missing or wrong: look at the key in the settings.",
    ),
    known(
        None,
        r"credit balance is too low",
        "The account has no credit left: buy some under Plans & Billing.",
    ),
    known(
        None,
        r"reached your specified API usage limits",
        "Your own spend limit is reached: raise it, or wait until it starts anew.",
    ),
    known(
        None,
        r"would exceed .*rate limit.* of (?P<limit>[\d,]+) (?P<what>[a-z ]+) per "
        r"(?P<unit>minute|hour|day)",
        "Your organisation may send {limit} {what} per {unit}, and this would be more: "
        "wait a little, or send less.",
    ),
    known(
        None,
        r"^Overloaded",
        "The API is overloaded, by others than you: try again in a moment.",
    ),
    known(
        None,
        r"anthropic-version: header is required",
        "The request lacks the anthropic-version header.",
        path="anthropic-version",
    ),
    known(
        "unknown_beta",
        r"Unexpected value\(s\) `(?P<beta>[^`]*)` for the `anthropic-beta` header",
        "The API knows no beta {beta}: take it out of the anthropic-beta header.",
        path="anthropic-beta",
    ),
    known(
        None,
        r"Output blocked by content filtering policy",
        "The answer was stopped by a content filter: ask in another way.",
    ),
)

FILES_AND_BATCHES = (
    known(
        None,
        r"Message Batch (?P<id>\S+) has no available results",
        "The batch {id} has not ended yet: its results come with the end.",
    ),
    known(
        None,
        r"File '(?P<id>[^']+)' is not downloadable",
        "{id} was uploaded; only files that a tool made can be downloaded.",
    ),
    known(None, r"^Not found$", "There is nothing at this address."),
)
