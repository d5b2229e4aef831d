"""Every rule, in the order in which the API is assumed to look.

Undocumented (assumption of Nov 2026): shape, model, parameters against the model,
structure of the messages, tools, media, cache breakpoints.
"""

from playground.spec.rules.rule import Message, Request, Rule

MESSAGE_RULES: tuple[Rule[Message], ...] = ()
"""Rules that read a message's text; `summarise` applies them."""

ORDER: tuple[Rule[Request] | str, ...] = ()
"""Rules over a request; a name stands for the findings of a message rule."""
