"""Whether the figures can be relied on: feeds, checks, what was kept out or repaired, what stays wrong, what moved."""

from dashboards import sources
from dashboards.frame import Frame, Row


def release() -> Row:
    """When the release was made, up to which batch, from which code."""
    return sources.rows("select * from quality.release").iloc[0]


def feeds() -> Frame:
    """Each feed of each source: its last batch, age and rows, and how many rows or values of all batches had problems."""
    return sources.rows(
        """
        with totals as (
            select source, feed, count(*) as batches, sum(row_count)::bigint as records,
                sum(quarantined_count)::bigint as quarantined, sum(repaired_count)::bigint as repaired
            from quality.batches group by source, feed
        )
        select f.source, f.feed, f.last_landed_at::date as landed_on, f.age_days, f.expected_every_days,
            f.newest_record_on, coalesce(f.is_stale, false) as is_stale,
            t.batches, t.records, t.quarantined, t.repaired
        from quality.freshness f left join totals t using (source, feed)
        order by coalesce(f.is_stale, false) desc, f.age_days desc, f.source, f.feed
        """
    )


def checks() -> Row:
    """How many checks stand, and how many of them did not pass (such a release has warnings only)."""
    return sources.rows(
        """select count(*) as checks, count(*) filter (status <> 'passed') as broken, count(distinct table_name) as tables
        from quality.checks"""
    ).iloc[0]


def broken_checks() -> Frame:
    """The checks that warn, with how many rows they concern."""
    return sources.rows(
        """select table_name, check_name, failures from quality.checks where status <> 'passed'
        order by failures desc nulls last, table_name, check_name"""
    )


def standing_problems() -> Frame:
    """What stays wrong until somebody mends it, the most affected first."""
    return sources.rows(
        """select kind, coalesce(feed, '') as feed, problem, cure, affected_count, since::date as since
        from quality.standing_problems order by affected_count desc nulls last, kind, feed, problem"""
    )


def kept_out() -> Frame:
    """Quarantined rows and repaired values by feed, column and reason."""
    return sources.rows(
        """
        select 'row kept out' as what, source, feed, column_name, reason, problem_count, last_landed_at::date as landed_on
        from quality.quarantined_rows
        union all
        select 'value set to nothing', source, feed, column_name, reason, problem_count, last_landed_at::date
        from quality.repaired_values
        order by problem_count desc, feed, column_name, reason
        """
    )


def restatements() -> Frame:
    """Figures of past months that this release gives otherwise than the one before, the largest change first."""
    return sources.rows(
        """select month, coalesce(s.name, r.site_id) as site, figure, previous_value, value, difference
        from quality.restatements r left join core.dim_sites s using (site_id)
        order by abs(difference) desc nulls last, month desc, site, figure"""
    )
