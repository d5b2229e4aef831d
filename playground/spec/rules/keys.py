"""Which names the rules were written for, as data. From anthropic 2.12.0.

What is accepted comes from the SDK's types (`shapes`); a test compares the two.
"""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARAMS = _words(
    "cache_control container diagnostics inference_geo max_tokens messages metadata "
    "model output_config service_tier speed stop_sequences stream system thinking "
    "tool_choice tools"
)

COUNTED_PARAMS = _words(
    "cache_control messages model output_config speed system thinking tool_choice tools"
)
"""Those of count_tokens."""

BETA_PARAMS = _words(
    "billing_policy compaction context_management fallback_credit_token fallbacks "
    "mcp_servers thread"
)
"""Known only beside the right anthropic-beta header."""

BETAS: Mapping[str, tuple[str, ...]] = {
    "block_binding": ("thinking-binding-controls-",),
    "clear_at": ("mid-conversation-system-clear-at-",),
    "fallbacks": ("server-side-fallback-",),
    "output_config": ("mid-conversation-output-config-",),
    "tool_addition": ("mid-conversation-tool-changes-",),
    "tool_removal": ("mid-conversation-tool-changes-",),
    "updates": ("thinking-display-updates-",),
}
"""How the anthropic-beta begins that turns a parameter, key, block or value on, as the
pages on each say. The key output_config is that of a turn."""

LIKELY_BETAS: Mapping[str, tuple[str, ...]] = {
    "billing_policy": ("user-profiles-",),
    "compaction": ("compact-",),
    "context_management": ("context-management-", "compact-"),
    "fallback_credit_token": ("fallback-credit-",),
    "mcp_servers": ("mcp-client-",),
    "output_format": ("structured-outputs-",),
    "task_budget": ("task-budgets-",),
    "thread": ("message-threads-",),
}
"""The same as their names suggest; no page says so."""

FORMER_BETA_PARAMS = frozenset(("output_format",))
"""The same, but no longer in the SDK: the name of output_config.format until 2026."""

SAMPLING = ("temperature", "top_p", "top_k")

OUTPUT_CONFIG = frozenset(("effort", "format"))
BETA_OUTPUT_CONFIG = frozenset(("task_budget",))

THINKING: Mapping[str, frozenset[str]] = {
    "adaptive": frozenset(("type", "display", "block_binding")),
    "enabled": frozenset(("type", "budget_tokens", "display", "block_binding")),
    "disabled": frozenset(("type",)),
    "between_tools": frozenset(("type",)),
}

TOOL_CHOICE: Mapping[str, frozenset[str]] = {
    "auto": frozenset(("type", "disable_parallel_tool_use")),
    "any": frozenset(("type", "disable_parallel_tool_use")),
    "tool": frozenset(("type", "name", "disable_parallel_tool_use")),
    "none": frozenset(("type",)),
}


BLOCKS = _words(
    "bash_code_execution_tool_result code_execution_tool_result container_upload "
    "document image redacted_thinking search_result server_tool_use text "
    "text_editor_code_execution_tool_result thinking tool_result "
    "tool_search_tool_result tool_use web_fetch_tool_result web_search_tool_result"
)
"""Content blocks that rules were written for. Beta types are not listed."""

TOOLS = _words(
    "bash_20250124 browser_toolset_20260801 code_execution_20250522 "
    "code_execution_20250825 code_execution_20260120 code_execution_20260521 "
    "computer_toolset_20260801 custom memory_20250818 text_editor_20250124 "
    "text_editor_20250429 text_editor_20250728 tool_search_tool_bm25_20251119 "
    "tool_search_tool_regex_20251119 web_fetch_20250910 web_fetch_20260209 "
    "web_fetch_20260309 web_fetch_20260318 web_search_20250305 web_search_20260209 "
    "web_search_20260318"
)
"""Types of tools that rules were written for. Beta types are not listed."""
