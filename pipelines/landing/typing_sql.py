"""SQL that turns raw fields into the contract's types and says, row by row, which of them could not be read.

A row's problems are a bit mask over the feed's columns, in the contract's order, with `is_deleted` last. While a
file is being read the mask takes the place of `batch_seq`, negated, in the rows that have problems: a clean file
is then finished after one pass, and rows.parquet never has a column of its own for it.

Natural keys: where a source gives no id of its own, the id column is filled with the natural key's values as
text, null as the empty text, joined by chr(31). Later rooms see one key, always filled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.feeds import IS_DELETED, Column, Feed, Kind
from pipelines.landing import kinds_sql as kinds
from pipelines.landing.engine import UNESCAPE, literal
from pipelines.landing.ids_sql import changed_id
from pipelines.landing.mapping import Mapping as ColumnMapping
from pipelines.landing.options import SourceOptions
from pipelines.landing.receive import Trimming

_BLANKS = literal(" \t\r\n")
_SEEN = r"\x{00AD}\x{180E}\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2064}\x{FEFF}"
_UNSEEN = literal(f"[{_SEEN}]")
_UNSEEN_OR_BLANK_ENDS = literal(rf"^[\s\pZ{_SEEN}]+|[\s\pZ{_SEEN}]+$")
_CLEANED = 32
"""Added to a column's bit: its value was used after invisible characters had been taken off."""
_CLEANED_REASON = "it was used without the invisible characters and odd blanks that it has, its letters composed"
_NUMBER_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")


@dataclass(frozen=True, slots=True)
class FieldTraits:
    """What is known of a file's fields. `types` holds DuckDB types of fields that are not text, by position.

    With `marks_no_ids` a NUL stands before what is no id in a column of ids.
    """

    types: Mapping[int, str]
    trimming: Trimming = "odd"
    may_hold_nuls: bool = False
    may_hold_exponents: bool = True
    marks_no_ids: bool = False
    has_typed_dates: bool = False


