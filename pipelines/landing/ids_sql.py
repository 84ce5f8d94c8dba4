"""Ids that changed their shape on the way, and the SQL that gives it back to them where the settings say how."""

from __future__ import annotations

from dataclasses import dataclass

_APOSTROPHES = "'\u2018\u2019`"


@dataclass(frozen=True, slots=True)
class IdRule:
    """What was done to the ids of people, to be undone (`ids` in a source's settings).

    `width`: numbers get zeros in front up to so many digits. `whole`: 1.0 and 1E+05 are 1 and 100000. `apostrophe`: one
    in front is taken off. Raises ValueError where the width is none.
    """

    width: int | None = None
    whole: bool = False
    apostrophe: bool = False

    def __post_init__(self) -> None:
        if self.width is not None and not 1 <= self.width <= 30:
            raise ValueError(f"ids: a width is 1 to 30 digits, not {self.width}")

    def parts(self) -> list[str]:
        """The rule as it is written in the settings."""
        written = [f"width: {self.width}"] if self.width is not None else []
        return written + [f"{name}: true" for name in ("whole", "apostrophe") if getattr(self, name)]

    def __str__(self) -> str:
        return "{" + ", ".join(self.parts()) + "}"

    def in_words(self) -> str:
        """What the rule does, for messages."""
        words: list[str] = []
        if self.apostrophe:
            words.append("the apostrophe in front taken off")
        if self.whole:
            words.append("numbers such as 1.0 written as whole numbers")
        if self.width is not None:
            words.append(f"zeros put in front to {self.width} digits")
        return " and ".join(words)


def changed_id(text: str, rule: IdRule) -> str:
    """SQL for an id (SQL for a text) with its shape given back."""
    if rule.apostrophe:
        quotes = _APOSTROPHES.replace("'", "''")
        text = f"ltrim({text}, '{quotes}')"
    if rule.whole:
        number = rf"regexp_full_match({text}, '\d+\.0+|\d(\.\d+)?[eE]\+?\d+')"
        whole = f"try_cast({text} AS DOUBLE)"
        is_exact = f"{whole} = floor({whole}) AND {whole} < 1e15"
        text = f"CASE WHEN {number} AND {is_exact} THEN {whole}::BIGINT::VARCHAR ELSE {text} END"
    if rule.width is not None:
        digits = rf"regexp_full_match({text}, '\d{{1,{rule.width}}}')"
        text = f"CASE WHEN {digits} THEN lpad({text}, {rule.width}, '0') ELSE {text} END"
    return text
