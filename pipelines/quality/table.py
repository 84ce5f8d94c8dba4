"""What is known of one published table beyond what its column names already say."""

from dataclasses import dataclass

from pipelines.quality.rules import Rule


@dataclass(frozen=True, slots=True)
class Table:
    """The grain (no two rows agree in all of it), the columns that are never null, and rules of its own."""

    grain: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
