"""The rubric: areas, checks, weights and rules in one table.

It was fixed before any scripted player was tuned against it. Which of the checks are asked, and what they
weigh, depends on what a drill expects (`scoring/expectations.py`). What could not be observed drops out and
its weight is spread over the rest of the area, and an area without any observable check over the others.
"""

from dataclasses import dataclass

from scoring.scorecard import Area

AREAS: tuple[tuple[Area, str, int], ...] = (
    ("detection", "Detection", 20),
    ("triage", "Triage", 20),
    ("communication", "Communication", 25),
    ("mitigation", "Mitigation", 35),
)
"""Area, its title and its weight in the total of 100, where a drill expects mitigating."""

# Where a limit comes from neither the team's policy nor the scenario, it is an assumption, named here.
ENGAGED_FULL_S, ENGAGED_NONE_S = 300, 900  # facts.md D: 5 min for user-facing services; the upper end assumed
DECLARED_FULL_S, DECLARED_NONE_S = 600, 1800  # assumption
UNDER_NONE_S, OVER_NONE_S = 900, 1800  # assumption: time at a wrong severity that leaves no credit
OVER_EARLY_S = 900  # assumption: how long "one level too high" is early
OVERDUE_NONE_S = 1800  # assumption: time overdue in sum that leaves no credit
INTERNAL_EVERY_S = 1800  # facts.md D: each 20 to 30 minutes
HURT_SHARE_NAMED, HURT_SHARE_ALLOWED = 0.05, 0.01  # assumption: bad share from which to name, may name
FREE_SUSPICIONS = 2  # assumption: earlier suspicions that cost nothing
PAR_FLOOR_SHARE = 0.001  # assumption: share of the unacceptable loss that is as good as none
AT_RISK_FULL_S, AT_RISK_NONE_S = 600, 3600  # assumption: how long data may be at risk once it can be seen


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One row of the rubric: what is checked, by which rule, and what would help where it is not met."""

    id: str
    area: Area
    title: str
    rule: str
    helps: str


CHECK_RULES: tuple[CheckRule, ...] = (
    # --- detection ------------------------------------------------------------------------------------
    CheckRule(
        "page-acknowledged",
        "detection",
        "The page was taken",
        "A page of this incident was acknowledged within the policy's acknowledgement time of the first one. "
        "Pass or fail.",
        "A page that says what users feel, and an escalation that reaches somebody awake.",
    ),
    CheckRule(
        "engaged-soon",
        "detection",
        "Somebody looked soon",
        "First evidence that could be seen to the first look at the system, or the declaration: full credit "
        "within 5 minutes, none from 15.",
        "A link from the page to the right chart, so that the first look costs nothing.",
    ),
    CheckRule(
        "declared-in-time",
        "detection",
        "The incident was declared in time",
        "First evidence that could be seen to the declaration: full credit within 10 minutes, none from 30.",
        "A low bar: a rule of the team when to declare without asking, and no penalty for a false alarm.",
    ),
    CheckRule(
        "true-pages-not-missed",
        "detection",
        "No true page was missed",
        "Share of the pages of this incident that were acknowledged in time, or came when it was already "
        "declared.",
        "Fewer pages that mean nothing, so that the true ones stand out; repair the noisiest rules.",
    ),
    CheckRule(
        "silence-cost-nothing",
        "detection",
        "No silence hid the incident",
        "No alert of this incident fired under a silence before the incident was declared. Observable only "
        "where something was silenced.",
        "Silences that are narrow and short, and that name the alert they are for.",
    ),
    # --- triage ---------------------------------------------------------------------------------------
    CheckRule(
        "severity-right",
        "triage",
        "The severity fitted the impact",
        "Time from first evidence to mitigation at a severity below the policy's table (beyond the grace; "
        "15 minutes leave no credit) or above it (30 minutes; one level too high costs nothing in the first "
        "15 minutes). Missed where none was stated; where the impact was over before it was sustained, met "
        "for any that was stated.",
        "The severity table at hand where the incident is declared, with shares of users in it.",
    ),
    CheckRule(
        "severity-followed",
        "triage",
        "The severity followed the impact",
        "After the declaration, each change of the true severity that lasted longer than the grace was "
        "followed within it; each one not followed costs half. Met where nothing had to be followed.",
        "A fixed moment to ask 'is it still this severity?', for example at each update.",
    ),
    CheckRule(
        "scope-journeys",
        "triage",
        "The affected journeys were named",
        "Share of the journeys with at least 5 % bad requests that the last statement of scope names, less "
        "the share of its journeys that were not hurt (under 1 %).",
        "A view by journey as users feel it, beside the view by component.",
    ),
    CheckRule(
        "users-estimated",
        "triage",
        "The share of users was estimated",
        "The last stated share of users lies within a factor of two of the share hurt then, or of the "
        "highest until then; half within a factor of four.",
        "A figure 'users hurt now' on the first screen, good to a factor of two.",
    ),
    CheckRule(
        "suspect-right",
        "triage",
        "The suspicion was right",
        "The last suspicion recorded before mitigation: 70 % for the place (half of it one call away, a "
        "quarter two), 30 % for the mechanism, or another word that the scenario calls right, or deploy or "
        "config where such a change brought it; earlier ones stay, and beyond two each costs a fifth. Not "
        "required: without one before mitigation it is not observable.",
        "Signals that can be split by zone, version and callee, and a list of recent changes by component.",
    ),
    CheckRule(
        "looked-before-acting",
        "triage",
        "Acts were preceded by a look",
        "Before every act, since first evidence, status, metrics, logs, traces, alerts, topology, changes or "
        "a runbook were looked at (half), and the changes or the act's own target among them (all). The act "
        "with the least counts; where all acts are known to harm, a look before them earns nothing.",
        "Runbooks that name the look that confirms a cause before the step that treats it.",
    ),
    CheckRule(
        "users-looked-at",
        "triage",
        "It was looked at what users feel",
        "From the first page on and before any act, `status` or the metrics or traces of a journey were "
        "looked at. Pass or fail.",
        "The journeys as users feel them on the same screen as the alert, with yesterday beside today.",
    ),
    # --- communication --------------------------------------------------------------------------------
    CheckRule(
        "customers-told",
        "communication",
        "Customers were told in time",
        "Customer updates at the policy's times, from the earlier of declaration and the moment P1 or P2 "
        "could be seen, until mitigation; 30 minutes overdue in sum, or none where one fell due, leave no "
        "credit. Where none fell due it is met by one sent before recovery or before the first would have "
        "been due, and otherwise not observable.",
        "A timer that belongs to somebody, and a first text that only needs the journey filled in.",
    ),
    CheckRule(
        "executives-told",
        "communication",
        "Executives were told in time",
        "As for customers, at the policy's times for executives.",
        "One standing channel for executives, fed from the same text as the internal update.",
    ),
    CheckRule(
        "internal-told",
        "communication",
        "Colleagues were told in time",
        "Internal updates at least every 30 minutes from declaration to mitigation (P1 to P3); 30 minutes "
        "overdue in sum leave no credit. Missed where impact had a severity and nothing was declared; where "
        "none fell due, as for customers.",
        "An update at each change of phase: condition, actions, needs in three lines.",
    ),
    CheckRule(
        "promises-kept",
        "communication",
        "Promised updates came",
        "Each promised next update came by its time plus the grace, or the incident was closed by then, and "
        "no promise was longer than the policy allows; each one that failed costs half, and where all "
        "failed nothing is left. Observable only where a promise fell due.",
        "The promised time on the wall beside the clock, and somebody whose only task it is.",
    ),
    CheckRule(
        "update-says-what-matters",
        "communication",
        "Updates said what matters",
        "Mean over updates to customers and executives before recovery that do not say it is over: severity "
        "given, an affected journey named (its id, a word of its title, or that all is affected), and for "
        "customers the time of the next update. One that repeats the one before word for word counts "
        "nothing.",
        "A template with three blanks: what users notice, how bad, when you hear from us again.",
    ),
    CheckRule(
        "closing-notice",
        "communication",
        "Those outside heard that it was over",
        "An update after recovery began that says so, or follows a claim made since: 70 % for customers who "
        "had got any update or for whom one had fallen due (the grace does not count here), 30 % for "
        "executives who had got any update. Observable only where users recovered, and, where none came, not "
        "within 10 minutes of the time limit.",
        "A closing step in the runbook: verify, tell customers and executives, then close.",
    ),
    CheckRule(
        "finding-reported",
        "communication",
        "What was found was told to colleagues",
        "After a look, an update to colleagues or executives, or in a false alarm its alert marked as noise "
        "with a note, a decision or a suspicion beside it; one of these alone is half.",
        "A line in the team's channel for whatever was looked at and left alone, and who mends the rule.",
    ),
    CheckRule(
        "no-outage-invented",
        "communication",
        "Nobody outside was told of an outage that is none",
        "No update to customers spoke of trouble while no user was hurt; half where a later one took it "
        "back. Observable only once somebody engaged.",
        "A look at the journeys before the first text, and a draft that waits for one figure of them.",
    ),
    CheckRule(
        "alarm-closed",
        "communication",
        "The false alarm was closed",
        "What was declared was resolved; where nothing was, the alert was marked as noise. Whatever was "
        "declared and withdrawn costs nothing. Pass or fail.",
        "A way to close that asks for one thing only: what made the alarm.",
    ),
    # --- mitigation -----------------------------------------------------------------------------------
    CheckRule(
        "restraint",
        "mitigation",
        "A system that hurts nobody was left alone",
        "Nothing was done that changes the world; a call to a vendor does not, nor does an act whose tool "
        "failed. Full credit where it had been looked at what users feel, half where that was luck. "
        "Observable only once somebody engaged.",
        "Acts that ask which user they relieve before they begin.",
    ),
    CheckRule(
        "averted",
        "mitigation",
        "It was averted before anybody was hurt",
        "Up to the horizon no journey left its objective, by what users felt against the undisturbed world. "
        "Where one did, half of what the user-minutes lost are worth. Nothing averted by nobody is not "
        "observable.",
        "Warnings on what fills up or runs out that say how long is left, and a person they go to.",
    ),
    CheckRule(
        "data-safe",
        "mitigation",
        "Data was made safe first",
        "Half for records: none lost, on a log scale up to the loss the scenario calls unacceptable. Half "
        "for the time that data was at risk once it could be seen: full credit within 10 minutes, none from "
        "an hour or where the risk was never ended. Where nobody engaged, losing nothing earns nothing.",
        "A switch that stops writes, which one person may use without asking.",
    ),
    CheckRule(
        "nothing-in-vain",
        "mitigation",
        "Nothing was tried that could not help",
        "Each act that changed nothing, or whose tool failed, costs half. Observable only once somebody "
        "engaged.",
        "Runbooks that say when to wait, and for how long.",
    ),
    CheckRule(
        "loss-small",
        "mitigation",
        "Few user-minutes were lost",
        "User-minutes lost up to the horizon on a log scale: full credit at the scenario's par, none at the "
        "loss it calls unacceptable.",
        "The quickest safe way to relieve users, tried before the cause is understood.",
    ),
    CheckRule(
        "mitigated",
        "mitigation",
        "Users recovered and stayed so",
        "Every journey hurt met its objective for the hold and had not relapsed at the horizon; half where "
        "it relapsed. Recovery without anybody engaged is not observable.",
        "A practised way to undo, drain or throttle that one person may use without asking.",
    ),
    CheckRule(
        "no-harm-done",
        "mitigation",
        "Nothing done made it worse",
        "After somebody engaged: no act that the scenario knows to harm; none that took something back where "
        "users were hurt again or for the first time until 5 minutes after its end, with no fault begun in "
        "between (of several the last); none behind an alert of its own while users were hurt anew within "
        "that time, or behind a critical alert where it helped with nothing; none that lost records, unless "
        "a play that helps holds it. Acts that changed nothing are mentioned and cost nothing here.",
        "Tools that show what an act will hit before it is confirmed.",
    ),
    CheckRule(
        "recovery-verified",
        "mitigation",
        "Recovery was verified before closing",
        "Half for a look at status, metrics, alerts, logs or traces after recovery began and before closing, "
        "half for closing (not before users had recovered). Missed where it was closed while users were "
        "hurt; observable only where users recovered or somebody closed, and, where nobody closed, not where "
        "users recovered within 10 minutes of the time limit.",
        "A recovery chart that a closing step asks for: the journeys, ten minutes back.",
    ),
    CheckRule(
        "claim-true",
        "mitigation",
        "Claims of recovery were true",
        "No claim, update or closing said 'mitigated', 'resolved', 'fixed' or the like while users were "
        "hurt. One that did leaves no credit. Observable only where one was made.",
        "Wording that separates 'we have acted' from 'we see users recover'.",
    ),
)
"""Every check, in the order of the card."""

CHECK_IDS: tuple[str, ...] = tuple(rule.id for rule in CHECK_RULES)
"""Ids that a scenario's learning objectives may be tied to."""
