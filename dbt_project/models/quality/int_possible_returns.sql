-- Grain: an employee who began when another with the same work e-mail or name had left, and what they have in common
-- (employee_key, earlier_key, evidence). They are two people until a link says that they are one.
{{ config(database='build', schema='staging', contract={'enforced': false}, tags=['every_build']) }}
with {{ known_addresses() }},

careers as (
    select
        employee_key,
        min(started_on) as started_on,
        max(coalesce(ended_on, {{ end_of_time() }})) as ended_on
    from {{ ref('fct_employments') }}
    group by employee_key
),

newest_names as (
    select *
    from {{ ref('int_people') }}
    qualify {{ is_newest('employee_key') }}
),

people as (
    select
        newest_names.employee_key,
        newest_names.source,
        careers.started_on,
        careers.ended_on,
        {{ name_text('newest_names.full_name') }} as name
    from newest_names
    inner join careers on newest_names.employee_key = careers.employee_key
),

-- A name that many share says nothing.
telling_names as (
    select name
    from people
    where name != ''
    group by name
    having count(*) between 2 and 20
),

shared_addresses as (
    select email
    from addresses
    group by email
    having count(*) between 2 and 20
),

pairs as (
    select later.employee_key, earlier.employee_key as earlier_key, 'the same name' as evidence
    from people as later
    inner join telling_names on later.name = telling_names.name
    inner join people as earlier on later.name = earlier.name
    where earlier.ended_on <= later.started_on
    union all
    select later.employee_key, earlier.employee_key as earlier_key, 'the same work e-mail' as evidence
    from shared_addresses
    inner join addresses as theirs on shared_addresses.email = theirs.email
    inner join people as later on theirs.employee_key = later.employee_key
    inner join addresses as others on shared_addresses.email = others.email
    inner join people as earlier on others.employee_key = earlier.employee_key
    where earlier.ended_on <= later.started_on
)

select distinct
    pairs.employee_key,
    pairs.earlier_key,
    pairs.evidence,
    people.source,
    people.started_on
from pairs
inner join people on pairs.employee_key = people.employee_key
where
    -- A link of an id to itself says that it is nobody else's.
    pairs.employee_key not in (
        select links.own_key
        from {{ ref('int_person_links') }} as links
        where links.own_key = links.employee_key
    )
