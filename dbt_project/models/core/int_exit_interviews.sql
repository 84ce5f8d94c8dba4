-- Grain: an exit interview held by as_of_on, with the separation it belongs to (source, record_key).
--
-- An interview belongs to the separation nearest to it, at most 90 days away: it may be held during notice or after.
{{ config(database='build', schema='staging', contract={'enforced': false}) }}
with interviews as (
    select *
    from {{ ref('stg_hr__exit_interviews') }}
    where interviewed_on <= {{ as_of_on() }}
),

reason_codes as (
    select reason, reason_code from {{ ref('int_separation_reasons') }}
)

select
    interviews.source,
    interviews.record_key,
    interviews.employee_key,
    interviews.interviewed_on,
    coalesce(reason_codes.reason_code, 'other') as reason,
    interviews.growth_visibility,
    separations.last_day_on,
    -- As written, since unlisted reasons share the code `other`; null where the HR system gives none.
    case
        when written.reason_as_written is not null
            then {{ reason_text('interviews.primary_reason') }} = {{ reason_text('written.reason_as_written') }}
                or coalesce(reason_codes.reason_code = separations.separation_reason, false)
    end as is_agreeing
from interviews
left join reason_codes on {{ reason_text('interviews.primary_reason') }} = reason_codes.reason
left join {{ ref('fct_separations') }} as separations
    on interviews.employee_key = separations.employee_key
    and abs({{ days_between('separations.last_day_on', 'interviews.interviewed_on') }}) <= 90
left join {{ ref('separation_reasons') }} as written
    on separations.employee_key = written.employee_key and separations.last_day_on = written.last_day_on
qualify row_number() over (
        partition by interviews.source, interviews.record_key
        order by
            abs({{ days_between('separations.last_day_on', 'interviews.interviewed_on') }}), separations.last_day_on
    ) = 1
