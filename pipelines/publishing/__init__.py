"""Releases: what readers see. Copies an audited build aside and makes it current with one swap of a link.

Belongs here: the files of a release, the swap, which releases are kept. Does not belong: any metric.
"""

from pipelines.publishing.release import (
    CHECK_ROWS,
    PEOPLE,
    CheckRow,
    Release,
    ReleaseKey,
    as_json,
    clear_leftovers,
    current_release,
    prepare,
    publish,
)

__all__ = [
    "CHECK_ROWS",
    "PEOPLE",
    "CheckRow",
    "Release",
    "ReleaseKey",
    "as_json",
    "clear_leftovers",
    "current_release",
    "prepare",
    "publish",
]
