"""SQL for one value of each kind: how it is read from text, within which bounds, and what is said when it can't be."""

from collections.abc import Sequence

from pipelines.feeds import Column, Kind
from pipelines.landing.engine import literal

_MIDNIGHT = literal(r"\d{4}-\d\d-\d\d[T ]00:00(:00(\.0+)?)?")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "y": True, "n": False}


def parsed(column: Column, text: str, *, may_hold_nuls: bool) -> str:
    """The value of a trimmed text, NULL when it can't be read. Nothing is guessed: no thousands, no currencies."""
    number = f"try_cast({text} AS DOUBLE)"
    word = f"replace(replace(lower({text}), ' ', '_'), '-', '_')"
    match column.kind:
        case Kind.TEXT:
            sql = f"CASE WHEN NOT contains({text}, chr(0)) THEN {text} END" if may_hold_nuls else text
        case Kind.BOOLEAN:
            cases = " ".join(f"WHEN {literal(word)} THEN {meant}" for word, meant in _BOOLEANS.items())
            sql = f"CASE lower({text}) {cases} END"
        case Kind.ENUM:
            cases = " ".join(f"WHEN {literal(value)} THEN {literal(value)}" for value in column.values)
            sql = f"CASE {word} {cases} END"  # IN would become a join, and a join does not keep the order of rows
        case Kind.INTEGER:
            sql = rf"CASE WHEN regexp_full_match({text}, '[+-]?\d+(\.0*)?') THEN try_cast({text} AS INTEGER) END"
        case Kind.NUMBER:  # a cast alone would also take 1_000, inf and nan
            sql = f"CASE WHEN NOT contains({text}, '_') AND isfinite({number}) THEN {number} END"
        case Kind.MONEY:
            sql = f"CASE WHEN NOT contains({text}, '_') THEN try_cast({text} AS DECIMAL(18,4)) END"
        case Kind.DATE:
            sql = date(text, (), also_iso=True)
    return sql


def date(text: str, formats: Sequence[str], *, also_iso: bool) -> str:
    """A date in one of the strptime formats; without any, or `also_iso`, yyyy-mm-dd, at midnight if it has a time."""
    attempts = [f"try_strptime({text}, {literal(form)})::DATE" for form in formats]
    if not formats or also_iso:
        # a cast alone would also take 2024/1/5 and the like, which nobody declared
        attempts.append(f"CASE WHEN strlen({text}) = 10 AND instr({text}, '-') = 5 THEN try_cast({text} AS DATE) END")
        attempts.append(f"CASE WHEN regexp_full_match({text}, {_MIDNIGHT}) THEN try_cast({text}[:10] AS DATE) END")
    return f"coalesce({', '.join(attempts)})"


def bounds(column: Column, value: str) -> str:
    """The condition that a number is within its column's range, or nothing."""
    parts: list[str] = []
    if column.low is not None:
        parts.append(f"{value} >= {column.low:g}")
    if column.high is not None:
        parts.append(f"{value} <= {column.high:g}")
    return " AND ".join(parts)


def stated_range(column: Column) -> str:
    """A column's range in words."""
    return f"{column.low:g} to {column.high:g}" if column.high is not None else f"{column.low:g} and above"


def misread(column: Column, text: str, formats: Sequence[str]) -> str:
    """SQL for why a text could not be read."""
    match column.kind:
        case Kind.DATE:
            serial = rf"regexp_full_match({text}::VARCHAR, '[2-6]\d{{4}}(\.\d+)?')"
            otherwise = literal(f"it is not a date ({' or '.join(formats) or 'yyyy-mm-dd'} expected)")
            return f"CASE WHEN {serial} THEN 'it is not a date but looks like an Excel day number' ELSE {otherwise} END"
        case Kind.BOOLEAN:
            reason = "it is none of true/false, yes/no, y/n, 1/0"
        case Kind.ENUM:
            reason = f"it is none of {', '.join(column.values)}"
        case Kind.INTEGER:
            reason = "it is not a whole number"
        case Kind.NUMBER | Kind.MONEY:
            reason = "it is not a number"
        case Kind.TEXT:
            reason = "it is not plain text (a NUL character or a nested value)"
    return literal(reason)
