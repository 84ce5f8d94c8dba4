-- Grain: a name somebody has confirmed whose it is (source, person), with the days between which it holds.
--
-- A link of an employee id, in a source that says who is who, stands for the id wherever it occurs (is_rename):
-- somebody came back under it. Links of links are followed to their end; of links in a circle the least key is the end.
-- own_key is what the name is by itself, as an employee id; null when it is none.
{{ config(materialized='table') }}
with recursive stated as (
    select
        stated_source as source,
        {{ person_text('person') }} as person,
        person as written,
        employee_key as stated_key,
        valid_from_on,
        valid_to_on,
        batch_seq,
        row_in_batch
    from {{ ref('stg_program__person_links') }}
    qualify {{ is_newest('stated_source, ' ~ person_text('person')) }}
),

issuers as (
    select distinct source
    from {{ source('control', 'batches') }}
    where feed in ('employees', 'job_history', 'roster')
),

links as (
    select
        stated.*,
        own.employee_key as own_key,
        own.employee_key is not null
        and own.employee_key != stated.stated_key
        and stated.valid_to_on is null
        and issuers.source is not null as is_rename
    from stated
    left join issuers on stated.source = issuers.source
    left join {{ source('control', 'employee_keys') }} as own on stated.written = own.employee_id
),

renames as (
    select own_key, stated_key
    from links
    where is_rename
    qualify {{ is_newest('own_key') }}
),

chains as (
    select own_key as from_key, stated_key as to_key, [own_key, stated_key] as passed, false as is_circle
    from renames
    union all
    select
        chains.from_key,
        renames.stated_key as to_key,
        list_append(chains.passed, renames.stated_key) as passed,
        list_contains(chains.passed, renames.stated_key) as is_circle
    from chains
    inner join renames on chains.to_key = renames.own_key
    where not chains.is_circle
),

ends as (
    select from_key, case when is_circle then list_min(passed) else to_key end as to_key
    from chains
    qualify row_number() over (partition by from_key order by len(passed) desc) = 1
)

select
    links.source,
    links.person,
    links.written,
    links.valid_from_on,
    links.valid_to_on,
    coalesce(ends.to_key, links.stated_key) as employee_key,
    links.own_key,
    links.is_rename,
    links.batch_seq,
    links.row_in_batch
from links
left join ends on links.stated_key = ends.from_key
