-- Grain: a month, site and tier (month, site_id, tier); full-time, part-time and unstated employment only.
{{ turnover(by=['site_id', 'tier'], classes=turnover_classes()) }}
