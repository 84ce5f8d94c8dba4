"""When a source is pulled: cron's five fields, checked when the configuration is read."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_CRON = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))


def _checked(value: str) -> str:
    fields = value.split()
    if len(fields) != len(_CRON):
        raise ValueError("write the five fields of cron: minute, hour, day, month, weekday, such as '30 */4 * * *'")
    for text, (name, low, high) in zip(fields, _CRON, strict=True):
        for part in text.split(","):
            is_understood = re.fullmatch(r"(\*|\d+(-\d+)?)(/[1-9]\d*)?", part)
            times = [int(number) for number in re.findall(r"\d+", part.partition("/")[0])]
            if not is_understood or not all(low <= time <= high for time in times):
                raise ValueError(f"{part!r} is no {name}; write {low} to {high}, *, a-b, a,b or */n")
    return value


Schedule = Annotated[str, AfterValidator(_checked)]
"""Five fields of cron, in the organisation's time zone."""
