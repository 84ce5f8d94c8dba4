-- Grain: a job row dated by as_of_on (batch_seq, row_in_batch), with what it does to which employment.
{{ config(materialized='ephemeral', contract={'enforced': false}) }}

{{ job_roles(ref('int_job_rows'), as_of_on()) }}
