"""Arithmetic and order that must hold inside and between the rows of a published table."""

import itertools
from collections.abc import Sequence

from pipelines.quality.rules import TABLE, Rule, adds_up, no_rows_where, quoted

_MOVES_IN = ("hires", "promotions_in", "other_moves_in")
_MOVES_OUT = (
    "promotions_out",
    "other_moves_out",
    "separations_voluntary",
    "separations_involuntary",
    "separations_other",
    "separations_unknown",
)
_CELL = ("site_id", "tier", "employment_class")
_ROUNDING = 1e-9


def walk_balances() -> Rule:
    """A headcount cell closes with what it opened with, plus who came, less who left."""
    right = " + ".join(["opening", *_MOVES_IN]) + "".join(f" - {name}" for name in _MOVES_OUT)
    return adds_up("walk_balances", "closing", right, ["opening", "closing", *_MOVES_IN, *_MOVES_OUT])


def closing_is_next_opening() -> Rule:
    """A headcount cell opens with what it closed with; a cell that is left out stands for nobody."""
    same_cell = " and ".join(f"now.{name} is not distinct from later.{name}" for name in _CELL)
    counted = f"""(
        select count(*)
        from {TABLE} as now
        full join {TABLE} as later on later.month = now.month + interval 1 month and {same_cell}
        where coalesce(now.closing, 0) <> coalesce(later.opening, 0)
            and (now.month is null or now.month < (select max(month) from {TABLE}))
            and (later.month is null or later.month > (select min(month) from {TABLE}))
    )"""
    claim = "closing = the next month's opening, cell by cell"
    return Rule("closing_is_next_opening", claim, counted, ("month", "opening", "closing", *_CELL))


def spans_do_not_overlap() -> Rule:
    """A person's spans follow each other: each ends by the day the next begins, and only the last is open."""
    counted = f"""(
        select count(*)
        from (
            select ended_on, lead(started_on) over (partition by employee_key order by started_on) as next_on
            from {TABLE}
        )
        where next_on < coalesce(ended_on, date 'infinity')
    )"""
    claim = "one person's spans do not overlap"
    return Rule("spans_do_not_overlap", claim, counted, ("employee_key", "started_on", "ended_on"))


def at_most(*names: str) -> list[Rule]:
    """Each of the columns is at most the one before it, wherever both are known."""
    return [
        no_rows_where(
            f"{lesser}_is_at_most_{greater}",
            f"{quoted(lesser)} > {quoted(greater)}",
            f"{lesser} <= {greater}",
            [lesser, greater],
            column=lesser,
        )
        for greater, lesser in itertools.pairwise(names)
    ]


def sum_at_most(parts: Sequence[str], whole: str) -> Rule:
    """The parts together come to at most the whole."""
    total = " + ".join(quoted(part) for part in parts)
    claim = f"{' + '.join(parts)} <= {whole}"
    return no_rows_where(
        f"{'_and_'.join(parts)}_are_within_{whole}", f"{total} > {quoted(whole)}", claim, [*parts, whole]
    )


def incidences(days: Sequence[int]) -> list[Rule]:
    """Cumulative incidences of promotion and separation: fractions, growing, together at most 1."""
    rules: list[Rule] = []
    for cause in ("promoted", "separated"):
        names = [f"{cause}_within_{horizon}" for horizon in days]
        rules += at_most(*reversed(names))
        rules += [
            no_rows_where(
                f"{name}_is_a_fraction",
                f"{quoted(name)} not between 0 and 1",
                f"{name} lies in 0 to 1",
                [name],
                column=name,
            )
            for name in names
        ]
    for horizon in days:
        pair = [f"promoted_within_{horizon}", f"separated_within_{horizon}"]
        rules.append(
            no_rows_where(
                f"incidences_within_{horizon}_are_at_most_1",
                f"{pair[0]} + {pair[1]} > 1 + {_ROUNDING}",
                f"{pair[0]} + {pair[1]} <= 1",
                pair,
            )
        )
    return rules


def implies(name: str, premise: str, conclusion: str, columns: Sequence[str]) -> Rule:
    """Wherever the SQL `premise` is true, so is `conclusion` (null is not)."""
    condition = f"({premise}) and ({conclusion}) is not true"
    claim = f"wherever {premise}, {conclusion}"
    return no_rows_where(name, condition, claim, columns)
