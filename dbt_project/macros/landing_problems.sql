{#- What landing set aside, of one kind: quarantined (rows) or repaired (values). -#}
{% macro landing_problems(kind) -%}
select
    batches.source,
    batches.feed,
    problems.column_name,
    problems.reason,
    cast(sum(problems.problem_count) as bigint) as problem_count,
    count(distinct problems.batch_seq) as batch_count,
    max(problems.batch_seq) as last_batch_seq,
    max(batches.landed_at) as last_landed_at
from {{ source('control', 'batch_problems') }} as problems
inner join {{ source('control', 'batches') }} as batches on problems.batch_seq = batches.batch_seq
where problems.kind = '{{ kind }}'
group by batches.source, batches.feed, problems.column_name, problems.reason
{%- endmacro %}