class TypingSql:
    """The SQL for one file of a feed.

    `ambiguous` are columns in which some numbers have decimal commas though the source's setting says nothing of them.
    """

    def __init__(
        self,
        feed: Feed,
        source: SourceOptions,
        mapping: ColumnMapping,
        traits: FieldTraits,
        ambiguous: frozenset[str] = frozenset(),
    ) -> None:
        self._feed = feed
        self._ambiguous = ambiguous
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
        """Bits of the columns without which a row can't be loaded, or whose empty field would mean something else."""
        needed = {*self._feed.key, *self._feed.natural_key, "is_deleted"}
        return sum(1 << bit for bit, c in enumerate(self._all) if c.required or c.name in needed or c.empty_means)

    def decimal_commas(self, fields_sql: str) -> str | None:
        """A query of one row that tells of each column of numbers whether a value was written with a decimal comma.

        None where the source's setting says what a comma is, or there is no such column.
        """
        found = {
            column.name: f"bool_or(regexp_full_match(t{bit}::VARCHAR, {kinds.DECIMAL_COMMA}))"
            for bit, column in self._columns.items()
            if column.kind in (Kind.NUMBER, Kind.MONEY) and not self._is_native(column)
        }
        if not found or self._source.decimal != ".":
            return None
        tests = ", ".join(f'{test} AS "{name}"' for name, test in found.items())
        return f"SELECT {tests} FROM ({self._values(fields_sql)})"

    def rows(self, fields_sql: str, batch_seq: int) -> str:
        """A query for the typed rows, in the order of `fields_sql` (a query for f0, f1, ...)."""
        selected = [self._landed(bit, column) for bit, column in enumerate(self._feed.columns)]
        selected.append(f"coalesce({self._deleted}, false) AS is_deleted" if self._deleted else "false AS is_deleted")
        selected.append(f"{literal(self._source.name)} AS source")
        cleaned = {bit + _CLEANED: f"z{bit}" for bit, column in self._columns.items() if self._may_be_unclean(column)}
        flags = {bit: self._issue(bit) for bit in self._columns} | cleaned
        bits = " + ".join(
            f"CASE WHEN {condition} THEN {1 << bit}::BIGINT ELSE 0 END" for bit, condition in flags.items()
        )
        any_issue = " OR ".join(flags.values())
        selected.append(
            f"CASE WHEN {any_issue or 'false'} THEN -({bits or 0})::BIGINT ELSE {batch_seq}::BIGINT END AS batch_seq"
        )
        return f"SELECT {', '.join(selected)} FROM ({self._values(fields_sql)})"

    def problems(self, fields_sql: str) -> str:
        """A query for n, column, value, reason, is_quarantining of every problem; `fields_sql` also has n."""
        quarantining = self.quarantining_mask
        value = "left(replace(t{}::VARCHAR, chr(0), ''), 500)"
        listed = [
            f"CASE WHEN {self._issue(bit)} THEN {{'column': {literal(column.name)}, 'value': {value.format(bit)}, "
            f"'reason': {self._reason(bit, column)}, "
            f"'is_quarantining': {str(bool(quarantining >> bit & 1)).lower()}}} END"
            for bit, column in self._columns.items()
        ] + [
            f"CASE WHEN z{bit} THEN {{'column': {literal(column.name)}, 'value': {value.format(bit)}, "
            f"'reason': {literal(_CLEANED_REASON)}, 'is_quarantining': false}} END"
            for bit, column in self._columns.items()
            if self._may_be_unclean(column)
        ]
        found = ", ".join(listed)
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
        texts = ", ".join(
            [f"{self._text(column)} AS t{bit}" for bit, column in self._columns.items()]
            + [f"{self._was_unclean(c)} AS z{bit}" for bit, c in self._columns.items() if self._may_be_unclean(c)]
        )
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
            # How data frames write a missing value; a comparison with NaN is optimised away by Parquet's statistics.
            field = f"CASE WHEN NOT isnan({field}) THEN {field} END"
        if self._is_native(column):
            return field
        field = kinds.typed_as_text(column, field, field_type)
        match self._traits.trimming:
            case "odd":
                # Only what holds other characters than ASCII is looked at closely.
                is_ascii, plain = f"strlen({field}) = length({field})", f"trim({field}, {_BLANKS})"
                field = f"CASE WHEN {is_ascii} THEN {plain} ELSE {_clean(column, field)} END"
            case "wide":
                field = f"trim({field}, {_BLANKS})"
            case "plain":
                field = f"trim({field})"
            case "none":
                pass
        if column.kind is Kind.TEXT and not column.is_id:
            field = (
                f"CASE WHEN contains({field}, '&') AND contains({field}, ';') THEN {UNESCAPE}({field}) ELSE {field} END"
            )
        if column.is_person and self._feed.name not in self._source.persons:
            field = changed_id(field, self._source.ids)
        return f"nullif({self._mapped(column, field)}, '')"

    def _may_be_unclean(self, column: Column) -> bool:
        """Whether a value may hold odd blanks or invisible characters, as few files do."""
        is_text = column.name in self._mapping.positions and self._field_type(column) == "VARCHAR"
        return is_text and self._traits.trimming == "odd"

    def _was_unclean(self, column: Column) -> str:
        """Condition: the value as it stands in the file is another than the one that is used."""
        field = f"f{self._mapping.positions[column.name]}"
        plain = f"trim({field}, {_BLANKS})"
        return f"(strlen({field}) <> length({field}) AND {_clean(column, field)} IS DISTINCT FROM {plain})"

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
            return kinds.date(
                text,
                self._source.date_formats,
                also_iso=self._traits.has_typed_dates,
                timezone=self._source.timezone,
            )
        parsed = self._parsed_text(column, text)
        stray = self._is_stray(bit, column)
        return f"CASE WHEN NOT ({stray}) THEN {parsed} END" if stray else parsed

    def _is_stray(self, bit: int, column: Column) -> str:
        """Condition: what stands for the id of a record says that the line is none: a total, or a second header."""
        keys = {self._feed.key[0], "employee_id"}
        if not column.is_id or column.name not in keys or column.name not in self._mapping.positions:
            return ""
        return kinds.is_no_id(f"t{bit}", self._mapping.headers)

    def _parsed_text(self, column: Column, text: str) -> str:
        return kinds.parsed(
            column,
            text,
            may_hold_nuls=self._traits.may_hold_nuls,
            may_hold_exponents=self._traits.may_hold_exponents,
            marks_no_ids=self._traits.marks_no_ids,
            decimal=self._source.decimal,
            is_ambiguous=column.name in self._ambiguous,
        )

    def _value(self, bit: int, column: Column) -> str:
        parsed = f"p{bit}"
        if column.is_person and self._source.id_prefix:
            return f"{literal(self._source.id_prefix)} || {parsed}"
        if column.kind is Kind.DATE:
            return f"CASE WHEN {kinds.is_plausible(parsed, *self._believed)} THEN {parsed} END"
        if column.kind is Kind.ENUM and "unknown" in column.values:
            return f"CASE WHEN t{bit} IS NOT NULL THEN coalesce({parsed}, 'unknown') END"
        factor = self._source.times.get(self._feed.name, {}).get(column.name, 1)
        if factor != 1:
            parsed = f"({parsed} * {factor!r})"
        bounds = kinds.bounds(column, parsed)
        return f"CASE WHEN {bounds} THEN {parsed} END" if bounds else parsed

    @property
    def _believed(self) -> tuple[tuple[int, int], Sequence[date]]:
        return self._source.plausible_years, self._source.sentinels

    def _issue(self, bit: int) -> str:
        """Condition: the value at hand can't be used, or one that has to be there is not."""
        column = self._all[bit]
        read = f"v{bit}" if kinds.bounds(column, "") else f"p{bit}"
        bad = f"(t{bit} IS NOT NULL AND {read} IS NULL)"
        if column.kind is Kind.DATE:  # mostly there is one, and then there is no more to ask
            bad = (
                f"(CASE WHEN v{bit} IS NULL THEN t{bit} IS NOT NULL AND "
                f"{kinds.is_no_sentinel(f'p{bit}', self._source.sentinels)} ELSE false END)"
            )
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
        implausible = ""
        if column.kind is Kind.DATE:
            otherwise = "a required date is missing (this one stands for none)"
            first, last = self._source.plausible_years
            year = literal(f"its year is outside {first} to {last} (`plausible_years` in the source's settings)")
            implausible = f"WHEN {kinds.is_no_sentinel(f'p{bit}', self._source.sentinels)} THEN {year} "
        elif column.low is not None:
            otherwise = f"it is outside {kinds.stated_range(column)}"
        misread = kinds.misread(column, f"t{bit}", self._source.date_formats)
        if self._is_stray(bit, column):
            own = [self._mapping.headers[self._mapping.positions[column.name]]]
            misread = (
                f"CASE WHEN {kinds.is_total(f't{bit}')} THEN {literal(kinds.TOTAL)} "
                f"WHEN {kinds.is_one_of(f't{bit}', own)} THEN {literal(kinds.SECOND_HEADER)} "
                f"WHEN {kinds.is_one_of(f't{bit}', self._mapping.headers)} THEN {literal(kinds.OTHER_HEADER)} "
                f"ELSE {misread} END"
            )
        reason = (
            f"CASE WHEN t{bit} IS NULL THEN 'a required value is missing' "
            f"WHEN p{bit} IS NULL THEN {misread} {implausible}ELSE {literal(otherwise)} END"
        )
        if column.empty_means and not column.required:
            return f"concat({reason}, {literal(f', and must not pass for an empty one ({column.empty_means})')})"
        return reason

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


def _clean(column: Column, field: str) -> str:
    """A text in its composed form without blanks and invisible characters at its ends; an id has none inside either."""
    ends = f"regexp_replace(nfc_normalize({field}), {_UNSEEN_OR_BLANK_ENDS}, '', 'g')"
    if column.kind is Kind.TEXT and not column.is_id:
        return ends
    return f"regexp_replace({ends}, {_UNSEEN}, '', 'g')"
