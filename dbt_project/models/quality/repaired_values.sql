-- Grain: why values were set to null or unknown, by source, feed, column and reason.
{{ landing_problems('repaired') }}
