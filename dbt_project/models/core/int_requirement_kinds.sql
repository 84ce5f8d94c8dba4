-- Grain: a kind of requirement (kind), with whether there is any data to judge it by.
--
-- A requirement whose feed is absent is neither met nor unmet.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with feeds as (
    select
        (select count(*) > 0 from {{ ref('fct_credentials') }}) as has_credentials,
        (select count(*) > 0 from {{ ref('fct_completions') }}) as has_completions,
        (select count(*) > 0 from {{ ref('fct_evaluations') }}) as has_evaluations
)

select 'credential' as kind, has_credentials as has_data from feeds
union all
select 'course' as kind, has_completions as has_data from feeds
union all
select 'skill' as kind, has_completions as has_data from feeds
union all
select 'competency' as kind, has_evaluations as has_data from feeds
union all
select 'evaluation_average' as kind, has_evaluations as has_data from feeds
union all
select 'months_in_tier' as kind, true as has_data from feeds
