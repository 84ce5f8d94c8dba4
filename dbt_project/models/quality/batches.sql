-- Grain: a landed batch (batch_seq).
select
    batch_seq,
    source,
    feed,
    mode,
    file_name,
    landed_at,
    row_count,
    quarantined_count,
    repaired_count,
    conflict_count,
    window_from,
    window_to,
    sha256
from {{ source('control', 'batches') }}
