"""What the command line says: progress, tables and figures, in the terminal."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich import markup
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipelines import landing, publishing, unclean
from pipelines.connectors.standing import standing_failures, standing_notes
from pipelines.landing.faults import few
from pipelines.orchestration import journal
from pipelines.orchestration.sync_request import Progress as OnProgress
from pipelines.orchestration.sync_request import SyncOutcome

if TYPE_CHECKING:
    from pipelines.connectors.pulled import Preview

console = Console()
_errors = Console(stderr=True)

_FRESHNESS = """
    select feed, source, last_landed_at, age_days, is_stale, expected_every_days
    from published.quality.freshness order by feed, source"""

_COVERAGE = """
    select because_of from published.quality.coverage
    where is_behind and not is_silent order by covers_through_on, source, feed"""

_SILENCES = """
    select kind, subject, problem, cure from published.quality.standing_problems
    where kind in ('silent_feed', 'late_source') order by kind desc, source, feed"""

_REVIEW = """
    select source, count(distinct employee_key), coalesce(sum(record_count), 0)::bigint, kind
    from published.quality.person_review group by kind, source order by kind, source"""

_HEADLINES = """
    from published.marts.headline_by_month where site_id is null order by month desc limit 1"""

# Name in headline_by_month, what a person reads, whether it is a fraction or a rate (shown in percent).
_FIGURES = (
    ("voluntary_turnover_rate_12m", "Voluntary turnover a year, last 12 months", True),
    ("promotion_rate_12m", "Promotions a year, last 12 months", True),
    ("promoted_within_365", "Promoted within a year of entering a tier", True),
    ("completed_on_time_rate", "Training completed on time, last 12 months", True),
    ("certified_in_time_rate", "Certified in time, last 12 months", True),
    ("ready_waiting_over_90", "Ready and waiting for over 90 days", False),
)


def escape(text: str) -> str:
    """A text for the terminal: nothing in it is markup, and control characters of a file are shown, not obeyed."""
    shown = "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in text)
    return markup.escape(shown)


def say(text: str) -> None:
    """Print a plain sentence."""
    console.print(escape(text))


def failed(text: str) -> None:
    """Print what went wrong."""
    _errors.print(f"[bold red]Failed:[/] {escape(text)}")


@contextmanager
def progress() -> Generator[OnProgress]:
    """Show a progress bar while the body works; it vanishes at the end. Nothing is drawn where there is no terminal."""
    columns = (SpinnerColumn(), BarColumn(bar_width=24), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=_errors, transient=True, disable=not _errors.is_terminal) as bar:
        task = bar.add_task("looking for news", total=None)

        def on_progress(what: str, done: float, total: float | None) -> None:
            bar.update(task, description=escape(what), completed=done, total=total)

        yield on_progress


def sync_report(data_dir: Path, outcome: SyncOutcome) -> bool:
    """Print what a sync did and the headline figures; return whether something needs attention.

    What was refused is said first: it may be the cause of all that follows.
    """
    is_refused = _refused(data_dir)
    _deliveries(outcome.deliveries)
    for name in outcome.unmatched:
        console.print(f"[yellow]Not read:[/] {escape(name)}")
    for note in outcome.notes:
        console.print(f"[yellow]Note:[/] {escape(note)}")
    if outcome.release is None:
        console.print("Nothing new: the current release is up to date.")
    release = publishing.current_release(data_dir)
    if release is not None:
        console.print(f"Release [bold]{release.release_id}[/], data as of {release.key.as_of_on}")
        _headlines(data_dir, release)
        _coverage(release)
        _strangers(release)
    if outcome.seconds:
        steps = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in outcome.seconds.items())
        console.print(f"Time: {steps}", soft_wrap=True)
    needs_attention = is_refused | _attention(data_dir, release) | _unclean(release)
    if outcome.release is not None:
        console.print(
            f"Next: query {data_dir / 'current' / 'metrics.duckdb'} (README, Query), see the checks in"
            f" {data_dir / 'docs' / 'index.html'}, or the runs with [bold]rxladder ui[/]",
            soft_wrap=True,
        )
    return needs_attention


def check_report(found: landing.Report) -> bool:
    """Print what would become of each delivery; return whether anything would not be taken as it is."""
    table = _table("Delivery", "Feed", "Rows", "Repaired values", "Quarantined rows", "Would be")
    for outcome in found.outcomes:
        if isinstance(outcome, landing.Batch):
            counts = [f"{outcome.row_count:,}", _counted(outcome.repaired_count), _counted(outcome.quarantined_count)]
            table.add_row(escape(outcome.file_name), outcome.feed, *counts, "taken")
        else:
            table.add_row(escape(outcome.file_name), outcome.feed, "", "", "", "[red]refused[/]")
    console.print(table)
    for outcome in found.outcomes:
        if isinstance(outcome, landing.Refusal):
            console.print(f"[red]Refused:[/] {escape(outcome.reason)}")
            continue
        for one in outcome.problems:
            where = f"{outcome.file_name}, column {one.column}" if one.column else outcome.file_name
            console.print(f"[yellow]{one.kind.capitalize()}:[/] {escape(f'{where}: {one.reason}')} ({one.count:,})")
        if outcome.unknown_columns:
            columns = escape(few(outcome.unknown_columns))
            console.print(f"[yellow]Not in the contract:[/] {escape(outcome.file_name)}: {columns} (kept aside)")
    for orphans in found.orphans:
        examples = escape(", ".join(orphans.examples))
        console.print(
            f"[yellow]Orphans:[/] {orphans.feed}: {orphans.column} of {orphans.count:,} rows is in no"
            f" {orphans.references}, such as {examples}"
        )
    for item in found.unmatched:
        console.print(f"[yellow]Not read:[/] {escape(f'{item.name}: {item.reason}')}")
    return bool(
        found.orphans
        or found.unmatched
        or any(isinstance(outcome, landing.Refusal) or outcome.problems for outcome in found.outcomes)
    )


def status_report(data_dir: Path) -> bool:
    """Print what is published, how old each feed is and what failed last; return whether something needs attention."""
    is_refused = _refused(data_dir)
    release = publishing.current_release(data_dir)
    if release is None:
        console.print(f"Nothing is published in {data_dir} yet. Run: rxladder sync --exports FOLDER")
    else:
        console.print(
            f"Release [bold]{release.release_id}[/], made {release.published_at:%Y-%m-%d %H:%M} UTC,"
            f" data as of {release.key.as_of_on}, batches up to {release.key.last_batch_seq},"
            f" code {release.key.code_version}"
        )
        _freshness(data_dir, release)
        _coverage(release)
        _strangers(release)
    last = journal.last_sync(data_dir)
    if last is None:
        console.print("No sync has run here.")
    elif last.ended_at is None:
        console.print(f"[yellow]The sync begun {last.started_at:%Y-%m-%d %H:%M} UTC is at work, or was cut short.[/]")
    elif last.error is not None:
        console.print(f"[red]The last sync ({last.ended_at:%Y-%m-%d %H:%M} UTC) failed:[/] {escape(last.error)}")
    else:
        console.print(f"The last sync ended well at {last.ended_at:%Y-%m-%d %H:%M} UTC.")
    for note in standing_notes(data_dir):
        console.print(f"[yellow]Note of the last pull:[/] {escape(note)}", soft_wrap=True)
    return _attention(data_dir, release) | is_refused or (last is not None and last.error is not None)


def source_report(found: Sequence[Preview]) -> bool:
    """Print what each feed of a source would bring; return whether all can be pulled."""
    for one in found:
        if one.reason is not None:
            console.print(f"[red]{one.feed} can't be pulled:[/] {escape(one.reason)}", soft_wrap=True)
            for note in one.notes:
                console.print(f"[yellow]Note:[/] {escape(note)}")
            continue
        table = _table(*one.columns)
        for row in one.rows:
            table.add_row(*("" if value is None else escape(str(value)) for value in row))
        rows = one.filled.get("", 0)
        console.print(f"[bold]{one.feed}[/]: {rows:,} rows" + ("; the first of them:" if rows else ""))
        if rows:
            console.print(table)
        for column in one.columns:
            if one.filled[column] < rows:
                console.print(f"[yellow]Unknown:[/] {column} in {rows - one.filled[column]:,} rows")
        for note in one.notes:
            console.print(f"[yellow]Note:[/] {escape(note)}")
    return all(one.reason is None for one in found)


def _deliveries(outcomes: Sequence[landing.Outcome]) -> None:
    if not outcomes:
        return
    table = _table("Feed", "Batches", "Rows", "Repaired values", "Quarantined rows", "Refused")
    for feed in dict.fromkeys(outcome.feed for outcome in outcomes):
        batches = [item for item in outcomes if item.feed == feed and isinstance(item, landing.Batch)]
        refused = sum(item.feed == feed and isinstance(item, landing.Refusal) for item in outcomes)
        table.add_row(
            feed,
            str(len(batches)),
            f"{sum(batch.row_count for batch in batches):,}",
            _counted(sum(batch.repaired_count for batch in batches)),
            _counted(sum(batch.quarantined_count for batch in batches)),
            _counted(refused),
        )
    console.print(table)


def _headlines(data_dir: Path, release: publishing.Release) -> None:
    now = _headline(release.metrics)
    before = _headline(data_dir / "releases" / str(release.previous_release_id) / "metrics.duckdb")
    if not now:
        console.print("No headline figures: nobody has been employed yet as of that day.")
        return
    table = _table("Figure", "Now", "likely between", "of", "Release before")
    for name, label, is_percent in _FIGURES:
        low, high, base = now.get(f"{name}_low"), now.get(f"{name}_high"), now.get(f"{name}_base")
        table.add_row(
            label,
            _figure(now[name], is_percent),
            "" if low is None else f"{_figure(low, is_percent)} and {_figure(high, is_percent)}",
            "" if base is None else _base(base, "person-years" if "rate_12m" in name else ""),
            _figure(before.get(name), is_percent) if before else "",
        )
    console.print(table)


def _headline(metrics: Path) -> dict[str, Any]:
    """Return the whole organisation's figures of the last month in a published file; empty when there are none."""
    if not metrics.exists():
        return {}
    with duckdb.connect() as connection:
        connection.execute("attach $1 as published (read_only)", [str(metrics)])
        found = connection.execute(_HEADLINES)
        names = [column[0] for column in found.description or []]
        row = found.fetchone()
    return dict(zip(names, row, strict=True)) if row else {}


