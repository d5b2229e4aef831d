"""Read one message into its Summary: the only walk over the text of a message."""

from playground.spec.rules.summary import Summary


def read(message: object) -> Summary:
    return Summary()
