"""Every rule, in the order in which the API is assumed to look.

Undocumented (assumption of Nov 2026): size, encoding, shape, model, parameters against
the model, structure of the messages, tool pairing, thinking, media, cache breakpoints,
schemas. What is no error comes last.
"""

from collections.abc import Mapping
from typing import Any

from playground.spec.rules import (
    batch,
    binding,
    caching,
    documents,
    encoding,
    envelope,
    limits,
    media,
    messages,
    model,
    pairing,
    prefill,
    schema,
    shape,
    surprises,
    system_turns,
    thinking,
    tools,
    toolsets,
)
from playground.spec.rules.rule import MessageRule, RequestRule, Rule

AnyRule = MessageRule | RequestRule

SIZE: tuple[AnyRule, ...] = (envelope.body_too_large,)

ENCODING: tuple[AnyRule, ...] = (
    encoding.half_a_character_in_params,
    encoding.half_a_character,
)

SHAPE: tuple[AnyRule, ...] = (
    envelope.model_required,
    envelope.max_tokens_required,
    shape.unknown_parameter,
    envelope.not_counted,
    envelope.wrong_type,
    envelope.max_tokens_negative,
    envelope.system_block,
    limits.output_config_keys,
    thinking.thinking_type_unknown,
    thinking.thinking_key_unknown,
    thinking.thinking_display,
    thinking.thinking_budget,
    thinking.effort_unknown,
    tools.tool_shape,
    tools.tool_name,
    tools.tool_schema,
    tools.tool_choice_shape,
    schema.format_schema,
    shape.shape_of_params,
    messages.message_shape,
    messages.role_unknown,
    shape.shape_of_message,
    shape.beta_shape_of_message,
    media.media_type,
    caching.cache_control_values_of_params,
    caching.cache_control_values,
)

MODEL: tuple[AnyRule, ...] = (
    model.unavailable_model,
    model.retires_soon,
    model.restricted_model,
)

PARAMETERS: tuple[AnyRule, ...] = (
    limits.max_tokens_over_limit,
    limits.nothing_to_generate,
    limits.little_room_beside_thinking,
    envelope.stop_sequences,
    limits.sampling_range,
    limits.sampling_deprecated,
    limits.sampling_on_old_models,
    thinking.thinking_type_refused,
    thinking.thinking_enabled_deprecated,
    thinking.budget_fills_max_tokens,
    thinking.effort_refused,
    thinking.effort_without_thinking,
    thinking.effort_between_tools,
    thinking.effort_changed_between_tools,
    limits.inference_geo,
    limits.fast_mode,
    limits.container_without_tool,
    tools.tool_names_unique,
    tools.too_many_strict,
    tools.all_deferred,
    tools.choice_without_tools,
    tools.chosen_tool_absent,
    tools.tool_not_offered,
    tools.forced_choice_unsupported,
    tools.forced_choice_with_thinking,
    schema.input_examples,
    toolsets.toolset_twice,
    toolsets.toolset_chosen,
    toolsets.toolset_with_old_streaming,
    toolsets.toolset_called_from_code,
)

STRUCTURE: tuple[AnyRule, ...] = (
    envelope.no_messages,
    envelope.too_many_messages,
    system_turns.system_role_unsupported,
    system_turns.system_role_content,
    system_turns.system_role_place,
    messages.empty_message,
    envelope.empty_system_text,
    messages.cache_control_on_empty_text,
    messages.empty_text,
    messages.blank_text,
    messages.image_in_assistant,
    messages.document_in_assistant,
    messages.citations_of_user,
    messages.block_of_other_role,
    prefill.prefill_unsupported,
    prefill.prefill_with_thinking,
    prefill.prefill_with_format,
    prefill.prefill_with_tools,
    prefill.paused_or_prefill,
    prefill.prefill_ends_in_whitespace,
    schema.format_with_citations,
)

PAIRING: tuple[AnyRule, ...] = (
    pairing.call_without_result,
    pairing.result_without_call,
    pairing.server_call_without_result,
    toolsets.paused_tool_missing,
    toolsets.call_id_twice,
)

THINKING: tuple[AnyRule, ...] = (
    binding.manual_thinking_first,
    binding.thinking_unsigned,
    binding.thinking_altered,
    binding.thinking_from_elsewhere,
    binding.thinking_bound_elsewhere,
    binding.thinking_of_other_model,
)

MEDIA: tuple[AnyRule, ...] = (
    media.media_type_mismatch,
    media.image_bytes,
    media.image_side,
    media.media_not_read,
    media.too_many_images,
    media.image_would_shrink,
    documents.pdf_unreadable,
    documents.too_many_pages,
)

CACHING: tuple[AnyRule, ...] = (
    caching.too_many_breakpoints,
    caching.longer_after_shorter,
    caching.automatic_of_other_age,
)

SCHEMAS: tuple[AnyRule, ...] = (
    schema.format_unsupported,
    schema.schema_subset,
    schema.schema_too_large,
)

WINDOW: tuple[AnyRule, ...] = (limits.longer_than_the_window,)

SURPRISES: tuple[AnyRule, ...] = (
    surprises.unknown_version,
    surprises.unknown_beta,
    surprises.tokenizer_changed,
    surprises.prefix_not_cached,
    surprises.cache_out_of_sight,
    surprises.answer_cut_by_window,
    surprises.dearer_when_long,
    surprises.text_after_results,
    surprises.only_first_frame,
    surprises.forced_tool_skips_thinking,
    surprises.format_may_break,
    surprises.deferred_without_search,
)

GROUPS: Mapping[str, tuple[AnyRule, ...]] = {
    "Size": SIZE,
    "Encoding": ENCODING,
    "Shape": SHAPE,
    "Model": MODEL,
    "Parameters": PARAMETERS,
    "Turns": STRUCTURE,
    "Tool calls": PAIRING,
    "Thinking sent back": THINKING,
    "Images and documents": MEDIA,
    "Cache breakpoints": CACHING,
    "Schemas": SCHEMAS,
    "Context window": WINDOW,
    "Silent surprises": SURPRISES,
}
"""The rules in their order, by what they are about."""

ORDER = tuple(each for group in GROUPS.values() for each in group)

PAGE: Mapping[str, tuple[Rule[Any], ...]] = {
    **GROUPS,
    "Batches": (*batch.SUBMISSION, *batch.ITEM),
}
"""Every rule for people to read, those of batches last."""

MESSAGE_RULES = tuple(each for each in ORDER if isinstance(each, MessageRule))
"""The rules that read text; `summarise` applies them once a message."""
