"""What stops a sync unless somebody says that it is meant: each would change what is published beyond recognition.

Every function raises SyncError with what the sync would do, how to mend it, and the option that means it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipelines import landing, publishing, warehouse
from pipelines.feeds.persons import persons_by_feed
from pipelines.orchestration import meant
from pipelines.orchestration.sync_request import SyncError, SyncRequest

_CLOCK_MAY_LAG = timedelta(hours=1)
_DAYS_AHEAD = 731  # a day further ahead is a slip of the pen, or the clock is wrong
_HR_FEEDS = ("employees", "job_history", "roster")

_MASS_LEAVINGS = """
    select last_day_on, leaver_count, employed_before_count from built.quality.mass_leavings order by last_day_on"""


def stop_at_dates(request: SyncRequest) -> None:
    """Stop where the clock, or a day that was asked for, goes back behind what is published or lies far ahead."""
    if request.meant.dates:
        return
    now = datetime.now(UTC).replace(tzinfo=None)
    current = publishing.current_release(request.data_dir)
    if current is not None and now < current.published_at - _CLOCK_MAY_LAG:
        raise SyncError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M} UTC, before the current release was made"
            f" ({current.published_at:%Y-%m-%d %H:%M} UTC): what lands now would count as older than what has landed."
            " Set the clock; if it is right and was wrong before: rxladder sync --accept-date"
        )
    wanted = request.as_of_on
    if wanted is None or request.known_at_seq is not None:
        return
    usual = meant.default_as_of(request.data_dir)
    if usual is not None and wanted < usual:
        raise SyncError(
            f"--as-of {wanted} goes back behind what is published, which tells through {usual}: everybody who reads it"
            " would see figures of then. To see a past state as it was known then, add --known-at; if all readers"
            " shall have figures of that day, add --accept-date (the next sync without --as-of goes forward again)"
        )
    if wanted > now.date() + timedelta(days=_DAYS_AHEAD):
        raise SyncError(
            f"--as-of {wanted} is years ahead (this machine's clock says {now:%Y-%m-%d}): every credential would have"
            " run out and every training be overdue. Name a day that the data can tell of; if it is meant, add"
            " --accept-date"
        )


def stop_at_new_ids(request: SyncRequest, catalog: landing.Catalog, configuration: Mapping[str, Any]) -> None:
    """Stop where a source's ids, by the settings, mean other people than those under which its records have landed."""
    now, before = _sources(configuration), dict[str, Mapping[str, Any]]()
    for landed in catalog.configurations():
        before |= _sources(landed.content())
    batches = catalog.batches()
    for name, source in now.items():
        if name in request.meant.new_ids or name not in before:
            continue
        feeds = {batch.feed for batch in batches if batch.source == name}
        count = sum(batch.source == name for batch in batches)
        old, new = before[name].get("id_prefix", ""), source.get("id_prefix", "")
        if feeds and old != new:
            raise SyncError(
                f"the id_prefix of source {name} was {old!r} and is {new!r} now, but {count:,} deliveries of it have"
                f" landed with {old!r}: whoever comes again would be a second person. Set it back; to count everybody"
                f" under the new ids alone, sync all files into a new data folder; if only who comes from now on shall"
                f" have {new!r}: rxladder sync --accept-new-ids {name}"
            )
        ways, others = (persons_by_feed(one.get("persons", {})) for one in (before[name], source))
        for feed in sorted(feeds):
            way, other = ways.get(feed, "employee_id"), others.get(feed, "employee_id")
            if way != other:
                raise SyncError(
                    f"what source {name} calls people by in {feed} (persons) was {way} and is {other} now: all that has"
                    f" landed of it would be read so, and who is not found counts for nobody. Set it back; if it is"
                    f" right now and was wrong before: rxladder sync --accept-new-ids {name}"
                )


def stop_at_other_key(request: SyncRequest) -> None:
    """Stop where the employee key is not the one that what is published was made with."""
    current = publishing.current_release(request.data_dir)
    if current is None or request.meant.new_employee_key:
        return
    people = current.folder / publishing.PEOPLE
    secret = warehouse.known_secret(request.data_dir, request.employee_key)
    if not people.exists() or warehouse.has_keys_of(people, secret) is not False:
        return
    place = "RXLADDER_EMPLOYEE_KEY" if request.employee_key else "restricted/employee_key.secret in the data folder"
    what = f"the employee key ({place}) is not the one" if secret else f"there is no employee key ({place}), but one"
    raise SyncError(
        f"{what} that what is published was made with: every employee_key would change, and nothing that was kept"
        " or joined by it would find anybody. Bring the key back: from a backup of restricted/employee_key.secret in"
        " the data folder, or in RXLADDER_EMPLOYEE_KEY. If it is lost for good, or is to be another:"
        " rxladder sync --new-employee-key"
    )


def stop_at_leavers(request: SyncRequest, metrics: Path, catalog: landing.Catalog) -> None:
    """Stop where, beside what is published, too many left on one day; not where somebody has said that they did."""
    if request.known_at_seq is not None:  # a past state is compared with nothing
        return
    with duckdb.connect() as connection:
        connection.execute("attach $1 as built (read_only)", [str(metrics)])
        found: Sequence[tuple[date, int, int]] = connection.execute(_MASS_LEAVINGS).fetchall()
    accepted = meant.accepted_leaver_days(request.data_dir)
    asked = [row for row in found if row[0] not in accepted]
    if not asked:
        return
    current = publishing.current_release(request.data_dir)
    since = current.key.last_batch_seq if current else 0
    files = [one.file_name for one in catalog.batches() if one.batch_seq > since and one.feed in _HR_FEEDS]
    days = "; ".join(f"{left:,} of {before:,} people left on {day}" for day, left, before in asked)
    flags = " ".join(f"--accept-leavers {day}" for day, _, _ in asked)
    raise SyncError(
        f"not published: {days}, of those employed in what is published, more than a fifth on one day"
        + (f" (new since then: {', '.join(files[-5:])})" if files else "")
        + ". What is published stays as it was. If they did leave: rxladder sync "
        + f"{flags}. If they moved to another HR system or were cut off an export, deliver a file that says so"
        " (a reason that is no separation goes into separation_reasons)"
    )


def _sources(configuration: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {one["name"]: one for one in [*configuration.get("sources", ()), *configuration.get("pulled", ())]}
