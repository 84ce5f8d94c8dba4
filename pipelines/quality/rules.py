"""A rule: one claim about a table, as an SQL expression that counts the rows that break it.

Every rule is an aggregate over the table (or a subquery that yields one number), so that all rules of a table are
judged in one query, and so that a count is the only thing that can ever come back. The builders below, with those in
`table_identities`, are the whole vocabulary; which rules hold where is said in `feed_rules`, `table_rules` and
`table_conventions`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.quality.results import Severity

TABLE = "{table}"  # stands in a rule's SQL for the relation being checked


@dataclass(frozen=True, slots=True)
class Rule:
    """One claim about a table.

    `violations` is SQL that may stand beside count(*) over the table, an aggregate or a scalar subquery: how many
    rows break the claim (0 on an empty table). `columns` are the columns it reads: where one is missing the check
    fails by saying so.
    """

    name: str
    claim: str
    violations: str
    columns: tuple[str, ...]
    column: str | None = None
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Suite:
    """The rules of one relation: `name` as in CheckResult, `source` the SQL relation that is looked at."""

    name: str
    source: str
    rules: tuple[Rule, ...]

    @property
    def table(self) -> str:
        """The bare name of the table or feed."""
        return self.name.partition(".")[2]

    @property
    def view(self) -> str:
        """The name of the view that stands for the relation while it is checked."""
        return self.name.replace(".", "__")


def quoted(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def no_rows_where(
    name: str,
    condition: str,
    claim: str,
    columns: Iterable[str],
    *,
    column: str | None = None,
    severity: Severity = Severity.ERROR,
) -> Rule:
    """No row satisfies `condition`; a condition that is null for a row does not count against it."""
    counted = f"count(*) filter (where {condition})"
    return Rule(name, claim, counted, tuple(columns), column=column, severity=severity)


def not_null(column: str, *, severity: Severity = Severity.ERROR, unless: str | None = None) -> Rule:
    """`column` is known in every row, but for those for which the SQL condition `unless` holds."""
    condition = f"{quoted(column)} is null" + (f" and ({unless}) is not true" if unless else "")
    claim = f"{column} is never null"
    return no_rows_where(f"{column}_is_known", condition, claim, [column], column=column, severity=severity)


def one_of(column: str, values: Sequence[str], *, severity: Severity = Severity.ERROR) -> Rule:
    """`column` is null or one of `values`."""
    listed = ", ".join(literal(value) for value in values)
    claim = f"{column} is one of {', '.join(values)}"
    condition = f"{quoted(column)} not in ({listed})"
    return no_rows_where(f"{column}_is_listed", condition, claim, [column], column=column, severity=severity)


def within(column: str, low: float | None, high: float | None, *, severity: Severity = Severity.ERROR) -> Rule:
    """`column` is null, or a finite number from `low` through `high` (None: unbounded)."""
    value = f"{quoted(column)}::double"  # isfinite knows no decimals; bounds are far from a double's limits
    outside = [f"not isfinite({value})"]
    outside += [] if low is None else [f"{value} < {low}"]
    outside += [] if high is None else [f"{value} > {high}"]
    bounds = " and ".join(
        part
        for part in (
            None if low is None else f"at least {low:g}",
            None if high is None else f"at most {high:g}",
        )
        if part
    )
    claim = f"{column} is {bounds or 'a finite number'}"
    condition = " or ".join(outside)
    return no_rows_where(f"{column}_is_in_range", condition, claim, [column], column=column, severity=severity)


def matches(column: str, pattern: str, claim: str, *, severity: Severity = Severity.ERROR) -> Rule:
    """`column` is null, or matches the regular expression as a whole.

    Grouped first: each text is put to the expression once, and keys come many times.
    """
    counted = (
        f"(select coalesce(sum(occurrences), 0)::bigint from"
        f" (select {quoted(column)} as found, count(*) as occurrences from {TABLE} group by all)"
        f" where not regexp_full_match(found, {literal(pattern)}))"
    )
    return Rule(f"{column}_is_well_formed", claim, counted, (column,), column=column, severity=severity)


def trimmed(column: str, *, severity: Severity = Severity.ERROR) -> Rule:
    """`column` is null, or has something in it and blanks at neither end.

    Only what begins or ends with a character up to the blank is put to the regular expression, which over millions of
    ids takes longer than all other rules of a feed. (`case`, because both sides of an `and` are always computed here.)
    """
    name = quoted(column)
    suspicious = f"{name} < '!' or {name}[-1] < '!'"
    condition = rf"case when {suspicious} then not regexp_full_match({name}, '(?s)\S(.*\S)?') end"
    claim = f"{column} has no blanks around it"
    return no_rows_where(f"{column}_is_well_formed", condition, claim, [column], column=column, severity=severity)


def unique(columns: Sequence[str], *, name: str = "grain_is_unique") -> Rule:
    """No two rows agree in all of `columns`; nulls agree with each other. Counts the surplus rows."""
    names = ", ".join(quoted(column) for column in columns)
    counted = (
        f"(select coalesce(sum(occurrences - 1), 0)::bigint"
        f" from (select count(*) as occurrences from {TABLE} group by {names}))"
    )
    claim = f"one row for each {', '.join(columns)}"
    return Rule(name, claim, counted, tuple(columns))


def refers_to(column: str, target: str, key: str, claim: str, *, severity: Severity = Severity.WARNING) -> Rule:
    """Every known `column` is found as `key` in the relation `target` (an SQL name). Counts the rows that are not.

    An empty target is a feed that nobody delivers, and makes no orphans. Grouped first: a join of the bare rows would
    hold millions of them in memory.
    """
    counted = (
        f"(select coalesce(sum(occurrences), 0)::bigint from"
        f" (select {quoted(column)} as reference, count(*) as occurrences from {TABLE} group by all) as referring"
        f" where reference is not null and exists (select 1 from {target}) and not exists"
        f" (select 1 from {target} as target where target.{quoted(key)} = referring.reference))"
    )
    return Rule(f"{column}_is_found", claim, counted, (column,), column=column, severity=severity)


def in_order(first: str, second: str, *, strictly: bool, severity: Severity = Severity.ERROR) -> Rule:
    """`first` lies before `second` (or on it, unless `strictly`) wherever both are known."""
    operator, word = (">=", "before") if strictly else (">", "not after")
    return no_rows_where(
        f"{first}_is_{word.replace(' ', '_')}_{second}",
        f"{quoted(first)} {operator} {quoted(second)}",
        f"{first} is {word} {second}",
        [first, second],
        severity=severity,
    )


def adds_up(name: str, left: str, right: str, columns: Sequence[str]) -> Rule:
    """The SQL expressions `left` and `right` agree in every row; both null agrees too."""
    return no_rows_where(name, f"({left}) is distinct from ({right})", f"{left} = {right}", columns)
