"""SQL for one value of each kind: how it is read from text, within which bounds, and what is said when it can't be."""

from collections.abc import Sequence
from datetime import date as date_type

from pipelines.feeds import Column, Kind
from pipelines.landing.engine import literal

_CLOCK = r"[0-2]\d:[0-5]\d(:[0-6]\d([.,]\d+)?)?"
_ZONE = r"(Z|z|[+-][01]\d(:?[0-5]\d)?)"
_LOCAL_TIME = literal(rf"\d{{4}}-\d\d-\d\d[Tt ]{_CLOCK}")
_TIME_WITH_ZONE = literal(rf"\d{{4}}-\d\d-\d\d[Tt ]{_CLOCK} ?({_ZONE}|UTC|GMT)")
_DAY_WITH_ZONE = literal(rf"\d{{4}}-\d\d-\d\d{_ZONE}")
# With decimal commas, points or blanks may stand between thousands, and nowhere else.
_COMMA_NUMBER = literal(r"[+-]?(\d+|\d{1,3}([. \x{00A0}\x{202F}]\d{3})+)(,\d+)?")
DECIMAL_COMMA = literal(r"[+-]?[\d.]*\d,\d+")
"""A number that was written with a decimal comma."""
THOUSANDS_POINT = literal(r"[+-]?\d{1,3}(\.\d{3})+")
"""1.200: one and a fifth, or, where others have decimal commas, twelve hundred."""
LOST_DIGITS = literal(r"\d(\.\d+)?[eE]\+\d+")
"""An id that a spreadsheet took for a number and wrote with an exponent."""
_NO_ID = literal(r"-?\d+\.\d+|true|false")
_TOTAL = literal(r"(?i)((grand|sub)[ -]?)?(totals?|sum)([ :=#-]*[\d.,]*)( (rows|records|employees|people))?")
_TOTAL_BEGINNINGS = tuple(form(word) for word in ("gra", "sub", "tot", "sum") for form in (str, str.title, str.upper))
TOTAL = "the line is a total, no record"
SECOND_HEADER = "the line is a second header, no record"
OTHER_HEADER = "the line is a second header with its columns in another order"
_ERROR = literal(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA|BLOCKED!|CONNECT!).*")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "y": True, "n": False}


def parsed(
    column: Column,
    text: str,
    *,
    may_hold_nuls: bool,
    may_hold_exponents: bool = True,
    marks_no_ids: bool = False,
    decimal: str = ".",
    is_ambiguous: bool = False,
) -> str:
    """The value of a trimmed text, NULL when it can't be read. Nothing is guessed: no thousands, no currencies.

    `decimal` is the source's mark before decimals. `is_ambiguous`: without it being set to a comma, other values of the
    column have one, so that a point may stand before decimals or between thousands.
    """
    if column.kind in (Kind.NUMBER, Kind.MONEY):
        if decimal == ",":
            plain = f"replace(regexp_replace({text}, '[. \\x{{00A0}}\\x{{202F}}]', '', 'g'), ',', '.')"
            text = f"CASE WHEN regexp_full_match({text}, {_COMMA_NUMBER}) THEN {plain} END"
        elif is_ambiguous:
            text = f"CASE WHEN NOT regexp_full_match({text}, {THOUSANDS_POINT}) THEN {text} END"
    number = f"try_cast({text} AS DOUBLE)"
    word = f"replace(replace(lower({text}), ' ', '_'), '-', '_')"
    match column.kind:
        case Kind.TEXT:
            sql = _plain_text(text, may_hold_nuls=may_hold_nuls)
            if column.is_id:
                sql = _id(text, sql, may_hold_exponents=may_hold_exponents, is_marked=marks_no_ids)
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
            sql = date(text, (), also_iso=True, timezone="UTC")
    return sql


def is_total(text: str) -> str:
    """The condition that a text says "Total: 12" or the like."""
    begins = " OR ".join(
        f"{text} BETWEEN {literal(one)} AND {literal(one[:-1] + chr(ord(one[-1]) + 1))}" for one in _TOTAL_BEGINNINGS
    )
    return f"(({begins}) AND regexp_full_match({text}, {_TOTAL}))"


def is_one_of(text: str, headers: Sequence[str]) -> str:
    """The condition that a text is the very name of a column of its file."""
    return f"({' OR '.join(f'{text} = {literal(header)}' for header in headers if header) or 'false'})"


def is_no_id(text: str, headers: Sequence[str]) -> str:
    """The condition that a text is a total or a column's name.

    Most ids have a digit among their first two characters, and then asking costs next to nothing.
    """
    is_stray = f"{is_total(text)} OR {is_one_of(text, headers)}"
    return f"CASE WHEN {text} >= 'A' AND {text}[2] >= 'A' THEN {is_stray} ELSE false END"


def _plain_text(text: str, *, may_hold_nuls: bool) -> str:
    return f"CASE WHEN NOT contains({text}, chr(0)) THEN {text} END" if may_hold_nuls else text


def _id(text: str, read: str, *, may_hold_exponents: bool, is_marked: bool) -> str:
    """A text as an id, without what a file's format or a spreadsheet shows to be none."""
    sql = f"CASE WHEN NOT starts_with({text}, chr(0)) THEN {read} END" if is_marked else read
    lost = f"contains({text}, '+') AND regexp_full_match({text}, {LOST_DIGITS})"
    return f"CASE WHEN NOT ({lost}) THEN {sql} END" if may_hold_exponents else sql


