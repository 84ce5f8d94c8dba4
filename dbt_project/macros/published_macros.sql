{#-
    The interval formulas, as DuckDB macros: models call them, and the published file carries them, so each formula
    exists once. All give limits of a 95 % interval, and null where there is no denominator.

        wilson_low(k, n), wilson_high(k, n)              share k / n
        poisson_low(k, person_years), poisson_high(...)  rate k / person_years
        survival_low(p, variance), survival_high(...)    estimated survival or cumulative incidence p (log-log)

    poisson_low_998 and poisson_high_998 give those of a 99.8 % interval, by which a funnel plot tells whether a place
    differs from the common mean.

    And limits around a common mean, sigmas wide (3 for process-behaviour charts):

        u_limit_low(centre, person_years, sigmas), u_limit_high(...)   events per person-year
        p_limit_low(centre, n, sigmas), p_limit_high(...)              shares

    None calls another: a reader of the file may have its own database as the current one.
-#}
{% macro create_published_macros(database) -%}
    {%- set schema = database ~ '.main' -%}
    {%- for side in ['low', 'high'] %}
    create or replace macro {{ schema }}.wilson_{{ side }}(k, n) as {{ wilson_limit(side) }};
    create or replace macro {{ schema }}.poisson_{{ side }}(k, person_years) as
        case when person_years > 0 then ({{ poisson_limit(side, 95) }}) / person_years end;
    create or replace macro {{ schema }}.poisson_{{ side }}_998(k, person_years) as
        case when person_years > 0 then ({{ poisson_limit(side, 99.8) }}) / person_years end;
    create or replace macro {{ schema }}.survival_{{ side }}(p, variance) as
        case when p > 0 and p < 1 then
            pow(p, exp({{ '' if side == 'low' else '-' }}{{ normal_quantile() }} * sqrt(variance) / -(p * ln(p))))
        end;
    {%- set sign = '-' if side == 'low' else '+' %}
    create or replace macro {{ schema }}.u_limit_{{ side }}(centre, person_years, sigmas) as
        case when person_years > 0 and centre is not null then
            greatest(0.0, centre {{ sign }} sigmas * sqrt(centre / person_years))
        end;
    create or replace macro {{ schema }}.p_limit_{{ side }}(centre, n, sigmas) as
        case when n > 0 and centre is not null then
            least(1.0, greatest(0.0, centre {{ sign }} sigmas * sqrt(centre * (1 - centre) / n)))
        end;
    {%- endfor %}
{%- endmacro %}


{#- The normal quantile of 97.5 %. -#}
{% macro normal_quantile() -%} 1.959963984540054 {%- endmacro %}


{#- A null k gives null; greatest() and least() alone would hide it. -#}
{% macro wilson_limit(side) -%}
    {%- set z = normal_quantile() -%}
    {%- set sign = '-' if side == 'low' else '+' -%}
    case when n > 0 and k is not null then
        {{ 'greatest(0.0' if side == 'low' else 'least(1.0' }}, (
            k / n + {{ z }} * {{ z }} / (2 * n)
            {{ sign }} {{ z }} * sqrt(k / n * (1 - k / n) / n + {{ z }} * {{ z }} / (4 * n * n))
        ) / (1 + {{ z }} * {{ z }} / n))
    end
{%- endmacro %}


{#-
    Exact limits of a Poisson mean: half of the chi-square quantile of 2 k (low) or 2 k + 2 (high) degrees of freedom v,
    at 2.5 and 97.5 % (95) or 0.1 and 99.9 % (99.8). DuckDB has no such quantile; the expansion of Goldberg and Levine
    (1946) in 1 / sqrt(v) is within 0.002 % of it (99.8: 0.03 %) after the values that are written out. x is -z or z.
-#}
{% macro poisson_limit(side, level) -%}
    {%- set z = {95: 1.959963984540054, 99.8: 3.090232306167813}[level] -%}
    {%- set x = -z if side == 'low' else z -%}
    {%- set written_out = {
        ('low', 95): [0, 0.02531780798428987, 0.2422092785439964],
        ('high', 95): [3.688879454113936, 5.571643390938898],
        ('low', 99.8): [
            0, 0.001000500333583534, 0.04540201776948954, 0.1905333775684032, 0.428552413628423, 0.7393717319178323,
            1.1071046602556394
        ],
        ('high', 99.8): [6.907755278982137, 9.233413476451585],
    }[(side, level)] -%}
    {%- set v = '(2.0 * k)' if side == 'low' else '(2.0 * k + 2)' -%}
    {%- set r = 2 ** 0.5 -%}
    {%- set terms = [
        [x * r, 'sqrt(' ~ v ~ ')'],
        [2 / 3 * (x**2 - 1), '1'],
        [(x**3 - 7 * x) / (9 * r), '1 / sqrt(' ~ v ~ ')'],
        [-(6 * x**4 + 14 * x**2 - 32) / 405, '1 / ' ~ v],
        [(9 * x**5 + 256 * x**3 - 433 * x) / (4860 * r), 'pow(' ~ v ~ ', -1.5)'],
        [(12 * x**6 - 243 * x**4 - 923 * x**2 + 1472) / 25515, 'pow(' ~ v ~ ', -2)'],
        [-(3753 * x**7 + 4353 * x**5 - 289517 * x**3 - 289717 * x) / (9185400 * r), 'pow(' ~ v ~ ', -2.5)'],
    ] -%}
    case k
        {%- for value in written_out %}
        when {{ loop.index0 }} then {{ value }}
        {%- endfor %}
        else 0.5 * ({{ v }} {%- for factor, power in terms %} + ({{ '%.15g' | format(factor) }}) * {{ power }}{% endfor %})
    end
{%- endmacro %}
