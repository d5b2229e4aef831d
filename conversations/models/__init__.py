"""All that is kept. One file a subject; import from here."""

from .conversation import Conversation, Entry, Revision, Turn, new_slot, text_of
from .image import Image, ImageUse, Rendition
from .newcomer import Newcomer
from .run import Chunk, Run
from .share import Share

__all__ = [
    "Chunk",
    "Conversation",
    "Entry",
    "Image",
    "ImageUse",
    "Newcomer",
    "Rendition",
    "Revision",
    "Run",
    "Share",
    "Turn",
    "new_slot",
    "text_of",
]
