-- Grain: a reason for leaving as it is compared (reason).
{{ config(materialized='table', database='build', schema='staging', contract={'enforced': false}) }}

select
    {{ reason_text('reason') }} as reason,
    reason_code,
    coalesce(is_separation, true) as is_separation
from {{ ref('stg_program__separation_reasons') }}
qualify {{ is_newest(reason_text('reason')) }}
