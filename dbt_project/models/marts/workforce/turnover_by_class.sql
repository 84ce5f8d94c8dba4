-- Grain: a month, site and employment class (month, site_id, employment_class); every class.
{{ turnover(by=['site_id', 'employment_class']) }}