def _freshness(data_dir: Path, release: publishing.Release) -> None:
    table = _table("Feed", "Source", "Last landed (UTC)", "Age in days", "")
    for feed, source, landed_at, age, is_stale in _feed_ages(release):
        when = f"{landed_at:%Y-%m-%d %H:%M}" if landed_at is not None else "never"
        table.add_row(feed, source, when, "" if age is None else str(age), "[red]stale[/]" if is_stale else "")
    console.print(table)


def _feed_ages(release: publishing.Release) -> list[tuple[str, str, datetime | None, int | None, bool]]:
    """Return feed, source, last landing, age in days and whether it is stale, as of now.

    Where nothing lands any more, no release is made that could say so.
    """
    today = datetime.now(UTC).date()
    return [
        (
            feed,
            source,
            landed_at,
            max(age, (today - landed_at.date()).days),
            bool(is_stale) or (every is not None and (today - landed_at.date()).days > every),
        )
        if landed_at is not None
        else (feed, source, None, None, bool(is_stale))
        for feed, source, landed_at, age, is_stale, every in _query(release, _FRESHNESS)
    ]


def _coverage(release: publishing.Release) -> None:
    """Say of each feed that tells less than the release asks about through which day it does."""
    for (because_of,) in _query(release, _COVERAGE) if _has_coverage(release) else []:
        console.print(f"[yellow]Known so far:[/] {escape(because_of)}; later months are not drawn", soft_wrap=True)


