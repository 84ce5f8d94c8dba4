"""The career ladder: tiers, what each asks for, what is taught and assessed.

The simulation reads the arrays (one entry a tier, in the order of TIERS); the feeds read the tuples.
"""

from __future__ import annotations

import numpy as np

from pipelines.demo.dates import NEVER

TIERS = ("T1", "T2", "T3", "LEAD", "C1", "C2", "M1", "M2")
T1, T2, T3, LEAD, C1, C2, M1, M2 = range(8)
OUTSIDE = -1
TIER_ROWS = (
    ("T1", "Pharmacy Technician I", "core", 1, True),
    ("T2", "Pharmacy Technician II", "core", 2, False),
    ("T3", "Pharmacy Technician III", "core", 3, False),
    ("LEAD", "Lead Pharmacy Technician", "core", 4, False),
    ("C1", "Clinical Pharmacy Technician", "clinical", 3, False),
    ("C2", "Clinical Technician Specialist", "clinical", 4, False),
    ("M1", "Pharmacy Operations Supervisor", "management", 5, False),
    ("M2", "Pharmacy Operations Manager", "management", 6, False),
)
TIER_PATHS = ((T1, T2), (T2, T3), (T2, C1), (T3, LEAD), (C1, C2), (LEAD, M1), (M1, M2))
# Seats above T3 that exist at all, as a share of all seats.
LIMITED = (LEAD, M1, M2)
LIMITED_SHARES = (0.06, 0.03, 0.01)

# The step up from each tier; T2 parts into the clinical track for those inclined to it.
NEXT_TIER = np.array([T2, T3, LEAD, M1, C2, OUTSIDE, M2, OUTSIDE])
NEXT_TIER_IF_CLINICAL = np.array([T2, C1, LEAD, M1, C2, OUTSIDE, M2, OUTSIDE])
CLINICAL_SHARES = {"community": 0.15, "hospital": 0.45, "specialty": 0.45, "infusion": 0.55}

# Chance a month of promotion into a tier once everything it asks for is met (and, for the limited ones, one is
# vacant) [J], growing with the months waited: so that, with the program, a sixth of those who begin in T1 move up
# within a year and a third within two, and the tiers keep their shares.
PROMOTION_HAZARDS = np.array([0, 0.068, 0.018, 0.11, 0.016, 0.008, 0.12, 0.12])

# What a tier asks for: months in the tier below, mean evaluation over so many months, a course or skill.
MONTHS_BELOW = np.array([0, 6, 12, 18, 12, 18, 12, 18])
EVALUATION_MONTHS = 6
EVALUATION_AVERAGE = np.array([0, 3.4, 3.8, 4.0, 3.8, 3.9, 4.0, 4.0])
ITEMS = ("billing", "automation", "immunization", "sterile", "history", "lead", "manage_1", "manage_2")
BILLING, AUTOMATION, IMMUNIZATION, STERILE, HISTORY, LEAD_COURSE, MANAGE_1, MANAGE_2 = range(8)
ITEM_FOR = np.array([-1, BILLING, AUTOMATION, LEAD_COURSE, IMMUNIZATION, HISTORY, MANAGE_1, MANAGE_2])
REQUALIFY_MONTHS = {IMMUNIZATION: 24, STERILE: 6, HISTORY: 12}
# Course of each item, and of its requalification.
ITEM_COURSES = ("CR-210", "CR-220", "CR-310", "CR-230", "CR-320", "CR-410", "CR-420", "CR-430")
REQUALIFY_COURSES = {IMMUNIZATION: "CR-311", STERILE: "CR-231", HISTORY: "CR-321"}

# The competencies a tier is assessed on; two are asked for by name before a promotion.
COMPETENCIES = (
    ("order_entry", "Order entry accuracy", T1, False),
    ("patient_service", "Patient service", T1, False),
    ("safety", "Medication safety", T1, False),
    ("inventory", "Inventory management", T2, False),
    ("third_party", "Third-party billing", T2, False),
    ("coaching", "Coaching of colleagues", T3, False),
    ("clinical_support", "Support of clinical services", C1, False),
    ("delegation", "Delegation and scheduling", LEAD, False),
    ("hand_hygiene", "Hand hygiene, observed", T1, True),
    ("controlled_count", "Controlled substance count, observed", T1, True),
)
ORDER_ENTRY, PATIENT_SERVICE, SAFETY, INVENTORY, THIRD_PARTY, COACHING, CLINICAL, DELEGATION, HANDS, COUNT = range(10)
ASSESSED_ON = np.array(
    [
        [ORDER_ENTRY, PATIENT_SERVICE, SAFETY, HANDS, COUNT],
        [ORDER_ENTRY, SAFETY, INVENTORY, INVENTORY, THIRD_PARTY],
        [SAFETY, INVENTORY, COACHING, COACHING, THIRD_PARTY],
        [SAFETY, COACHING, DELEGATION, DELEGATION, INVENTORY],
        [SAFETY, PATIENT_SERVICE, CLINICAL, CLINICAL, INVENTORY],
        [SAFETY, PATIENT_SERVICE, CLINICAL, CLINICAL, COACHING],
        [SAFETY, COACHING, DELEGATION, DELEGATION, DELEGATION],
        [SAFETY, COACHING, DELEGATION, DELEGATION, DELEGATION],
    ]
)
ASKED_COMPETENCY = {T3: (INVENTORY, 3.0), LEAD: (COACHING, 3.5)}

SKILLS = (
    ("automation", "Dispensing automation", "core", None, False),
    ("immunization", "Immunization support", "clinical", 24, False),
    ("sterile", "Aseptic technique, USP <797>", "clinical", 6, True),
    ("history", "Medication history taking", "clinical", 12, False),
)
COURSES = (
    ("CR-100", "Onboarding: privacy, safety, workflow", "compliance", None, 6, 0),
    ("CR-110", "Annual privacy and security refresher", "compliance", None, 1.5, 0),
    ("CR-120", "Hazardous drugs, USP <800>, annual", "compliance", None, 2, 0),
    ("CR-200", "Certification exam preparation", "certification_prep", None, 24, 99),
    ("CR-210", "Insurance billing and adjudication", "cross_training", None, 6, 40),
    ("CR-220", "Dispensing automation", "cross_training", "automation", 8, 60),
    ("CR-230", "Aseptic technique, initial", "clinical", "sterile", 16, 250),
    ("CR-231", "Aseptic technique, requalification", "clinical", "sterile", 4, 80),
    ("CR-310", "Immunization support", "clinical", "immunization", 6, 180),
    ("CR-311", "Immunization support, refresher", "clinical", "immunization", 2, 60),
    ("CR-320", "Medication history taking", "clinical", "history", 8, 120),
    ("CR-321", "Medication history taking, refresher", "clinical", "history", 2, 40),
    ("CR-410", "Leading a shift", "management", None, 12, 150),
    ("CR-420", "Supervision and scheduling", "management", None, 16, 300),
    ("CR-430", "Budgets and business reviews", "management", None, 16, 400),
    ("CR-500", "Quarterly clinical update", "continuing_education", None, 1, 15),
)

# How long a pass is good for, in months; NEVER where there is no limit.
ITEM_MONTHS = np.array([REQUALIFY_MONTHS.get(item, NEVER) for item in range(len(ITEMS))])
