-- Grain: a knowledge area of an exam from a day on (exam_code, effective_on, knowledge_area).
--
-- PTCB publishes the weights; a later blueprint is a new block of rows, for attempts are judged by the one in force
-- on the day they were taken.
select
    cast(blueprint.exam_code as varchar) as exam_code,
    cast(blueprint.effective_on as date) as effective_on,
    cast(blueprint.ended_on as date) as ended_on,
    cast(blueprint.knowledge_area as varchar) as knowledge_area,
    cast(blueprint.weight as double) as weight
from (
    values
    ('PTCE', null, '2026-01-06', 'medications', 0.4),
    ('PTCE', null, '2026-01-06', 'federal_requirements', 0.125),
    ('PTCE', null, '2026-01-06', 'patient_safety', 0.2625),
    ('PTCE', null, '2026-01-06', 'order_entry', 0.2125),
    ('PTCE', '2026-01-06', null, 'medications', 0.35),
    ('PTCE', '2026-01-06', null, 'federal_requirements', 0.1875),
    ('PTCE', '2026-01-06', null, 'patient_safety', 0.2375),
    ('PTCE', '2026-01-06', null, 'order_entry', 0.225)
) as blueprint (exam_code, effective_on, ended_on, knowledge_area, weight)
