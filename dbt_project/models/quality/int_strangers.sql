-- Grain: somebody whom records of a feed are about and who is no employee (source, feed, employee_key), with what the
-- source calls them, in one of the ways in which it is written.
--
-- Private: it holds names and addresses.
-- depends_on: {{ ref('orphans') }}
{{ config(database='build', schema='staging', contract={'enforced': false}, tags=['every_build']) }}
with {{ known_addresses() }},

strange_records as (
    {%- for reference in stranger_references() %}
    select
        records.source,
        '{{ reference.feed }}' as feed,
        records.{{ reference.column }} as person_key,
        records.{{ reference.date_column }} as on_day
    from {{ ref(reference.model) }} as records
    where
        records.{{ reference.column }} in (
            select orphans.missing_id
            from {{ ref('orphans') }} as orphans
            where orphans.kind = 'employee' and orphans.feed = '{{ reference.feed }}'
        )
    union all
    {%- endfor %}
    select
        cast(null as varchar) as source,
        cast(null as varchar) as feed,
        cast(null as varchar) as person_key,
        cast(null as date) as on_day
    where false
),

-- Who has a job history is only missing in `employees`.
strangers as (
    select
        source,
        feed,
        person_key as employee_key,
        count(*) as record_count,
        min(on_day) as first_on,
        max(on_day) as last_on
    from strange_records
    where person_key not in (select job_rows.employee_key from {{ ref('int_job_rows') }} as job_rows)
    group by source, feed, person_key
),

called as (
    select
        source,
        person_key,
        min(person) as person
    from {{ source('control', 'person_keys') }}
    group by source, person_key
),

named as (
    select
        strangers.*,
        coalesce(naming.persons, 'employee_id') as persons,
        coalesce(called.person, ids.employee_id) as person
    from strangers
    left join {{ source('control', 'persons') }} as naming
        on strangers.source = naming.source and strangers.feed = naming.feed
    left join called on strangers.source = called.source and strangers.employee_key = called.person_key
    left join {{ source('control', 'employee_keys') }} as ids on strangers.employee_key = ids.employee_key
)

select
    named.source,
    named.feed,
    named.employee_key,
    named.person,
    named.record_count,
    named.first_on,
    named.last_on,
    case
        when links.source is not null then 'link_not_on_that_day'
        when named.persons = 'employee_id' then 'unknown_id'
        when named.persons = 'links' then 'no_link'
        when {{ person_text('named.person') }} in (select addresses.email from addresses) then 'several_had_the_address'
        else 'unknown_address'
    end as reason
from named
left join {{ ref('int_person_links') }} as links
    on named.source = links.source and {{ person_text('named.person') }} = links.person
