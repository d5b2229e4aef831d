"""What the database holds of the runs: were all recorded, and whole?"""

import json
import sqlite3
from pathlib import Path

from .upstream import ASKED
from .viewers import MARK


def told(database: Path) -> str:
    """Say how many runs are done and how many tokens are missing from the replies."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT run.status, run.message, turn.blocks FROM conversations_run run "
            "JOIN conversations_turn turn ON turn.conversation_id = "
            "run.conversation_id AND turn.role = 'user'"
        ).fetchall()
    done = missing = 0
    for status, message, blocks in rows:
        done += status == "done"
        asked = ASKED.search(blocks.encode())
        content = json.loads(message or "{}").get("content") or [{"text": ""}]
        marks = MARK.findall(content[0]["text"].encode())
        missing += (int(asked[1]) if asked else 0) - len(marks)
    return f"Recorded: {done} of {len(rows)} runs done, {missing} tokens missing."
