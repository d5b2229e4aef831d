"""The views of the editor. One file a subject."""
