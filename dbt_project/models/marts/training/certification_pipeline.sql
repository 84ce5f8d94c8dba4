-- Grain: an active ladder employee under a certification rule and without the certification (rule_id, employee_key),
-- as of as_of_on. Who held it when the clock started is not in it: that one is to be renewed (credential_renewals).
with clock as (
    select {{ covered_through(['credentials', 'exam_attempts']) }} as as_of_on
),

waiting as (
    select clocks.*, employees.site_id as current_site_id
    from {{ ref('int_certification_clocks') }} as clocks
    inner join {{ ref('dim_employees') }} as employees on clocks.employee_key = employees.employee_key
    where clocks.employed_until is null and employees.tier is not null
),

certified as (
    select distinct waiting.rule_id, waiting.employee_key, waiting.employment_number
    from waiting
    inner join {{ ref('int_held_credentials') }} as held
        on waiting.employee_key = held.employee_key and waiting.credential_code = held.counts_as
    cross join clock
    where
        (held.standing_from_on <= clock.as_of_on and coalesce(held.standing_until_on > clock.as_of_on, true))
        or (
            held.standing_from_on <= waiting.clock_started_on
            and coalesce(held.standing_until_on > waiting.clock_started_on, true)
        )
),

attempts as (
    select
        attempts.*,
        coalesce(exams.credential_code, attempts.exam_code) as credential_code,
        exams.early_retake_days,
        exams.late_retake_months
    from {{ ref('fct_exam_attempts') }} as attempts
    left join {{ ref('dim_exams') }} as exams on attempts.exam_code = exams.exam_code
),

-- An attempt whose result is not stated makes nobody wait.
last_sittings as (
    select
        employee_key,
        credential_code,
        taken_on,
        is_passed,
        attempts_so_far,
        case
            when coalesce(is_passed, true) then null
            when attempts_so_far <= 2 then {{ add_days('taken_on', 'early_retake_days') }}
            else {{ add_months('taken_on', 'late_retake_months') }}
        end as may_retake_on
    from (
        select
            *,
            row_number() over in_order as attempts_so_far,
            lead(taken_on) over in_order is null as is_last
        from attempts
        where not is_practice
        window in_order as (partition by employee_key, credential_code order by taken_on, attempt_number, exam_code)
    ) as sittings
    where is_last
),

practice as (
    select
        employee_key,
        credential_code,
        max_by(coalesce(weighted_percent >= 75, false), (taken_on, attempt_number)) as is_strong
    from attempts
    where is_practice
    group by employee_key, credential_code
),

weak_areas as (
    select
        employee_key,
        credential_code,
        max_by(weakest_area, (taken_on, not is_practice, attempt_number)) as weakest_area
    from attempts
    where weakest_area is not null
    group by employee_key, credential_code
),

-- Without an exam_attempts feed nobody knows how far they are, only that a deadline has passed; without a credentials
-- feed nobody knows who is certified, and so who is late.
feeds as (
    select
        (select count(*) > 0 from {{ ref('fct_exam_attempts') }}) as has_attempts,
        (select count(*) > 0 from {{ ref('fct_credentials') }}) as has_credentials
)

select
    waiting.rule_id,
    waiting.employee_key,
    waiting.current_site_id as site_id,
    waiting.credential_code,
    waiting.clock_started_on,
    waiting.deadline_on,
    {{ days_between('clock.as_of_on', 'waiting.deadline_on') }} as days_left,
    case when feeds.has_attempts then cast(coalesce(last_sittings.attempts_so_far, 0) as integer) end as attempts,
    case
        when not feeds.has_credentials then null
        -- Passed since the clock started and not on file yet: neither late nor on the way to the exam.
        when last_sittings.is_passed and last_sittings.taken_on >= waiting.clock_started_on then null
        when waiting.deadline_on < clock.as_of_on then 'overdue'
        when not feeds.has_attempts then null
        when last_sittings.may_retake_on > clock.as_of_on then 'retake_wait'
        when practice.is_strong then 'ready_to_sit'
        when practice.employee_key is not null then 'practicing'
        else 'not_started'
    end as state,
    case
        when last_sittings.is_passed and last_sittings.taken_on >= waiting.clock_started_on then last_sittings.taken_on
    end as passed_on,
    last_sittings.may_retake_on,
    weak_areas.weakest_area
from waiting
cross join clock
cross join feeds
left join certified
    on waiting.rule_id = certified.rule_id
    and waiting.employee_key = certified.employee_key
    and waiting.employment_number = certified.employment_number
left join last_sittings
    on waiting.employee_key = last_sittings.employee_key
    and waiting.credential_code = last_sittings.credential_code
left join practice
    on waiting.employee_key = practice.employee_key and waiting.credential_code = practice.credential_code
left join weak_areas
    on waiting.employee_key = weak_areas.employee_key and waiting.credential_code = weak_areas.credential_code
where certified.employee_key is null
