"""Rules that follow from a published column's name and type, on whatever table it stands.

Names are a contract (`_rate`, `_count`, `_key`, spans from started_on to ended_on): a new table is checked for all
of this without being listed anywhere.
"""

from collections.abc import Iterator, Mapping

from pipelines.quality.results import Severity
from pipelines.quality.rules import Rule, in_order, matches, no_rows_where, not_null, quoted, within

# What says who a person is, or what they earn or wrote, stays in the restricted file.
_RESTRICTED = frozenset(
    {
        "employee_id",
        "manager_id",
        "mentor_id",
        "mentee_id",
        "evaluator_id",
        "filled_by",
        "full_name",
        "work_email",
        "hourly_rate",
        "comments",
        "certification_number",
    }
)
_MAY_BE_NEGATIVE = frozenset({"roi_rate"})  # (benefit - cost) / cost
_FLOATS = frozenset({"DOUBLE", "FLOAT"})
_ROUNDING = 1e-9


def conventional_rules(columns: Mapping[str, str]) -> Iterator[Rule]:
    """Yield the rules for a table, given its columns' DuckDB types by name."""
    for name, kind in columns.items():
        if name in _RESTRICTED:
            claim = f"{name} is kept out of the published file"
            yield no_rows_where(f"{name}_is_absent", "true", claim, [name], column=name)
        elif name.endswith("_key") and kind == "VARCHAR":
            yield matches(name, "[0-9a-f]{16}", f"{name} is a keyed hash")
        elif name == "month" or name.endswith("_month"):
            if kind == "DATE":
                yield _first_of_month(name)
        else:
            yield from _number(name, kind)
    yield from _pairs(columns)


def _number(name: str, kind: str) -> Iterator[Rule]:
    stem = name.removesuffix("_12m")
    if stem.endswith("_share"):
        yield within(name, 0, 1)
    elif name in _MAY_BE_NEGATIVE:
        yield within(name, None, None)
    elif stem.endswith(("_rate", "_count")) or stem in {"person_days", "person_years"}:
        yield within(name, 0, None)
    elif kind in _FLOATS:
        yield within(name, None, None)


def _pairs(columns: Mapping[str, str]) -> Iterator[Rule]:
    if {"started_on", "ended_on"} <= columns.keys():
        yield in_order("started_on", "ended_on", strictly=True)
        yield not_null("started_on")
    for low in columns:
        high = low.replace("_low", "_high")
        if "_low" in low and high in columns:
            middle = low.replace("_low", "")
            yield _ordered(low, high)
            if middle in columns:
                yield _ordered(low, middle)
                yield _ordered(middle, high)


def _ordered(lower: str, upper: str) -> Rule:
    return no_rows_where(
        f"{lower}_is_at_most_{upper}",
        f"{quoted(lower)} > {quoted(upper)} + {_ROUNDING}",
        f"{lower} <= {upper}",
        [lower, upper],
        column=lower,
        severity=Severity.ERROR,
    )


def _first_of_month(name: str) -> Rule:
    claim = f"{name} is the first day of a month"
    return no_rows_where(f"{name}_is_a_first_day", f"day({quoted(name)}) <> 1", claim, [name], column=name)
