-- Grain: an exam whose rules are known (exam_code).
--
-- How long a failed attempt makes somebody wait: so many days before the second and third, so many months before later
-- ones. An exam that is not listed counts for the credential of the same code, and makes nobody wait.
select
    cast(exam.exam_code as varchar) as exam_code,
    cast(exam.credential_code as varchar) as credential_code,
    cast(exam.early_retake_days as integer) as early_retake_days,
    cast(exam.late_retake_months as integer) as late_retake_months
from (
    values
    ('PTCE', 'CPhT', 60, 6),
    ('ExCPT', 'CPhT', 30, 1)
) as exam (exam_code, credential_code, early_retake_days, late_retake_months)
