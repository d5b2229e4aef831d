"""One sentence for every `error_code` that the API may give (SDK 2.12.0).

Codes say more than texts and change less; those of other products of the same API are
listed too, so that none comes without a word.
"""

from collections.abc import Mapping

_CONVERSATION = {
    "available_tools_limit_exceeded": "More tools are available after a turn than the "
    "API takes: offer fewer or smaller ones.",
    "image_dimensions_too_large": "An image is longer than the API takes: scale it.",
    "tool_name_conflict": "Two tools that are available at the same turn share a name.",
    "tool_reference_unresolved": "A tool change names a tool or server that is not "
    "defined at that turn.",
    "compaction_block_ambiguous": "There is more than one compaction block with "
    "content: keep the last one only.",
    "compaction_block_misplaced": "A compaction block must be the first block, and not "
    "in a system turn.",
    "compaction_content_mismatch": "The compaction block was changed after it was "
    "signed.",
    "compaction_incomplete_turn": "Compaction cannot start at an unfinished assistant "
    "turn.",
    "compaction_nothing_to_summarize": "There is nothing to compact yet.",
    "compaction_signature_invalid": "The compaction block's signature is not valid.",
    "compaction_too_many_tool_references": "The conversation refers to more tools than "
    "a compaction block can hold.",
    "compaction_tool_changes_mismatch": "A compaction block's tool changes are not "
    "those it came with.",
    "compaction_unavailable": "Compaction failed for the moment: try again.",
    "thread_already_continued": "That response was continued already: continue from "
    "the newest one.",
    "thread_continue_in_flight": "Another request continues that response right now: "
    "wait for it.",
    "thread_fingerprint_mismatch": "Something that must stay the same within a thread "
    "was changed.",
    "thread_not_found": "The thread is gone: send the whole conversation.",
    "thread_unsupported_request": "Threads do not go with something in this request: "
    "send the whole conversation without thread.",
}
_TRANSPORT = {
    "request_body_encoding_invalid": "The body is not what its Content-Encoding says.",
    "request_body_encoding_unsupported": "The API does not take this Content-Encoding.",
    "request_body_timeout": "The body arrived too slowly: send less at once.",
    "request_body_too_large_after_decoding": "Unpacked, the body is larger than a "
    "request may be.",
    "unsupported_charset": "The API takes UTF-8 only (or ISO-8859-1 and US-ASCII).",
    "file_expired": "The file has expired: upload it again.",
    "file_not_downloadable": "Uploaded files cannot be downloaded, only those that a "
    "tool made.",
    "storage_quota_exceeded": "The file store is full: delete some files.",
}
_ACCOUNT = {
    "organization_on_hold": "Anthropic has put the organisation on hold; the details "
    "may say where to appeal.",
    "contract_spend_limit_reached": "The spend limit of the contract is reached; "
    "waiting does not help.",
    "enforced_spend_limit_reached": "The monthly limit of your usage tier is reached; "
    "waiting a minute does not help.",
    "ramp_limit_exceeded": "Usage grows faster than is allowed: wait as long as "
    "retry-after says.",
    "cmek_context_unavailable": "The workspace's encryption settings cannot be read "
    "just now: try again in some minutes.",
    "cmek_feature_unsupported": "The stored settings cannot be read or replaced under "
    "the workspace's own key.",
    "cmek_key_disabled": "The workspace's own encryption key is disabled: enable it.",
    "cmek_key_network_blocked": "The key service's network rules keep Anthropic out.",
    "cmek_key_unreachable": "The workspace's encryption key cannot be reached: try "
    "again, then look at the key service.",
    "sandbox_egress_restricted": "A sandbox sent this that may not send it.",
    "user_profile_billing_not_authorized": "The customer of this user profile has not "
    "agreed to be billed, or no longer does.",
    "user_profile_not_billable": "This user profile cannot be billed.",
    "user_profile_not_found": "There is no active user profile with this id.",
    "user_profile_required": "The request wants to bill a user profile and names none.",
    "key_profile_mismatch": "An external key and its workspace belong to different "
    "user profiles.",
    "linked_organization_billing_unavailable": "The linked organisation cannot be "
    "billed at the moment.",
    "linked_organization_spend_limit_reached": "The linked organisation has reached "
    "its limit or has no credit.",
    "compliance_configuration_restricted": "The organisation's compliance settings "
    "let nothing new be stored.",
    "workspace_policy_violation": "The workspace policy forbids it.",
    "organization_not_enrolled_in_beta": "The organisation is not part of the beta "
    "that this needs.",
    "organization_type_not_supported": "This is not offered to organisations of this "
    "type.",
    "parent_organization_required": "This needs an organisation that belongs to a "
    "parent.",
    "api_key_scope_missing": "The API key lacks the scope that this needs.",
    "organization_level_scoped_api_key_required": "This needs a scoped key of the "
    "whole organisation.",
    "spend_limits_admin_api_writes_not_enabled": "Spend limits cannot be managed with "
    "an admin key here.",
    "invalid_metadata": "The metadata has too many keys, or one too long or reserved.",
    "skill_read_blocked_undecryptable": "A skill is stored under a key that cannot be "
    "used now.",
    "claude_code_key_creator_not_member": "Whoever made this key has left the "
    "organisation or workspace.",
    "claude_code_version_too_old": "This Claude Code is too old: update it.",
}
_MEMBERS = {
    "already_member": "This person is a member already.",
    "cannot_invite_emails_with_unverified_domains": "The domain of this address is not "
    "verified.",
    "cannot_remove_last_member": "The last member cannot be removed.",
    "cannot_sign_out_managed_member": "A managed member cannot be signed out with this "
    "key.",
    "cannot_sign_out_membership_admin": "A membership admin cannot be signed out by "
    "you.",
    "cannot_sign_out_owner": "An owner cannot be signed out with this key.",
    "cannot_sign_out_primary_owner": "Nobody can sign out the primary owner.",
    "cannot_sign_out_privileged_member": "This token cannot sign out a privileged "
    "member.",
    "cannot_sign_out_self": "You cannot sign out yourself.",
    "concurrent_membership_change": "The members are being changed: try again.",
    "email_domain_not_allowed": "Invitations to this domain are not allowed.",
    "invite_already_exists": "This address has an open invitation.",
    "org_api_key_limit_exceeded": "The organisation has as many API keys as it may.",
    "org_member_limit_exceeded": "The organisation has as many members as it may.",
    "workspace_api_key_limit_exceeded": "The workspace has as many API keys as it may.",
    "workspace_member_limit_exceeded": "The workspace has as many members as it may.",
    "rbac_group_grants_owner_access": "The group grants owner access, which cannot be "
    "given here.",
    "rbac_group_managed_settings_not_found": "The group has no managed settings.",
    "rbac_group_not_found": "There is no such group.",
    "rbac_group_order_limit_exceeded": "The order has as many groups as it may.",
    "rbac_group_owner_access_unconfirmed": "Whether a group grants owner access could "
    "not be found out; nothing was changed.",
    "rbac_role_not_found": "There is no such role.",
}
_ELSEWHERE = {
    "bundle_attachment_not_supported": "The bundle has an attachment that cannot be "
    "edited here.",
    "bundle_on_call": "These instructions are managed in claude.ai.",
    "claude_tag_writes_not_enabled": "Changes by this API are not enabled.",
    "environment_archived": "The environment is archived.",
    "environment_create_disabled": "No new environments can be made.",
    "environment_not_found": "There is no such environment.",
    "environment_update_disabled": "Environments cannot be changed.",
    "external_key_changed": "The external key changed meanwhile: send it again.",
    "external_key_in_workspace_policy": "The workspace policy still names this key.",
    "external_key_validation_failed": "The external key did not pass its check.",
    "external_key_validation_timed_out": "Checking the external key took too long: try "
    "again.",
    "heartbeat_precondition_failed": "Another worker may hold the lease.",
    "invalid_config_type_change": "The type of an environment cannot change.",
    "plugin_name_taken": "Another plugin has this name.",
    "registration_pending": "The plugin version is stored but not usable yet.",
    "scan_failed": "The plugin version did not pass its scan.",
    "scan_pending": "The plugin version is still being scanned: try again.",
    "settings_document_limit_exceeded": "There are as many settings documents as there "
    "may be.",
    "settings_history_limit_exceeded": "The settings have been changed as often as "
    "they may: ask support.",
    "skill_name_taken": "Another skill has this name.",
    "slack_channel_set_up_environment_not_found": "The channel is set up, but there is "
    "no such environment.",
    "slack_channel_set_up_settings_conflict": "The channel is set up, but was changed "
    "meanwhile.",
    "slack_channel_set_up_settings_refused": "The channel is set up, but its settings "
    "were refused.",
}

SENTENCES: Mapping[str, str] = (
    _CONVERSATION | _TRANSPORT | _ACCOUNT | _MEMBERS | _ELSEWHERE
)
"""Plain words by error_code."""