def _has_coverage(release: publishing.Release) -> bool:
    """Whether a release says so; older ones do not."""
    is_there = "select 1 from duckdb_tables() where schema_name = 'quality' and table_name = 'coverage'"
    return bool(_query(release, is_there))


def _strangers(release: publishing.Release) -> None:
    """Say of how many people it is not known who they are, and where that is decided."""
    is_there = "select 1 from duckdb_tables() where schema_name = 'quality' and table_name = 'person_review'"
    found = _query(release, _REVIEW) if _query(release, is_there) else []  # older releases lack it
    for source, people, records, kind in found:
        if kind == "unmatched":
            text = f"[yellow]Not matched[/] in {source}: {people:,} who are no employees, in {records:,} records"
        else:
            text = f"[yellow]Maybe back[/] in {source}: {people:,} under a new id"
        console.print(text)
    if found:
        console.print(
            f"  Who they may be: person_candidates in {release.folder / 'restricted' / 'people.duckdb'};"
            " what you confirm goes into person_links (README, Who is who)",
            soft_wrap=True,
        )


def _unclean(release: publishing.Release | None) -> bool:
    """Print what records point at in vain and what contradicts itself; return whether much of a feed points in vain."""
    found = unclean.unclean(release.metrics) if release else unclean.Unclean((), ())
    for orphans in found.orphans:
        console.print(
            f"[yellow]Orphans:[/] {orphans.feed}: {orphans.kind.replace('_', ' ')} of {orphans.count:,} record"
            f"{'' if orphans.count == 1 else 's'} is described by no delivery"
            + (f", such as {escape(', '.join(orphans.examples))}" if orphans.examples else "")
            + " (quality.orphans)",
            soft_wrap=True,
        )
    for item in found.contradictions:
        console.print(
            f"[yellow]Contradictions:[/] {item.feed}: {item.kind.replace('_', ' ')} ({item.count:,}); what is made of"
            " them stands in quality.contradictions",
            soft_wrap=True,
        )
    return any(orphans.is_much for orphans in found.orphans)


