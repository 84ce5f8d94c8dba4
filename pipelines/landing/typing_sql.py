"""SQL that turns raw fields into the contract's types and says, row by row, which of them could not be read.

A row's problems are a bit mask over the feed's columns, in the contract's order, with `is_deleted` last. While a
file is being read the mask takes the place of `batch_seq`, negated, in the rows that have problems: a clean file
is then finished after one pass, and rows.parquet never has a column of its own for it.

Natural keys: where a source gives no id of its own, the id column is filled with the natural key's values as
text, null as the empty text, joined by chr(31). Later rooms see one key, always filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.feeds import IS_DELETED, Column, Feed, Kind
from pipelines.landing import kinds_sql as kinds
from pipelines.landing.engine import literal
from pipelines.landing.mapping import Mapping as ColumnMapping
from pipelines.landing.options import SourceOptions
from pipelines.landing.receive import Trimming

_BLANKS = literal(" \t\r\n\u00a0")
_NUMBER_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True, slots=True)
class FieldTraits:
    """What is known of a file's fields. `types` holds DuckDB types of fields that are not text, by position."""

    types: Mapping[int, str]
    trimming: Trimming = "wide"
    may_hold_nuls: bool = False
    has_typed_dates: bool = False


class TypingSql:
    """The SQL for one file of a feed."""

    def __init__(self, feed: Feed, source: SourceOptions, mapping: ColumnMapping, traits: FieldTraits) -> None:
        self._feed = feed
        self._source = source
        self._mapping = mapping
        self._traits = traits
        self._all = (*feed.columns, IS_DELETED)
        self._columns = {
            bit: column
            for bit, column in enumerate(self._all)
            if column.name in mapping.positions or column.name in mapping.constants
        }
        self._deleted = f"v{len(feed.columns)}" if "is_deleted" in mapping.positions else None

    @property
    def quarantining_mask(self) -> int:
        """Bits of the columns without which a row can't be loaded."""
        needed = {*self._feed.key, *self._feed.natural_key, "is_deleted"}
        return sum(1 << bit for bit, c in enumerate(self._all) if c.required or c.name in needed)

    def rows(self, fields_sql: str, batch_seq: int) -> str:
        """A query for the typed rows, in the order of `fields_sql` (a query for f0, f1, ...)."""
        selected = [self._landed(bit, column) for bit, column in enumerate(self._feed.columns)]
        selected.append(f"coalesce({self._deleted}, false) AS is_deleted" if self._deleted else "false AS is_deleted")
        selected.append(f"{literal(self._source.name)} AS source")
        bits = " + ".join(f"CASE WHEN {self._issue(bit)} THEN {1 << bit} ELSE 0 END" for bit in self._columns)
        any_issue = " OR ".join(self._issue(bit) for bit in self._columns)
        selected.append(
            f"CASE WHEN {any_issue or 'false'} THEN -({bits or 0})::BIGINT ELSE {batch_seq}::BIGINT END AS batch_seq"
        )
        return f"SELECT {', '.join(selected)} FROM ({self._values(fields_sql)})"

    def problems(self, fields_sql: str) -> str:
        """A query for n, column, value, reason, is_quarantining of every problem; `fields_sql` also has n."""
        quarantining = self.quarantining_mask
        found = ", ".join(
            f"CASE WHEN {self._issue(bit)} THEN {{'column': {literal(column.name)}, "
            f"'value': left(replace(t{bit}::VARCHAR, chr(0), ''), 500), 'reason': {self._reason(bit, column)}, "
            f"'is_quarantining': {str(bool(quarantining >> bit & 1)).lower()}}} END"
            for bit, column in self._columns.items()
        )
        return (
            "SELECT n, problem.* FROM (SELECT n, unnest(list_filter"
            f"([{found}], lambda p: p IS NOT NULL)) AS problem FROM ({self._values(fields_sql)}))"
        )

    def identity(self, fields_sql: str) -> str:
        """A query for n, employee_id, date: whom and what day a row is about, as far as that can be read."""
        by_name = {column.name: bit for bit, column in self._columns.items()}
        person = f"v{by_name['employee_id']}" if "employee_id" in by_name else "NULL::VARCHAR"
        date = self._feed.date_column
        day = f"v{by_name[date]}" if date in by_name else "NULL::DATE"
        return f'SELECT n, {person} AS employee_id, {day} AS "date" FROM ({self._values(fields_sql)})'

    def _values(self, fields_sql: str) -> str:
        texts = ", ".join(f"{self._text(column)} AS t{bit}" for bit, column in self._columns.items())
        parsed = ", ".join(f"{self._parsed(bit, column)} AS p{bit}" for bit, column in self._columns.items())
        values = ", ".join(f"{self._value(bit, column)} AS v{bit}" for bit, column in self._columns.items())
        if not self._columns:
            return fields_sql
        return f"SELECT *, {values} FROM (SELECT *, {parsed} FROM (SELECT *, {texts} FROM ({fields_sql})))"

    def _field_type(self, column: Column) -> str:
        position = self._mapping.positions.get(column.name)
        return "VARCHAR" if position is None else self._traits.types.get(position, "VARCHAR")

    def _is_native(self, column: Column) -> bool:
        """Whether the file itself has the column in the contract's type."""
        field_type = self._field_type(column)
        if column.kind is Kind.NUMBER:
            return field_type.startswith(_NUMBER_TYPES)
        return field_type == column.kind.duckdb_type and field_type != "VARCHAR"

    def _text(self, column: Column) -> str:
        if column.name in self._mapping.constants:
            return literal(self._mapping.constants[column.name])
        field = f"f{self._mapping.positions[column.name]}"
        field_type = self._field_type(column)
        if field_type in ("FLOAT", "DOUBLE"):
            field = f"nullif({field}, 'NaN')"  # how data frames write a missing value
        if self._is_native(column):
            return field
        if field_type in ("FLOAT", "DOUBLE"):
            whole = f"{field} = floor({field}) AND abs({field}) < 1e15"
            field = f"CASE WHEN {whole} THEN {field}::BIGINT::VARCHAR ELSE {field}::VARCHAR END"
        elif field_type != "VARCHAR":
            field = f"{field}::VARCHAR"
        match self._traits.trimming:
            case "wide":
                field = f"trim({field}, {_BLANKS})"
            case "plain":
                field = f"trim({field})"
            case "none":
                pass
        return f"nullif({self._mapped(column, field)}, '')"

    def _mapped(self, column: Column, text: str) -> str:
        """The source's own values for the contract's; words regardless of case, ids and texts exactly."""
        values = self._source.values.get(self._feed.name, {}).get(column.name, {})
        if not values:
            return text
        is_word = column.kind in (Kind.ENUM, Kind.BOOLEAN)
        compared = f"lower({text})" if is_word else text
        cases = " ".join(
            f"WHEN {literal(written.strip().lower() if is_word else written.strip())} THEN {literal(meant)}"
            for written, meant in values.items()
        )
        return f"CASE {compared} {cases} ELSE {text} END"

    def _parsed(self, bit: int, column: Column) -> str:
        text = f"t{bit}"
        if self._is_native(column):
            return f"CASE WHEN isfinite({text}) THEN {text} END" if column.kind is Kind.NUMBER else text
        if column.kind is Kind.DATE and column.name not in self._mapping.constants:
            return kinds.date(text, self._source.date_formats, also_iso=self._traits.has_typed_dates)
        return kinds.parsed(column, text, may_hold_nuls=self._traits.may_hold_nuls)

    def _value(self, bit: int, column: Column) -> str:
        parsed = f"p{bit}"
        if column.is_person and self._source.id_prefix:
            return f"{literal(self._source.id_prefix)} || {parsed}"
        if column.kind is Kind.DATE and self._source.sentinels:
            is_real = " AND ".join(f"{parsed} <> DATE '{day.isoformat()}'" for day in self._source.sentinels)
            return f"CASE WHEN {is_real} THEN {parsed} END"
        if column.kind is Kind.ENUM and "unknown" in column.values:
            return f"CASE WHEN t{bit} IS NOT NULL THEN coalesce({parsed}, 'unknown') END"
        bounds = kinds.bounds(column, parsed)
        return f"CASE WHEN {bounds} THEN {parsed} END" if bounds else parsed

    def _issue(self, bit: int) -> str:
        """Condition: the value at hand can't be used, or one that has to be there is not."""
        column = self._all[bit]
        read = f"v{bit}" if kinds.bounds(column, "") else f"p{bit}"
        bad = f"(t{bit} IS NOT NULL AND {read} IS NULL)"
        if not column.required:
            return bad
        lacking = f"v{bit} IS NULL"
        if self._deleted is None or column.name in self._feed.key:
            return lacking
        is_needed = f"NOT coalesce({self._deleted}, false)"
        if column.name in self._feed.natural_key:
            is_needed = f"({is_needed} OR {self._own_id()} IS NULL)"
        return f"({lacking} AND {is_needed})"

    def _own_id(self) -> str:
        """The id the source gives, NULL where it gives none."""
        return next((f"v{bit}" for bit, c in self._columns.items() if (c.name,) == self._feed.key), "NULL")

    def _reason(self, bit: int, column: Column) -> str:
        otherwise = "a required value is missing"
        if column.kind is Kind.DATE:
            otherwise = "a required date is missing (this one stands for none)"
        elif column.low is not None:
            otherwise = f"it is outside {kinds.stated_range(column)}"
        misread = kinds.misread(column, f"t{bit}", self._source.date_formats)
        return (
            f"CASE WHEN t{bit} IS NULL THEN 'a required value is missing' "
            f"WHEN p{bit} IS NULL THEN {misread} ELSE {literal(otherwise)} END"
        )

    def _key(self, bit: int) -> str:
        """The id, or the natural key as text where there is none."""
        by_name = {column.name: b for b, column in enumerate(self._feed.columns)}
        parts: list[str] = []
        needed: list[str] = []
        for name in self._feed.natural_key:
            there = by_name[name] in self._columns
            parts.append(f"coalesce(v{by_name[name]}::VARCHAR, '')" if there else "''")
            if self._feed.column(name).required:
                needed.append(f"v{by_name[name]} IS NOT NULL" if there else "false")
        natural = f"CASE WHEN {' AND '.join(needed)} THEN concat_ws(chr(31), {', '.join(parts)}) END"
        return f"coalesce(v{bit}, {natural})" if bit in self._columns else natural

    def _landed(self, bit: int, column: Column) -> str:
        if (column.name,) == self._feed.key and self._feed.natural_key:
            value = self._key(bit)
        else:
            value = f"v{bit}" if bit in self._columns else "NULL"
        return f'({value})::{column.kind.duckdb_type} AS "{column.landed_as}"'
