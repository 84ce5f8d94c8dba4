-- Grain: a cycle of a credential (a renewal is a cycle of its own) issued by as_of_on.
with clock as (
    select as_of_on from {{ source('control', 'run') }}
),

cycles as (
    select
        credentials.*,
        case when credentials.status = 'revoked' then credentials.status_on end as revoked_on,
        credentials.status in ('active', 'revoked', 'expired')
        -- Without a date a revocation holds from the start, and an expiry can't be placed at all.
        and not (credentials.status = 'revoked' and credentials.status_on is null)
        and not (credentials.status = 'expired' and credentials.expires_on is null) as can_stand
    from {{ ref('stg_credentials__credentials') }} as credentials
    cross join clock
    where credentials.issued_on <= clock.as_of_on
),

bounds as (
    select
        *,
        coalesce(
            least({{ add_days('expires_on', 1) }}, revoked_on), {{ add_days('expires_on', 1) }}, revoked_on
        ) as first_day_out
    from cycles
)

select
    employee_key,
    credential_code,
    issuer,
    jurisdiction,
    issued_on,
    expires_on,
    status,
    status_on,
    verification,
    verified_on,
    case when can_stand and issued_on < coalesce(first_day_out, {{ end_of_time() }}) then issued_on end
        as standing_from_on,
    case when can_stand and issued_on < first_day_out then first_day_out end as standing_until_on
from bounds