def _refused(data_dir: Path) -> bool:
    """Print what is refused; return whether there is any."""
    standing = [item for item in landing.Catalog(data_dir).refused() if item.acknowledged_at is None]
    for item in standing:
        console.print(f"[bold yellow]Refused[/] {item.refused_id} ({item.feed}): {escape(item.reason)}")
        console.print(
            f"  Deliver a better file, or: rxladder accept {item.refused_id} | rxladder acknowledge {item.refused_id}"
        )
    return bool(standing)


def _attention(data_dir: Path, release: publishing.Release | None) -> bool:
    """Print what is silent, late, stale or not pulled; return whether there is any."""
    stale = [row for row in _feed_ages(release) if row[4]] if release else []
    for feed, source, _, age, _ in stale:
        console.print(f"[bold yellow]Stale[/] {feed} of {source}: nothing new for {age} days")
    silences = _query(release, _SILENCES) if release and _has_coverage(release) else []
    for kind, subject, problem, cure in silences:
        label = "Silent" if kind == "silent_feed" else "Late"
        console.print(f"[bold yellow]{label}[/] {subject}: {escape(problem)}", soft_wrap=True)
        console.print(f"  {escape(cure)}", soft_wrap=True)
    failed_pulls = standing_failures(data_dir)
    for item in failed_pulls:
        console.print(
            f"[bold yellow]Not pulled[/] {item.feed} of {item.source}, since {item.since:%Y-%m-%d %H:%M} UTC:"
            f" {escape(item.reason)}. What landed before stays in force",
            soft_wrap=True,
        )
    return bool(stale or silences or failed_pulls)


def _query(release: publishing.Release, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        connection.execute("attach $1 as published (read_only)", [str(release.metrics)])
        return connection.execute(sql).fetchall()


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right")
    return table


def _counted(count: int) -> str:
    return f"[yellow]{count:,}[/]" if count else "0"


def _base(value: float, unit: str) -> str:
    """Write what a figure is of; of few person-years with one decimal, so that 0.4 is not 0."""
    return f"{value:,.1f} {unit}" if unit and value < 10 else f"{value:,.0f} {unit}".rstrip()


def _figure(value: float | None, is_percent: bool) -> str:
    """Write a figure; no data is not zero."""
    if value is None:
        return "no data"
    return f"{value:.1%}" if is_percent else f"{value:,.0f}"
