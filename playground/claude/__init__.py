"""The only caller of the SDK: bytes in, our own small events out. Knows no model."""
