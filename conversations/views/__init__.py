"""The plain pages around conversations. One file a subject."""
