-- Grain: a cost of the program incurred by as_of_on.
select
    incurred_on,
    category,
    amount as amount_usd,
    site_id
from {{ ref('stg_program__program_costs') }}
where incurred_on <= {{ as_of_on() }}
