"""Plain words and number formats, by rule: a page never writes a figure in another way.

Shares and rates come in as fractions (rates per person-year) and go out as percent; "no data" is said, never 0.
"""

import datetime as dt
import re
from collections.abc import Sequence

import pandas as pd

from dashboards.frame import Frame

NO_DATA = "no data"


def is_missing(value: object) -> bool:
    """Whether a cell of a frame holds nothing: None, NaN, NaT or NA."""
    return bool(pd.isna(value))  # pyright: ignore[reportCallIssue, reportArgumentType]


def percent(value: float | None) -> str:
    """0.1355 -> '14 %'; under ten percent with one decimal."""
    if value is None or is_missing(value):
        return NO_DATA
    scaled = value * 100
    return f"{scaled:.1f} %".replace(".0 %", " %") if abs(scaled) < 9.95 else f"{scaled:,.0f} %"


def count(value: float | None) -> str:
    """1234.0 -> '1,234'."""
    return NO_DATA if value is None or is_missing(value) else f"{value:,.0f}"


def dollars(value: float | None) -> str:
    """-475772.6 -> '−$476k'; millions with one decimal."""
    if value is None or is_missing(value):
        return NO_DATA
    sign, size = ("−" if value < 0 else ""), abs(value)
    if size >= 999_500:
        return f"{sign}${size / 1e6:,.1f}m"
    return f"{sign}${size / 1e3:,.0f}k" if size >= 9_950 else f"{sign}${size:,.0f}"


def ratio(value: float | None) -> str:
    """1.5 -> '1.50'."""
    return NO_DATA if value is None or is_missing(value) else f"{value:,.2f}"


def day(value: object) -> str:
    """A date as '21 Nov 2026'."""
    if is_missing(value) or not isinstance(value, dt.date):
        return NO_DATA
    return f"{value.day} {value:%b %Y}"


def month(value: object) -> str:
    """The month of a date as 'November 2026'."""
    return NO_DATA if is_missing(value) or not isinstance(value, dt.date) else f"{value:%B %Y}"


def plural(number: float, one: str, many: str | None = None) -> str:
    """2, 'site' -> '2 sites'; 0 -> 'no sites'."""
    words = one if number == 1 else (many or one + "s")
    return f"{'no' if number == 0 else count(number)} {words}"


def likely(low: float | None, high: float | None, form: str = "percent") -> str:
    """A 95 % interval in a manager's words."""
    if low is None or high is None or is_missing(low) or is_missing(high):
        return ""
    write = {"percent": percent, "count": count, "dollars": dollars, "ratio": ratio}[form]
    if form == "percent":
        return f"likely between {write(low).removesuffix(' %')} and {write(high)}"
    return f"likely between {write(low)} and {write(high)}"


def against_year_before(
    low: float | None, high: float | None, low_before: float | None, high_before: float | None
) -> str:
    """Whether a figure moved in a year: only when the two 95 % intervals do not meet is it called a change."""
    limits = (low, high, low_before, high_before)
    if any(is_missing(limit) for limit in limits):
        return "too early to compare with the year before"
    assert low is not None and high is not None and low_before is not None and high_before is not None
    if low > high_before:
        return "higher than a year before"
    return "lower than a year before" if high < low_before else "no sign of change since a year before"


def plain(text: str) -> str:
    """The text for Streamlit's markdown, where two dollar signs would enclose a formula; a minus stays with its amount."""
    return text.replace("−$", "−\N{WORD JOINER}$").replace("$", r"\$")


def literal(text: str) -> str:
    """The text for Streamlit's markdown as it is written, without any of its marks."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$:])", r"\\\1", text)


def is_telling(months: Frame) -> bool:
    """Whether single months can tell anything."""
    return bool(months["is_telling"].any())


def change(months: Frame) -> str:
    """What the last twelve complete months of `process_sql` say of a change, as the end of a sentence."""
    if not is_telling(months):
        return "too few a month to see a change by"
    recent = months[months["is_complete"]].tail(12)
    signals = recent[recent["signal"] != "none"]
    if signals.empty:
        return "no sign of change in the last twelve months"
    last = signals.iloc[-1]
    return f"a sign of change: {last['signal']}, {month(last['month'])}"


def listed(items: Sequence[str], most: int = 3) -> str:
    """'A, B and C', or 'A, B, C and 4 more'."""
    shown = list(items[:most])
    if len(items) > most:
        return f"{', '.join(shown)} and {len(items) - most} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def words(code: str) -> str:
    """A code of the data in plain words: 'training_not_assigned' -> 'Training not assigned'."""
    return CODES.get(code, code.replace("_", " ").capitalize())


CODES = {
    "ready_no_opening": "Ready, but no opening",
    "ready_despite_opening": "Ready, and there was an opening",
    "ready_not_promoted": "Ready, not promoted",
    "training_not_assigned": "Training never assigned",
    "training_in_progress": "Training under way",
    "skill_suspended": "Skill suspended after a failed attempt",
    "credential_missing": "Credential missing",
    "credential_lapsed": "Credential lapsed",
    "not_evaluated": "Not evaluated",
    "below_standard": "Evaluated below the standard",
    "time_in_tier": "Not long enough in the tier",
    "ce_credits": "CE credits",
    "ce_rules": "CE rules",
    "roi_assumptions": "Assumptions of the return",
    "direct": "Direct spending",
    "rewards": "Rewards",
    "training_time": "Time in training",
    "seats": "Course seats",
    "exam_fees": "Exam fees",
    "mentor_time": "Mentors' time",
    "promotion_raises": "Raises at promotion",
    "voluntary_turnover": "Voluntary turnover",
    "staggered_did": "Against sites not yet started",
    "descriptive": "Before and after",
    "retake_wait": "Waiting to retake",
    "ready_to_sit": "Ready to sit the exam",
    "separated_voluntary": "Left by their own decision",
    "months_in_tier": "Time in the tier",
    "evaluation_average": "Average of evaluations",
}
