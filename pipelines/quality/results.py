"""What a check says: a verdict and counts, never a value out of a row."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a failed check weighs: an error on a published table stops the publish, a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one rule on one table.

    `suite` is the room and the table ("landing.completions", "marts.tier_tenure"), `table` the bare name, `name`
    unique within the suite. `unexpected_count` counts the rows that break the rule, `checked_count` the rows
    looked at; both are None when the check could not be carried out, which is a failure, never a pass. `detail`
    says what must hold and, when a check could not be carried out, why.
    """

    suite: str
    table: str
    name: str
    column: str | None
    severity: Severity
    passed: bool
    unexpected_count: int | None
    checked_count: int | None
    detail: str

    @property
    def stops_publish(self) -> bool:
        """Whether this is a failure at the error level."""
        return not self.passed and self.severity is Severity.ERROR

    def as_record(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return asdict(self)

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> "CheckResult":
        """Rebuild a result from `as_record`."""
        fields = dict(record)
        return cls(severity=Severity(fields.pop("severity")), **fields)
