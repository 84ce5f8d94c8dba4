"""Feeds about the ladder itself, owned by the people who run it."""

from pipelines.feeds.model import Column, Feed, Kind


def _tier(name: str, *, required: bool = True, description: str, empty_means: str = "") -> Column:
    return Column(
        name,
        Kind.TEXT,
        required=required,
        references="tiers.tier",
        description=description,
        empty_means=empty_means,
    )


def _site(description: str, *, empty_means: str) -> Column:
    return Column("site_id", Kind.TEXT, references="sites.site_id", description=description, empty_means=empty_means)


def _credential(name: str, *, required: bool = True, description: str, empty_means: str = "") -> Column:
    return Column(
        name,
        Kind.TEXT,
        required=required,
        references="credential_types.credential_code",
        description=description,
        empty_means=empty_means,
    )


PROGRAM: tuple[Feed, ...] = (
    Feed(
        "sites",
        "program",
        (
            Column("site_id", Kind.TEXT, required=True, description="Id of the site."),
            Column("name", Kind.TEXT, required=True, description="Its name."),
            Column("region", Kind.TEXT, description="The region it belongs to."),
            Column("state", Kind.TEXT, description="The state whose rules hold there."),
            Column("site_type", Kind.TEXT, description="community, hospital, ..."),
            Column("opened_on", Kind.DATE, description="First day open."),
            Column("closed_on", Kind.DATE, description="First day closed; null = open.", empty_means="still open"),
            Column(
                "program_started_on",
                Kind.DATE,
                description="The day the ladder program was announced there; null = not yet.",
                empty_means="not started yet",
            ),
        ),
        key=("site_id",),
        is_required=True,
        description="Pharmacies and offices.",
    ),
    Feed(
        "tiers",
        "program",
        (
            Column("tier", Kind.TEXT, required=True, description="Code of the tier."),
            Column("title", Kind.TEXT, required=True, description="Its title."),
            Column(
                "track",
                Kind.ENUM,
                required=True,
                values=("core", "clinical", "management"),
                description="The track it belongs to.",
            ),
            Column("rank", Kind.INTEGER, required=True, description="Height on the ladder."),
            Column("is_entry", Kind.BOOLEAN, required=True, description="Whether people are hired into it."),
        ),
        key=("tier",),
        is_required=True,
        description="The rungs of the ladder.",
    ),
    Feed(
        "tier_paths",
        "program",
        (
            _tier("from_tier", description="Where a promotion starts."),
            _tier("to_tier", description="Where it leads."),
        ),
        key=("from_tier", "to_tier"),
        is_required=True,
        description="Which tier can be reached from which.",
    ),
    Feed(
        "job_tiers",
        "program",
        (
            Column("job_code", Kind.TEXT, required=True, description="Code of the job."),
            Column("effective_on", Kind.DATE, description="First day it holds; null = always.", empty_means="always"),
            _tier(
                "tier",
                required=False,
                description="The tier; null = outside the ladder.",
                empty_means="outside the ladder",
            ),
        ),
        key=("job_code", "effective_on"),
        is_required=True,
        description="The crosswalk from job codes to tiers.",
    ),
    Feed(
        "tier_requirements",
        "program",
        (
            _tier("tier", description="The tier that asks for it."),
            Column("requirement_id", Kind.TEXT, required=True, description="Id of the requirement."),
            Column(
                "kind",
                Kind.ENUM,
                required=True,
                values=("credential", "course", "skill", "competency", "evaluation_average", "months_in_tier"),
                description="What kind of requirement.",
            ),
            Column(
                "target", Kind.TEXT, description="The credential, course, skill, competency, or months looked back."
            ),
            Column(
                "threshold", Kind.NUMBER, description="The score or the months needed.", empty_means="none is asked for"
            ),
            Column("effective_on", Kind.DATE, description="First day it holds; null = always.", empty_means="always"),
            Column(
                "retired_on",
                Kind.DATE,
                description="First day on which it no longer holds.",
                empty_means="it still holds",
            ),
        ),
        key=("tier", "requirement_id", "effective_on"),
        description="What a tier asks of those who want to enter it.",
    ),
    Feed(
        "skills",
        "program",
        (
            Column("skill_id", Kind.TEXT, required=True, description="Id of the skill."),
            Column("name", Kind.TEXT, required=True, description="Its name."),
            Column("track", Kind.TEXT, description="The track it belongs to."),
            Column(
                "requalify_months",
                Kind.INTEGER,
                low=0,
                description="Months a pass holds; null = no limit.",
                empty_means="a pass holds for ever",
            ),
            Column(
                "fail_suspends",
                Kind.BOOLEAN,
                description="Whether a failed attempt after a pass suspends the skill; blank = no.",
                empty_means="a fail suspends nothing",
            ),
        ),
        key=("skill_id",),
        description="Skills that courses give.",
    ),
    Feed(
        "credential_types",
        "program",
        (
            Column("credential_code", Kind.TEXT, required=True, description="Code of the credential."),
            Column("name", Kind.TEXT, required=True, description="Its name."),
            Column("issuer", Kind.TEXT, description="Who issues it."),
            _credential("satisfies", required=False, description="Another code that holding this one stands for."),
            Column(
                "renewal_months",
                Kind.INTEGER,
                low=0,
                description="Months a cycle lasts.",
                empty_means="it never has to be renewed",
            ),
            Column(
                "ce_hours",
                Kind.NUMBER,
                low=0,
                description="Continuing-education hours a cycle asks for.",
                empty_means="no hours are asked for",
            ),
        ),
        key=("credential_code",),
        description="Known credentials.",
    ),
    Feed(
        "ce_rules",
        "program",
        (
            _credential("credential_code", description="The credential that asks."),
            Column(
                "topic",
                Kind.TEXT,
                description="Code of the topic; null = any, where an audience is named.",
                empty_means="any topic",
            ),
            Column(
                "audience",
                Kind.ENUM,
                values=("technician", "pharmacist"),
                description="For whom the hours were made; null = anybody, where a topic is named.",
                empty_means="hours made for anybody",
            ),
            Column(
                "min_hours", Kind.NUMBER, low=0, description="Hours needed in it.", empty_means="no hours are asked for"
            ),
            Column(
                "max_hours", Kind.NUMBER, low=0, description="The most that counts.", empty_means="any number counts"
            ),
        ),
        key=("credential_code", "topic", "audience"),
        description="Continuing education by topic.",
    ),
    Feed(
        "certification_rules",
        "program",
        (
            Column("rule_id", Kind.TEXT, required=True, description="Id of the rule."),
            _credential("credential_code", description="The certification to earn."),
            Column("months", Kind.INTEGER, required=True, low=0, description="Months allowed."),
            Column(
                "state", Kind.TEXT, description="The state it holds in; null = every state.", empty_means="every state"
            ),
            Column(
                "clock",
                Kind.ENUM,
                values=("hire", "ladder_entry", "registration"),
                description="What starts the clock; blank = hire.",
                empty_means="hire",
            ),
            _credential(
                "registration_code",
                required=False,
                description="The credential whose issue starts a registration clock.",
                empty_means="no registration starts it",
            ),
        ),
        key=("rule_id",),
        description="By when newcomers must be certified.",
    ),
    Feed(
        "program_costs",
        "program",
        (
            Column("cost_id", Kind.TEXT, required=True, description="Id of the cost."),
            Column("incurred_on", Kind.DATE, required=True, description="Day it was incurred."),
            Column("category", Kind.TEXT, required=True, description="What it was for."),
            Column("amount", Kind.MONEY, required=True, low=0, description="Dollars."),
            _site("Where; null = the whole organisation.", empty_means="the whole organisation"),
        ),
        key=("cost_id",),
        date_column="incurred_on",
        description="What the program costs directly.",
    ),
    Feed(
        "roi_assumptions",
        "program",
        (
            Column("name", Kind.TEXT, required=True, description="Name of the assumption."),
            Column("low", Kind.NUMBER, required=True, description="Low value."),
            Column("central", Kind.NUMBER, required=True, description="Most likely value."),
            Column("high", Kind.NUMBER, required=True, description="High value."),
            Column(
                "source",
                Kind.TEXT,
                required=True,
                description="Where the values are from.",
                landed_as="stated_source",
            ),
        ),
        key=("name",),
        description="Values the return on investment rests on.",
    ),
    Feed(
        "targets",
        "program",
        (
            Column("metric", Kind.TEXT, required=True, description="A column of headline_by_month."),
            _site("The site; null = all.", empty_means="all"),
            Column("target", Kind.NUMBER, required=True, description="The value aimed at."),
            Column("effective_on", Kind.DATE, description="First day it holds; null = always.", empty_means="always"),
        ),
        key=("metric", "site_id", "effective_on"),
        description="Targets set for headline figures; one that holds from a later day on is a row of its own.",
    ),
    Feed(
        "separation_reasons",
        "program",
        (
            Column("reason", Kind.TEXT, required=True, description="As the HR system writes it."),
            Column("reason_code", Kind.TEXT, required=True, description="What is published in its place."),
            Column(
                "is_separation",
                Kind.BOOLEAN,
                description="False for what ends a record and not an employment: a transfer, a change of HR system, a"
                " hire who never came. Empty means true.",
                empty_means="a separation",
            ),
        ),
        key=("reason",),
        description="Reasons for leaving, and their published codes.",
    ),
    Feed(
        "time_off",
        "program",
        (
            Column("time_off_id", Kind.TEXT, description="Id; the natural key when absent."),
            Column(
                "employee_id",
                Kind.TEXT,
                required=True,
                is_person=True,
                references="employees.employee_id",
                description="Who is away.",
            ),
            Column("from_on", Kind.DATE, required=True, description="First day away."),
            Column("to_on", Kind.DATE, required=True, description="Last day away."),
            Column("kind", Kind.TEXT, description="pto, sick, leave, training, ..."),
            Column(
                "status",
                Kind.ENUM,
                values=("approved", "requested"),
                description="Blank = approved.",
                empty_means="approved",
            ),
        ),
        key=("time_off_id",),
        natural_key=("employee_id", "from_on"),
        date_column="from_on",
        description="When people are away, so that training is not planned for those days.",
    ),
    Feed(
        "interventions",
        "program",
        (
            Column("intervention_id", Kind.TEXT, required=True, description="Id of the intervention."),
            Column("started_on", Kind.DATE, required=True, description="First day."),
            Column(
                "ended_on", Kind.DATE, description="First day after it; null = it goes on.", empty_means="it goes on"
            ),
            _site("Where; null = everywhere.", empty_means="everywhere"),
            Column("metric", Kind.TEXT, description="The column of headline_by_month it is to move."),
            Column("what", Kind.TEXT, required=True, description="What was done, in one line."),
            Column("owner", Kind.TEXT, description="Who sees to it."),
        ),
        key=("intervention_id",),
        date_column="started_on",
        description="What was tried, where and when, to move a headline figure.",
    ),
    Feed(
        "person_links",
        "program",
        (
            Column(
                "source",
                Kind.TEXT,
                required=True,
                description="The system whose id is linked.",
                landed_as="stated_source",
            ),
            Column("person", Kind.TEXT, required=True, description="That system's id or e-mail."),
            Column(
                "employee_id",
                Kind.TEXT,
                required=True,
                is_person=True,
                references="employees.employee_id",
                description="The employee it belongs to.",
            ),
            Column(
                "valid_from_on", Kind.DATE, description="First day the link holds; null = always.", empty_means="always"
            ),
            Column(
                "valid_to_on", Kind.DATE, description="First day it no longer holds; null = open.", empty_means="open"
            ),
        ),
        key=("source", "person"),
        description="Confirmed matches between systems' people and employees.",
    ),
)
