"""The screen where a conversation is written, sent and watched. It has no models."""
