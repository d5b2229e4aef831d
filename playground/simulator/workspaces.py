"""What the simulator remembers: one workspace a key, in the memory of one process.

Files, batches, cached prefixes and spent limits live here and nowhere else, so all of
it is gone at a restart, and what one key stores no other key sees.
"""

import hashlib
import threading
from collections import OrderedDict

from playground.simulator.batches import Batches
from playground.simulator.caching import Cache
from playground.simulator.files import Files
from playground.simulator.limits import Meter

MAX_WORKSPACES = 200
"""The one that was used longest ago makes room for a new one."""


class Workspace:
    """What belongs to one key."""

    def __init__(self) -> None:
        self.files = Files()
        self.batches = Batches()
        self.cache = Cache()
        self.meter = Meter()


_known: OrderedDict[bytes, Workspace] = OrderedDict()
_lock = threading.Lock()


def of(key: str) -> Workspace:
    """The workspace of this key, which is not kept itself."""
    name = hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
    with _lock:
        found = _known.get(name)
        if found is None:
            found = _known[name] = Workspace()
        _known.move_to_end(name)
        if len(_known) > MAX_WORKSPACES:
            _known.popitem(last=False)
    return found


def forget() -> None:
    """Empty all memory, as a restart does."""
    with _lock:
        _known.clear()
