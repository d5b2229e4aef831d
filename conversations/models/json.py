"""A column for JSON whose bytes matter: text in the database, values in Python."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models


def dumps(value: object) -> str:
    """Serialise to ASCII JSON text without repairing anything.

    Key order, `\\u0000`, lone surrogates and long numbers survive both databases,
    which jsonb and SQLite's JSON functions do not promise. ASCII escapes also keep
    the NUL character, which PostgreSQL's text type refuses, out of the column.
    """
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


class JSONText(models.TextField):
    """A TextField that holds ASCII-escaped JSON and reads as the parsed value."""

    if TYPE_CHECKING:  # what the stubs' mypy plugin reads
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    def from_db_value(
        self, value: str | None, expression: object, connection: object
    ) -> Any:
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else dumps(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return dumps(self.value_from_object(obj))
