{#-
    For `qualify`: whether a record is the newest for its id, whichever source it came from. Records are kept by source,
    and two sources may both know a site or a course.
-#}
{% macro is_newest(id) -%}
    row_number() over (partition by {{ id }} order by batch_seq desc, row_in_batch desc, source) = 1
{%- endmacro %}
