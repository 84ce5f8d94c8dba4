"""Who needs what next: everything that falls due for a person, in one list."""

from dashboards import sources
from dashboards.cell import Cell
from dashboards.frame import Frame


def size(cell: Cell) -> int:
    """Active people on the ladder."""
    found = sources.row(
        f"select count(*) as people from core.dim_employees where is_active and tier is not null and {cell.condition()}",
        cell.params,
    )
    return int(found["people"])


def known() -> dict[str, bool]:
    """Of each kind of thing, whether anything has been delivered that it could be told from."""
    return {
        kind: bool(is_known)
        for kind, is_known in sources.row(
            """
            select exists(from core.dim_tier_requirements) as ready, exists(from core.dim_certification_rules) as certification,
                exists(from marts.credential_renewals) as renewal, exists(from core.dim_skills) as training
            """
        ).items()
    }


def due(cell: Cell, most: int | None = None) -> Frame:
    """One row a person and thing to see to: kind, what, due_on (past for what is late; since when, for who is ready), standing.

    The first `most` by `place`, and whatever is the first of its bucket (late, ready, soon; is_first).
    """
    return sources.rows(
        f"""
        {_dues(cell)} select *, count(*) over () as of_all, row_number() over ({ORDER}) as place,
            row_number() over (partition by bucket {ORDER}) = 1 as is_first
        from dues {"" if most is None else f"qualify place <= {most} or is_first"} order by place
        """,
        cell.params,
    )


def counts(cell: Cell) -> Frame:
    """How many people and things, by kind, by bucket and in all (where both are null; none when there is nothing to do)."""
    return sources.rows(
        f"""
        {_dues(cell)}, by_person as (
            select kind, bucket, grouping(kind, bucket) as level, employee_key, count(*) as things,
                bool_or(bucket = 'late') as is_late, bool_or(days_left < -90) as is_over_90
            from dues group by grouping sets ((kind, employee_key), (bucket, employee_key), (employee_key))
        )
        select kind, bucket, sum(things)::bigint as things, count(*) as people, count_if(is_late) as people_late,
            count_if(is_over_90) as people_over_90
        from by_person group by level, kind, bucket
        """,
        cell.params,
    )


ORDER = "order by due_on nulls first, employee_key, what"


def _dues(cell: Cell) -> str:
    return f"""
        with found as (
            select employee_key, 'ready' as kind, 'Ready for ' || coalesce(title, to_tier) as what, ready_on as due_on
            from marts.promotion_readiness left join core.dim_tiers on to_tier = dim_tiers.tier where is_ready
            union all
            select employee_key, 'certification', 'Get certified: ' || credential_code, min(deadline_on)
            from marts.certification_pipeline
            where (state = 'overdue' or days_left between 0 and 90) and passed_on is null
            group by employee_key, credential_code
            union all
            select employee_key, 'renewal', 'Renew ' || credential_code, expires_on
            from marts.credential_renewals where status <> 'current'
            union all
            select employee_key, 'training', 'Requalify: ' || coalesce(name, skill_id), expires_on
            from marts.training_matrix left join core.dim_skills using (skill_id)
            where is_required and status in ('expiring', 'expired', 'suspended')
        ),
        placed as (
            select employee_key, coalesce(dim_sites.name, site_id) as site, kind, what, due_on,
                date_diff('day', as_of_on, due_on) as days_left
            from found join core.dim_employees using (employee_key) left join core.dim_sites using (site_id)
            cross join quality.release
            where is_active and {cell.condition()}
        ),
        dues as (
            select *, case when kind = 'ready' then 'ready' when days_left < 0 then 'late' else 'soon' end as bucket,
                case
                    when kind = 'ready' then 'ready for ' || format('{{:,}}', -days_left) || if(days_left = -1, ' day', ' days')
                    when days_left < 0 then 'late by ' || format('{{:,}}', -days_left) || if(days_left = -1, ' day', ' days')
                    when days_left = 0 then 'today'
                    when days_left > 0 then 'in ' || days_left || if(days_left = 1, ' day', ' days')
                    else 'suspended: now'
                end as standing
            from placed
        )
        """
