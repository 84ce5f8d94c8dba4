-- Grain: an employee who may be behind a name, and why (kind, source, employee_key, candidate_key, evidence). Proposals
-- only: nothing is made of them until somebody confirms one in person_links.
--
-- An address without a name in it is null there, not filtered out: on a single stranger DuckDB 2.0 stumbles over a
-- filter that it pushes into that expression ("BindBuiltinScalarFunction did not return a BoundFunctionExpression").
{{ config(database='build', schema='staging', contract={'enforced': false}, tags=['every_build']) }}
with {{ known_addresses() }},

strangers as (
    select distinct source, employee_key, person
    from {{ ref('int_strangers') }}
),

compared as (
    select
        *,
        {{ person_text('person') }} as address,
        split_part(lower(person), '@', 1) as local_part,
        {{ id_text("split_part(person, '@', 1)") }} as id,
        nullif({{ address_name_text('person') }}, '') as name
    from strangers
),

people as (
    select
        keys.employee_key,
        {{ id_text('keys.employee_id') }} as id,
        {{ name_text('names.full_name') }} as name
    from {{ ref('int_people') }} as names
    inner join {{ source('control', 'employee_keys') }} as keys on names.employee_key = keys.employee_key
    where exists (select 1 from compared)
),

found as (
    select compared.*, addresses.employee_key as candidate_key, 'had the same address' as evidence
    from compared
    inner join addresses on compared.address = addresses.email
    union all
    select compared.*, addresses.employee_key as candidate_key, 'the same before the @' as evidence
    from compared
    inner join addresses
        on compared.local_part = split_part(addresses.email, '@', 1) and compared.address != addresses.email
    union all
    select compared.*, people.employee_key as candidate_key, 'the same names' as evidence
    from compared
    inner join people on compared.name = people.name
    union all
    select compared.*, people.employee_key as candidate_key, 'the same id but for how it is written' as evidence
    from compared
    inner join people on compared.id = people.id and compared.id != ''
)

select distinct 'unmatched' as kind, source, employee_key, candidate_key, evidence
from found
union all
select 'rehire_under_new_id' as kind, source, employee_key, earlier_key as candidate_key, evidence
from {{ ref('int_possible_returns') }}
