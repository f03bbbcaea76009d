"""A JSON column that keeps what was put in: key order and the digits of big numbers."""

from typing import Any

from django.db import models
from django.db.models.expressions import BaseExpression

from events.jsontext import dumps, loads


class JSONTextField(models.Field):
    """JSON stored as text: `json` on PostgreSQL (checked, and readable with ->>), `text` on SQLite.

    Not jsonb: that one sorts keys and costs more to write, and a raw payload is sent as it came.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "json" if connection.vendor == "postgresql" else "text"

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, BaseExpression):
            return value
        return dumps(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        if isinstance(value, (str, bytes)):
            return loads(value)
        return value  # psycopg's own loader was on

    def to_python(self, value: Any) -> Any:
        return loads(value) if isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        return dumps(self.value_from_object(obj))
