-- Grain: a name that a source has for somebody, and days on which it is known whose it is (source, person,
-- valid_from_on): by a confirmed link, else by the work e-mails that employees had.
--
-- An address that one person ever had is that person's on any day. One that several had is, on a day, that of the
-- only one of them who was employed and not known to have another address by then; were several or none, that of the
-- only one of those who is known to have had it: the earliest until another is seen with it. All else is nobody's.
-- No clock: whose a record is does not hang on the day that is asked about.
-- depends_on: {{ ref('stg_hr__roster') }}, {{ ref('stg_hr__job_history') }}, {{ ref('stg_hr__employee_emails') }}
-- depends_on: {{ ref('int_employee_keys') }}
{{ config(materialized='table') }}
with links as (
    select source, person, valid_from_on, valid_to_on, employee_key from {{ ref('int_person_links') }}
)
{%- if has_email_sources() %},

{{ email_holders() }},

email_sources as (
    select distinct source
    from {{ source('control', 'persons') }}
    where persons = 'work_email'
),

-- A link cuts out of what addresses say the days for which it holds.
cut as (
    select
        email_sources.source,
        held.email as person,
        held.from_on as valid_from_on,
        least(held.until_on, case when links.source is not null then links.valid_from_on end) as valid_to_on,
        held.employee_key,
        links.source is null or links.valid_from_on > held.from_on as is_left
    from held
    cross join email_sources
    left join links on email_sources.source = links.source and held.email = links.person
    union all
    select
        links.source,
        held.email as person,
        greatest(held.from_on, links.valid_to_on) as valid_from_on,
        held.until_on as valid_to_on,
        held.employee_key,
        coalesce(links.valid_to_on < held.until_on, true) as is_left
    from held
    cross join email_sources
    inner join links on email_sources.source = links.source and held.email = links.person
    where links.valid_to_on is not null
)
{%- endif %}

select source, person, valid_from_on, valid_to_on, employee_key from links
{%- if has_email_sources() %}
union all
select source, person, valid_from_on, valid_to_on, employee_key
from cut
where is_left
{%- endif %}
