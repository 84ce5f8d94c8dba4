"""The type of a table in memory: a pandas DataFrame, whose own annotations do not survive strict checking."""

from typing import Any

Frame = Any
Row = Any
Column = Any
