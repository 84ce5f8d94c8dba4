"""What is known of one published table beyond what its column names already say."""

from dataclasses import dataclass

from pipelines.quality.rules import Rule


@dataclass(frozen=True, slots=True)
class Grain:
    """No two rows agree in all of `columns`, of which only those in `nullable` may be null."""

    columns: tuple[str, ...]
    nullable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The columns that are never null, and rules of its own."""

    known: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
