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


def due(cell: Cell, most: int | None = None) -> Frame:
    """One row a person and thing to see to: kind, what, due_on (past for what is late; since when, for who is ready), standing."""
    return sources.rows(
        f"{_dues(cell)} select *, count(*) over () as of_all from dues {ORDER} {'' if most is None else f'limit {most}'}",
        cell.params,
    )


def first(cell: Cell) -> Frame:
    """The row that comes first of each bucket (late, ready, soon), as in `due`."""
    return sources.rows(
        f"{_dues(cell)} from dues qualify row_number() over (partition by bucket {ORDER}) = 1 {ORDER}", cell.params
    )


def counts(cell: Cell) -> Frame:
    """How many people and things, by kind, by bucket and in all (where both are null); people_late, people_over_90."""
    return sources.rows(
        f"""
        {_dues(cell)} select kind, bucket, count(*) as things, count(distinct employee_key) as people,
            count(distinct employee_key) filter (bucket = 'late') as people_late,
            count(distinct employee_key) filter (days_left < -90) as people_over_90
        from dues group by grouping sets ((kind), (bucket), ())
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
            from marts.certification_pipeline where days_left <= 90 group by employee_key, credential_code
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
