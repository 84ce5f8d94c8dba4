"""The two shapes the contract is written in, Column and Feed, and how header names are compared."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Literal

Group = Literal["hr", "credentials", "lms", "program"]


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"
    ENUM = "enumeration"

    @property
    def duckdb_type(self) -> str:
        """The SQL type of a landed column of this kind."""
        return _DUCKDB_TYPES[self]


_DUCKDB_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.INTEGER: "INTEGER",
    Kind.NUMBER: "DOUBLE",
    Kind.MONEY: "DECIMAL(18,4)",
    Kind.DATE: "DATE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.ENUM: "VARCHAR",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a feed.

    `values` are the enumeration of an ENUM column; `low` and `high` are inclusive bounds of a number.
    `is_person` says that the column holds an employee id. `references` names the column ("courses.course_id")
    whose values this one must be among, else the record is an orphan.
    `landed_as` is the name in rows.parquet; it differs from `name` only where the contract's own name would
    collide with a column that every landed batch has.
    """

    name: str
    kind: Kind
    required: bool = False
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    is_person: bool = False
    references: str | None = None
    description: str = ""
    landed_as: str = ""

    def __post_init__(self) -> None:
        if not self.landed_as:
            object.__setattr__(self, "landed_as", self.name)


@dataclass(frozen=True, slots=True)
class Feed:
    """One kind of record some system exports.

    `key` identifies a record within its source. `natural_key` is what serves where a source has no id of its
    own: landing then fills the id with it; empty when the key is always there.
    `date_column` is the day a record is about (window mode, freshness), None for lists without a day.
    `is_required` says that nothing can be built without this feed.
    """

    name: str
    group: Group
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    natural_key: tuple[str, ...] = ()
    date_column: str | None = None
    is_required: bool = False
    description: str = ""

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the contract has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"feed {self.name} has no column {name}")


IS_DELETED = Column(
    "is_deleted", Kind.BOOLEAN, description="True takes the record with this key back. Every feed accepts it."
)


def normalised_name(header: str) -> str:
    """A header as it is compared: without regard to case, blanks, `-` and `_` ("Employee ID" = employee_id)."""
    return re.sub(r"[\s_\-]+", "", header).casefold()
