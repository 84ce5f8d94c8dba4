-- Grain: something unknown that records of a feed point at (kind, feed, missing_id).
--
-- A feed that nobody delivers makes no orphans: what is unknown then is everything.
{%- set references = [
    ('employee', ref('stg_hr__job_history'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_hr__exit_interviews'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_hr__evaluations'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_hr__mentorships'), 'mentor_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_hr__mentorships'), 'mentee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_hr__pathway_enrollments'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_hr__rewards'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_credentials__credentials'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_credentials__exam_attempts'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_credentials__ce_credits'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_lms__assignments'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('employee', ref('stg_lms__completions'), 'employee_key', ref('stg_hr__employees'), 'employee_key'),
    ('job_code', ref('stg_hr__job_history'), 'job_code', ref('stg_program__job_tiers'), 'job_code'),
    ('job_code', ref('stg_hr__openings'), 'job_code', ref('stg_program__job_tiers'), 'job_code'),
    ('site', ref('stg_hr__job_history'), 'site_id', ref('stg_program__sites'), 'site_id'),
    ('site', ref('stg_hr__openings'), 'site_id', ref('stg_program__sites'), 'site_id'),
    ('site', ref('stg_program__program_costs'), 'site_id', ref('stg_program__sites'), 'site_id'),
    ('site', ref('stg_program__targets'), 'site_id', ref('stg_program__sites'), 'site_id'),
    ('course', ref('stg_lms__assignments'), 'course_id', ref('stg_lms__courses'), 'course_id'),
    ('course', ref('stg_lms__completions'), 'course_id', ref('stg_lms__courses'), 'course_id'),
    ('tier', ref('stg_program__job_tiers'), 'tier', ref('stg_program__tiers'), 'tier'),
    ('tier', ref('stg_program__tier_paths'), 'from_tier', ref('stg_program__tiers'), 'tier'),
    ('tier', ref('stg_program__tier_paths'), 'to_tier', ref('stg_program__tiers'), 'tier'),
    ('tier', ref('stg_program__tier_requirements'), 'tier', ref('stg_program__tiers'), 'tier'),
    ('skill', ref('stg_lms__courses'), 'skill_id', ref('stg_program__skills'), 'skill_id'),
    ('competency', ref('stg_hr__evaluations'), 'competency_id', ref('stg_hr__competencies'), 'competency_id'),
    ('credential_type', ref('stg_credentials__credentials'), 'credential_code',
        ref('stg_program__credential_types'), 'credential_code'),
    ('credential_type', ref('stg_program__certification_rules'), 'credential_code',
        ref('stg_program__credential_types'), 'credential_code'),
    ('credential_type', ref('stg_program__ce_rules'), 'credential_code',
        ref('stg_program__credential_types'), 'credential_code'),
] %}
with pointers as (
    {%- for kind, records, column, known, known_column in references %}
    select
        '{{ kind }}' as kind,
        '{{ records.identifier.split("__")[1] }}' as feed,
        records.{{ column }} as missing_id,
        records.batch_seq
    from {{ records }} as records
    where
        records.{{ column }} is not null
        and exists (select 1 from {{ known }})
        and not exists (
            select 1
            from {{ known }} as known
            where known.{{ known_column }} = records.{{ column }}
        )
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    kind,
    feed,
    missing_id,
    count(*) as record_count,
    min(batch_seq) as first_batch_seq
from pointers
group by kind, feed, missing_id
