{#-
    How a name is compared with another: without regard to case, accents, punctuation, the order of its parts, and what
    follows it ("De la Cruz, José Jr." = "jose de la cruz").
-#}
{% macro name_text(full_name) -%}
    array_to_string(list_sort(list_filter(
        string_split(trim(regexp_replace(strip_accents(lower({{ full_name }})), '[^\pL\pN]+', ' ', 'g')), ' '),
        lambda part: part not in ('', 'jr', 'sr', 'ii', 'iii', 'iv')
    )), ' ')
{%- endmacro %}


{#- The names in the part of an address before the @, as name_text gives them: "doe jane" of jane.doe2@example.org. -#}
{% macro address_name_text(address) -%}
    {{ name_text("regexp_replace(split_part(" ~ address ~ ", '@', 1), '\\pN+', ' ', 'g')") }}
{%- endmacro %}


{#- An id without what spreadsheets and hand-written lists do to it: case, punctuation and leading zeros. -#}
{% macro id_text(id) -%}
    ltrim(regexp_replace(lower({{ id }}), '[^\pL\pN]+', '', 'g'), '0')
{%- endmacro %}


{#- Every work e-mail that anybody was ever said to have: CTE `addresses` (email, employee_key). -#}
{% macro known_addresses() -%}
addresses as (
    select emails.email, people.employee_key
    from {{ ref('stg_hr__employee_emails') }} as emails
    inner join {{ ref('int_employee_keys') }} as people on emails.employee_id = people.employee_id
    where emails.email is not null
    union
    select lower(trim(work_email)) as email, employee_key
    from {{ ref('stg_hr__roster') }}
    where work_email is not null
)
{%- endmacro %}


{#-
    Who points at an employee nobody knows, as orphan_references() has it, with the day of the record: only those feeds
    in which there are such records now. Somebody with a job history is no stranger, only not in `employees`.
-#}
{% macro stranger_references() -%}
    {%- set references = orphan_references() | selectattr('kind', 'equalto', 'employee') | list -%}
    {%- set orphans = ref('orphans') -%}
    {%- set found = [] -%}
    {%- if not execute -%}
        {%- for reference in references %}{% do found.append(dict(reference, date_column='effective_on')) %}{% endfor -%}
        {{ return(found) }}
    {%- endif -%}
    {%- set feeds = run_query(
        "select distinct feed from " ~ orphans ~ " where kind = 'employee' and feed != 'job_history'"
    ).columns[0].values() -%}
    {%- for reference in references if reference.feed in feeds -%}
        {%- set node = graph.nodes.values() | selectattr('name', 'equalto', reference.model) | first -%}
        {%- do found.append(dict(reference, date_column=node.config.date_column)) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}
