"""Which keys the API knows, as data. From the request types of anthropic 2.12.0."""

from collections.abc import Mapping


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PARAMS = _words(
    "cache_control container diagnostics inference_geo max_tokens messages metadata "
    "model output_config service_tier speed stop_sequences stream system thinking "
    "tool_choice tools"
)

COUNTED_PARAMS = PARAMS - _words("max_tokens metadata stop_sequences stream")
"""Those of count_tokens."""

BETA_PARAMS = _words(
    "billing_policy compaction context_management fallback_credit_token fallbacks "
    "mcp_servers output_format thread"
)
"""Known only beside the right anthropic-beta header."""

SAMPLING = ("temperature", "top_p", "top_k")

MESSAGE = frozenset(("role", "content"))
BETA_MESSAGE = frozenset(("output_config", "clear_at"))

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


def _block(required: str, optional: str = "") -> tuple[frozenset[str], frozenset[str]]:
    return _words(required), _words(f"type {optional}")


_RESULT = _block("tool_use_id content", "cache_control caller")

BLOCKS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "text": _block("text", "cache_control citations"),
    "image": _block("source", "cache_control transformations"),
    "document": _block("source", "cache_control citations context title"),
    "search_result": _block("content source title", "cache_control citations"),
    "thinking": _block("signature thinking"),
    "redacted_thinking": _block("data"),
    "tool_use": _block("id input name", "cache_control caller toolset_name"),
    "tool_result": _block("tool_use_id", "cache_control content is_error toolset_name"),
    "server_tool_use": _block("id input name", "cache_control caller"),
    "web_search_tool_result": _RESULT,
    "web_fetch_tool_result": _RESULT,
    "code_execution_tool_result": _RESULT,
    "bash_code_execution_tool_result": _RESULT,
    "text_editor_code_execution_tool_result": _RESULT,
    "tool_search_tool_result": _RESULT,
    "container_upload": _block("file_id", "cache_control"),
}
"""Content blocks by type: required keys, optional keys. Beta types are not listed."""

IMAGE_SOURCES: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "base64": _block("data media_type"),
    "url": _block("url"),
    "file": _block("file_id"),
}
