-- Grain: an unbroken run of days of a person in one cell of the ladder: tier, site and employment class.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}

with stays as (
    select
        spells.*,
        lead(spells.started_on) over in_employment as next_started_on
    from (
        select
            *,
            lag((tier, site_id, employment_class)) over (
                partition by employee_key, employment_number order by started_on
            ) as cell_before
        from {{ ref('fct_job_spells') }}
    ) as spells
    where (spells.tier, spells.site_id, spells.employment_class) is distinct from spells.cell_before
    window in_employment as (
        partition by spells.employee_key, spells.employment_number order by spells.started_on
    )
),

incomplete as (
    select distinct employee_key from {{ ref('int_incomplete_histories') }}
),

ladder_stays as (
    select
        stays.employee_key,
        stays.site_id,
        stays.tier,
        stays.employment_class,
        stays.started_on,
        coalesce(stays.next_started_on, employments.ended_on) as ended_on,
        incomplete.employee_key is not null as is_history_incomplete
    from stays
    inner join {{ ref('fct_employments') }} as employments
        on stays.employee_key = employments.employee_key
        and stays.employment_number = employments.employment_number
    left join incomplete on stays.employee_key = incomplete.employee_key
    where stays.tier is not null
)

select * from ladder_stays
