"""Smart playlists: a rule in plain values, and the one statement of the index that finds its songs.

A rule is what a person chose from lists, never SQL: fields and operators are looked up here, values are bound.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec

from magnitizdat.errors import UsageError
from magnitizdat.library.index.database import Database
from magnitizdat.model import Value
from magnitizdat.sentence import say

Field = Literal[
    "title",
    "artist",
    "album",
    "genre",
    "label",
    "year",
    "duration",
    "plays",
    "rating",
    "added",
    "played",
    "starred",
]
Operator = Literal[
    "is", "is-not", "contains", "lacks", "above", "below", "before", "after", "within-days", "not-within-days"
]
SortOrder = Literal[
    "title", "artist", "album", "year", "duration", "plays", "rating", "added", "played", "starred", "random"
]

MAX_SONGS = 100_000
_MARK = "\x1f"


class Condition(Value, frozen=True, kw_only=True):
    """One thing that holds of a song. Dates are `2026-05-01`, days and seconds numbers."""

    field: Field
    op: Operator
    value: str | float | bool


class Sort(Value, frozen=True, kw_only=True):
    """One key of an order."""

    by: SortOrder
    down: bool = False


class Smart(Value, frozen=True, kw_only=True):
    """A rule: all of `all` hold and, where there are some, one of `any`; sorted, at most `limit` songs (0: all)."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    sort: tuple[Sort, ...] = ()
    limit: int = 0


_TEXTS = {
    "title": "folded(t.title)",
    "artist": "folded(t.artist)",
    "album": "folded(a.title)",
    "label": "folded(coalesce(l.name, ''))",
}
_NUMBERS = {
    "year": "CAST(substr(a.date, 1, 4) AS INTEGER)",
    "duration": "t.duration_s",
    "plays": "coalesce(m.plays, 0)",
    "rating": "coalesce(m.rating, 0)",
}
_DATES = {
    "added": "strftime('%Y-%m-%dT%H:%M:%fZ', coalesce(a.added, 0), 'unixepoch')",
    "played": "coalesce(m.played, '')",
}
_ONE_OF_SEVERAL = (
    "EXISTS (SELECT 1 FROM credited c WHERE c.album = t.album AND c.track = t.key AND folded(c.artist) = ?)"
)
_STARRED = "coalesce(m.starred, '')"
_GENRES = "genres_of(t.body, a.body)"
_ORDERS = {**_TEXTS, **_NUMBERS, **_DATES, "starred": _STARRED, "random": "random()"}
_FROM = (
    " FROM track t JOIN album a ON a.id = t.album LEFT JOIN label l ON l.imprint = a.imprint LEFT JOIN mark m"
    " ON m.listener = ? AND m.kind = 'track' AND m.target = lower(hex(t.id))"
)
_SHELF_ORDER = "folded(a.artist), a.date, folded(a.title), a.id, t.disc, t.position, t.key"


class _GenreNames(msgspec.Struct):
    genres: tuple[str, ...] = ()


_to_genres = msgspec.msgpack.Decoder(_GenreNames).decode


def _genres_of(track: bytes, album: bytes) -> str:
    names = _to_genres(track).genres or _to_genres(album).genres
    return _MARK + "".join(f"{name.casefold()}{_MARK}" for name in names)


def checked_rule(rule: Smart) -> Smart:
    """The same rule, if each operator fits its field and each value its operator.

    Raises: UsageError with what does not.
    """
    for condition in (*rule.all, *rule.any):
        _clause(condition, datetime(2000, 1, 1, tzinfo=UTC))
    if not 0 <= rule.limit <= MAX_SONGS:
        raise UsageError(say("a rule finds at most {max_songs} songs; choose a smaller limit", max_songs=MAX_SONGS))
    return rule


def songs_by_rule(db: Database, listener: str, rule: Smart, *, now: datetime) -> list[str]:
    """Ids of the songs of which a rule holds for this listener, in its order (else that of the shelf).

    Raises: UsageError where the rule makes no sense.
    """
    db.function("folded", str.casefold, 1)
    db.function("genres_of", _genres_of, 2)
    clauses = [_clause(condition, now) for condition in rule.all]
    either = [_clause(condition, now) for condition in rule.any]
    if either:
        joined = " OR ".join(clause for clause, _ in either)
        clauses.append((f"({joined})", [value for _, values in either for value in values]))
    where = f" WHERE {' AND '.join(clause for clause, _ in clauses)}" if clauses else ""
    order = ", ".join([*(f"{_ORDERS[key.by]}{' DESC' if key.down else ''}" for key in rule.sort), _SHELF_ORDER])
    statement = f"SELECT t.song{_FROM}{where} ORDER BY {order} LIMIT ?"
    values = [value for _, bound in clauses for value in bound]
    return [str(song) for (song,) in db.all(statement, (listener, *values, rule.limit or MAX_SONGS))]


def _clause(condition: Condition, now: datetime) -> tuple[str, list[Any]]:
    """SQL that holds where the condition does, and the values for its question marks."""
    field, op, value = condition.field, condition.op, condition.value
    if field == "starred" and op in {"is", "is-not"} and isinstance(value, bool):
        return f"({_STARRED} {'<>' if value == (op == 'is') else '='} '')", []
    if field in _DATES and isinstance(value, str | float | int) and not isinstance(value, bool):
        return _date_clause(_DATES[field], op, value, now)
    if field in _NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        signs = {"is": "=", "is-not": "<>", "above": ">", "below": "<"}
        if op in signs:
            return f"{_NUMBERS[field]} {signs[op]} ?", [value]
    if isinstance(value, str) and op in {"is", "is-not", "contains", "lacks"} and (field in _TEXTS or field == "genre"):
        return _text_clause(field, op, value.casefold())
    raise UsageError(
        say(
            "a rule cannot ask whether «{field}» {operator} «{value}»; choose another operator",
            field=field,
            operator=op.replace("-", " "),
            value=value,
        )
    )


def _text_clause(field: str, op: Operator, value: str) -> tuple[str, list[Any]]:
    if field == "artist" and op in {"is", "is-not"}:  # of several each is one
        return f"{'' if op == 'is' else 'NOT '}({_TEXTS[field]} = ? OR {_ONE_OF_SEVERAL})", [value, value]
    expression = _GENRES if field == "genre" else _TEXTS[field]
    wanted = f"{_MARK}{value}{_MARK}" if field == "genre" and op in {"is", "is-not"} else value
    if field != "genre" and op in {"is", "is-not"}:
        return f"{expression} {'=' if op == 'is' else '<>'} ?", [wanted]
    return f"instr({expression}, ?) {'>' if op in {'is', 'contains'} else '='} 0", [wanted]


def _date_clause(expression: str, op: Operator, value: str | float, now: datetime) -> tuple[str, list[Any]]:
    if op in {"before", "after"} and isinstance(value, str):
        try:
            datetime.fromisoformat(value)
        except ValueError as exc:
            raise UsageError(say("«{value}» is not a date; write for example 2026-05-01", value=value)) from exc
        # Music that was never heard was not heard before a day either.
        return (f"({expression} <> '' AND {expression} < ?)" if op == "before" else f"{expression} >= ?"), [value]
    if op in {"within-days", "not-within-days"} and not isinstance(value, str) and 0 <= value <= 36_500:
        since = (now - timedelta(days=value)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{expression} {'>=' if op == 'within-days' else '<'} ?", [since]
    raise UsageError(say("a rule asks of a date: before or after a day, within or not within a number of days"))
