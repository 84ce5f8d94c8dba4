-- Grain: a job row dated by as_of_on (employee_key, event_number), with what it did to which employment, and the state
-- it left: a null attribute means unchanged, and nothing is carried from one employment to the next.
--
-- Private: it holds pay and reasons as written. (Which row does what is worked out apart, without these columns, since
-- each step of it sorts all rows.)
{{ config(database='build', schema='staging', contract={'enforced': false}) }}

select
    roles.employee_key,
    roles.event_number,
    roles.employment_number,
    roles.role,
    roles.counts_on,
    roles.effective_on,
    job_rows.own_key,
    job_rows.event,
    case when rulings.ruling = 'ends_record' then 'other' else job_rows.separation_type end as separation_type,
    job_rows.reason,
    roles.batch_seq,
    roles.row_in_batch,
    -- A termination that ends nothing: the days until the hire after it count as leave.
    roles.role = 'changes' and coalesce(rulings.ruling = 'ends_nothing', false) as is_move,
    case when roles.role = 'changes' then rulings.away_from_on end as away_from_on,
    case when roles.role = 'changes' then rulings.away_until_on end as away_until_on,
    case when roles.role = 'changes' then rulings.hire_batch_seq end as hire_batch_seq,
    case when roles.role = 'changes' then rulings.hire_row_in_batch end as hire_row_in_batch,
    roles.end_event,
    roles.role != 'ignored'
    and coalesce(lead(roles.counts_on) over so_far > roles.counts_on, true) as is_last_of_day,
    {%- for column in ['job_code', 'site_id', 'manager_key', 'fte', 'hourly_rate'] %}
    last_value(job_rows.{{ column }} ignore nulls) over so_far as {{ column }},
    {%- endfor %}
    coalesce(last_value(job_rows.employment_class ignore nulls) over so_far, 'unknown') as employment_class,
    coalesce(last_value(
        case job_rows.event when 'leave_start' then true when 'leave_end' then false end ignore nulls
    ) over so_far, false) as is_on_leave
from {{ ref('int_job_roles') }} as roles
inner join {{ ref('int_job_rows') }} as job_rows
    on roles.batch_seq = job_rows.batch_seq and roles.row_in_batch = job_rows.row_in_batch
left join {{ ref('int_job_rulings') }} as rulings
    on roles.batch_seq = rulings.batch_seq and roles.row_in_batch = rulings.row_in_batch
window so_far as (
    partition by roles.employee_key, roles.employment_number order by roles.event_number
    rows between unbounded preceding and current row
)
