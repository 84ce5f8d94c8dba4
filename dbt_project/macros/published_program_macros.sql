{#-
    What a program costs and saves, as DuckDB macros, for program_roi and for readers who try other assumptions:

        program_costs(fixed, loaded, mentoring, exams, load_factor, hours_factor, exam_factor)
            costs at the central assumptions by what they follow, each multiplied by how an assumption differs from its
            central value: (1 + benefits_load), mentor_hours_per_month, exam_fee
        saved_a_fill(external_fill_cost, internal_fill_cost, entry_refill_cost)
            what filling a post from within saves; where no price of refilling the entry post is on record, that costs
            what a fill from outside does
-#}
{% macro create_published_program_macros(database) -%}
    {%- set schema = database ~ '.main' -%}
    create or replace macro {{ schema }}.program_costs(
        fixed, loaded, mentoring, exams, load_factor, hours_factor, exam_factor
    ) as
        coalesce(fixed, 0)
        + coalesce(loaded, 0) * load_factor
        + coalesce(mentoring, 0) * load_factor * hours_factor
        + coalesce(exams, 0) * exam_factor;
    create or replace macro {{ schema }}.saved_a_fill(external_fill_cost, internal_fill_cost, entry_refill_cost) as
        external_fill_cost - internal_fill_cost - coalesce(entry_refill_cost, external_fill_cost);
{%- endmacro %}
