"""The two shapes the contract is written in, Column and Feed, and how header names are compared."""

import re
import unicodedata
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


_ID_ENDINGS = ("_id", "_code", "_number")
_ID_NAMES = ("tier", "from_tier", "to_tier", "target", "person", "satisfies")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a feed.

    `values` are the enumeration of an ENUM column; `low` and `high` are inclusive bounds of a number.
    `is_person` says that the column holds an employee id. `references` names the column ("courses.course_id")
    whose values this one must be among, else the record is an orphan.
    `landed_as` is the name in rows.parquet; it differs from `name` only where the contract's own name would
    collide with a column that every landed batch has.
    `empty_means` says what an empty field stands for where that is more than "not known" ("counts as passed"): there
    a value that can't be read must not pass for an empty one, and its row is quarantined.
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
    empty_means: str = ""

    def __post_init__(self) -> None:
        if not self.landed_as:
            object.__setattr__(self, "landed_as", self.name)

    @property
    def is_id(self) -> bool:
        """Whether it holds an id or a code, and not words for people to read."""
        return self.kind is Kind.TEXT and (self.is_person or self.name.endswith(_ID_ENDINGS) or self.name in _ID_NAMES)


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


INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
"""Characters that nobody sees, as ranges of a pattern: zero-width blanks, joiners, direction and byte-order marks."""


def normalised_name(header: str) -> str:
    """A header as it is compared: without regard to case, blanks of any kind, invisible characters, `-` and `_`.

    "Employee ID" = employee_id.
    """
    return re.sub(rf"[\s_\-{INVISIBLE}]+", "", unicodedata.normalize("NFC", header)).casefold()