def typed_as_text(column: Column, field: str, field_type: str) -> str:
    """A field of a typed file (Parquet) as text. What is no value of any column has a NUL before it, which fits none.

    A whole number is an id written as one; a fraction, a number too large for its digits to be certain, and true or
    false are no ids, and a list or a structure is no value.
    """
    text = f"{field}::VARCHAR"
    unfit = f"chr(0) || {text}"
    if field_type.endswith("[]") or field_type.startswith(("STRUCT", "MAP", "UNION", "LIST", "ARRAY")):
        return unfit
    match field_type:
        case "VARCHAR":
            return field
        case "BLOB":  # texts that nobody declared as such
            return f"coalesce(try(decode({field})), {unfit})"
        case "BOOLEAN" if column.is_id:
            return unfit
        case "FLOAT" | "DOUBLE" | "DECIMAL":
            whole = f"{field} = floor({field}) AND abs({field}) < 1e15"
            return f"CASE WHEN {whole} THEN {field}::BIGINT::VARCHAR ELSE {unfit if column.is_id else text} END"
        case _:
            return text


def date(text: str, formats: Sequence[str], *, also_iso: bool, timezone: str) -> str:
    """A date in one of the strptime formats; without any, or `also_iso`, yyyy-mm-dd.

    A time without a zone is of the day that is written, and so is a day with one (2026-04-01Z, as XML has it); a time
    with a zone, always in ISO, is of the day it was then in `timezone`.
    """
    there = f"AT TIME ZONE {literal(timezone)})::DATE"
    attempts = [
        f"(try_strptime({text}, {literal(form)}) {there}" if "%z" in form.lower()
        else f"try_strptime({text}, {literal(form)})::DATE"
        for form in formats
    ]  # fmt: skip
    if not formats or also_iso:
        # a cast alone would also take 2024/1/5 and the like, which nobody declared
        attempts.append(f"CASE WHEN strlen({text}) = 10 AND instr({text}, '-') = 5 THEN try_cast({text} AS DATE) END")
        attempts.append(
            f"CASE WHEN strlen({text}) > 10 AND regexp_full_match({text}, {_LOCAL_TIME}) "
            f"THEN try_cast({text}[:10] AS DATE) END"
        )
    plain = f"replace(regexp_replace(upper({text}), ' ?(UTC|GMT)$', 'Z'), ',', '.')"
    instant = f"try_cast(regexp_replace({plain}, ' ([+-])', '\\1') AS TIMESTAMPTZ)"
    attempts.append(
        f"CASE WHEN strlen({text}) > 16 AND regexp_full_match({text}, {_TIME_WITH_ZONE}) THEN ({instant} {there} "
        f"WHEN strlen({text}) > 10 AND regexp_full_match({text}, {_DAY_WITH_ZONE}) "
        f"THEN try_cast({text}[:10] AS DATE) END"
    )
    return f"coalesce({', '.join(attempts)})"


def is_plausible(value: str, years: tuple[int, int], sentinels: Sequence[date_type]) -> str:
    """The condition that a date is within the years that are believed, and stands for no missing one."""
    within = f"{value} BETWEEN DATE '{years[0]:04d}-01-01' AND DATE '{years[1]:04d}-12-31'"
    near = [day for day in sentinels if years[0] <= day.year <= years[1]]
    return " AND ".join([within, *(f"{value} <> DATE '{day}'" for day in near)])


def is_no_sentinel(value: str, sentinels: Sequence[date_type]) -> str:
    """The condition that a date, read or not, does not stand for a missing one."""
    differs = " AND ".join(f"{value} <> DATE '{day}'" for day in sentinels)
    return f"coalesce({differs}, true)" if differs else "true"


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
    error = f"regexp_full_match(ltrim({text}::VARCHAR, chr(0)), {_ERROR})"
    said = _misread(column, text, formats)
    return f"CASE WHEN {error} THEN 'it is an error of the spreadsheet, no value: mend the formula' ELSE {said} END"


def _misread(column: Column, text: str, formats: Sequence[str]) -> str:
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
            comma = "it has a comma: before decimals or between thousands? (`decimal` in the source's settings says)"
            point = "other values of the column have decimal commas, so its point can't be told (`decimal` says)"
            return (
                f"CASE WHEN contains({text}::VARCHAR, ',') THEN {literal(comma)} "
                f"WHEN regexp_full_match({text}::VARCHAR, {THOUSANDS_POINT}) THEN {literal(point)} "
                "ELSE 'it is not a number' END"
            )
        case Kind.TEXT:
            reason = "it is not plain text (a NUL character or a nested value)"
            if column.is_id:
                exponent = "a spreadsheet took the id for a number and its digits are lost: format the column as text"
                number = "it is a number with a fraction, or true or false, and no id: write ids as text"
                bare = f"ltrim({text}, chr(0))"
                return (
                    f"CASE WHEN regexp_full_match({bare}, {LOST_DIGITS}) THEN {literal(exponent)} "
                    f"WHEN regexp_full_match({bare}, {_NO_ID}) THEN {literal(number)} ELSE {literal(reason)} END"
                )
    return literal(reason)
