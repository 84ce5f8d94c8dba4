-- Grain: a cycle of a credential (a renewal is a cycle of its own) issued by as_of_on.
with clock as (
    select as_of_on from {{ source('control', 'run') }}
),

-- A type that has to be renewed and a cycle without a last day: the day follows from the type. One that is said to have
-- expired, nobody knows when, is left as it is: it never stands.
dated as (
    select
        credentials.* exclude (expires_on),
        coalesce(
            credentials.expires_on,
            case
                when credentials.status != 'expired'
                    then {{ add_months('credentials.issued_on', 'types.renewal_months') }}
            end
        ) as expires_on,
        credentials.expires_on is null and credentials.status != 'expired' and types.renewal_months is not null
            as is_expiry_derived
    from {{ ref('stg_credentials__credentials') }} as credentials
    left join {{ ref('dim_credential_types') }} as types on credentials.credential_code = types.credential_code
),

cycles as (
    select
        credentials.*,
        case when credentials.status = 'revoked' then credentials.status_on end as revoked_on,
        credentials.status in ('active', 'revoked', 'expired')
        -- Without a date a revocation holds from the start, and an expiry can't be placed at all.
        and not (credentials.status = 'revoked' and credentials.status_on is null)
        and not (credentials.status = 'expired' and credentials.expires_on is null) as can_stand
    from dated as credentials
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
    is_expiry_derived,
    status,
    status_on,
    verification,
    verified_on,
    case when can_stand and issued_on < coalesce(first_day_out, {{ end_of_time() }}) then issued_on end
        as standing_from_on,
    case when can_stand and issued_on < first_day_out then first_day_out end as standing_until_on
from bounds
