-- Grain: why rows were kept out, by source, feed, column and reason.
{{ landing_problems('quarantined') }}
