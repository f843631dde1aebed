"""What routine changes say, by kind of component; `{n}` is a figure, `{component}` the name."""

from dataclasses import dataclass

from sim.spec import ChangeKind, ComponentKind


@dataclass(frozen=True, slots=True)
class Text:
    """One thing that is changed now and then. `slug` is the tail of the change's id."""

    kind: ChangeKind
    slug: str
    text: str
    figures: tuple[int, int] = (1, 9)


def _texts(kind: ChangeKind, *texts: tuple[str, str] | tuple[str, str, tuple[int, int]]) -> tuple[Text, ...]:
    return tuple(Text(kind, *text) for text in texts)


_ANY = (
    *_texts(
        "deploy",
        ("log-agent", "Log agent 2.{n} beside {component}; {component} itself unchanged", (11, 48)),
        ("metrics-agent", "Metrics agent 1.{n} beside {component}; {component} itself unchanged", (20, 64)),
        ("cron-image", "Image of the nightly job rebuilt, build {n}", (310, 990)),
        ("backup-agent", "Backup agent 4.{n} beside {component}; {component} itself unchanged", (2, 19)),
        ("admin-tool", "Admin tool of {component}, build {n}: wording of two pages", (120, 480)),
        ("canary-check", "Synthetic check of {component}, build {n}: checks a second page", (30, 90)),
    ),
    *_texts(
        "config",
        ("log-level", "Log level of one module lowered to INFO"),
        ("log-fields", "Request id added to log lines"),
        ("trace-sampling", "Trace sampling set to {n} %", (1, 5)),
        ("alert-wording", "Wording of two alerts of {component} made clearer"),
        ("dashboard", "Dashboard of {component}: p99 panel added"),
        ("report-hour", "Daily report moved to {n}:30", (3, 7)),
        ("owner-label", "Owner label corrected in the service catalogue"),
        ("budget-alert", "Budget alert raised by {n} %", (5, 25)),
        ("retention-logs", "Logs kept for {n} days", (14, 45)),
        ("secret-path", "Path of an unused secret removed"),
        ("feature-list", "Two switches that nobody used removed from the configuration"),
        ("rate-of-reports", "Usage report sent every {n} minutes", (5, 30)),
        ("contact", "Contact of the team updated"),
        ("doc-link", "Link to the runbook corrected in one alert"),
        ("quota-warning", "Warning of the quota at {n} % instead of 90 %", (75, 88)),
        ("old-metric", "Metric that nobody drew removed"),
    ),
    *_texts(
        "infrastructure",
        ("os-patches", "Patches of the operating system on one host of {component}"),
        ("spare-host", "Spare host of {component} replaced"),
        ("backup-test", "Restore of last night's backup tried out on a test host"),
        ("time-source", "Second time source on the hosts of {component}"),
        ("tags", "Cost tags set on the hosts of {component}"),
        ("dns-ttl-internal", "TTL of an internal test name lowered to {n} s", (30, 90)),
    ),
)

_FELT: tuple[Text, ...] = (
    *_texts(
        "flag",
        ("debug-panel", "Debug panel turned on for staff"),
        ("new-footer", "New footer turned on for {n} % of users", (1, 20)),
        ("experiment-end", "Experiment {n} ended, the old variant stays", (140, 420)),
        ("survey", "Survey shown to {n} % of users", (1, 5)),
    ),
)
"""What only those have whose work users see."""

_BY_KIND: dict[ComponentKind, tuple[Text, ...]] = {
    "edge": (
        *_texts(
            "config",
            ("redirects", "{n} redirects of old campaign pages added", (2, 14)),
            ("robots", "robots.txt: one more path excluded"),
            ("headers", "Header that names the server removed"),
            ("allow-list", "Address range of an office added to the allow list"),
            ("static-ttl", "Images cached for {n} days", (2, 14)),
            ("error-page", "Words of the error page changed"),
            ("bot-rule", "Rule against one scraper, matches {n} requests a minute", (20, 90)),
            ("access-log", "Field added to the access log"),
        ),
        *_texts("deploy", ("static-assets", "Static assets, build {n}", (1800, 2600))),
    ),
    "service": (
        *_texts(
            "config",
            ("page-size", "Largest page of a list set to {n}", (50, 200)),
            ("mail-template", "Template of one mail changed"),
            ("partner-limit", "Limit of one partner raised to {n} requests a minute", (120, 900)),
            ("locale", "Currency format of one country corrected"),
            ("idle-timeout", "Idle connections closed after {n} s", (40, 90)),
            ("health-path", "Old path of the health check removed"),
        ),
        *_texts(
            "flag",
            ("sort-order", "New sort order turned on for {n} % of users", (5, 50)),
            ("help-link", "Help link turned on for all"),
            ("beta-testers", "{n} more customers in the beta", (3, 25)),
        ),
        *_texts("migration", ("column-dropped", "Column that has not been read since spring dropped")),
    ),
    "worker": (
        *_texts(
            "config",
            ("batch-window", "Nightly batch begins at {n}:15", (1, 5)),
            ("report-job", "Monthly report added to the schedule"),
            ("old-job", "Job that did nothing for months removed"),
            ("priority", "One sort of job moved to low priority"),
            ("retry-pause", "Pause before a job is tried again set to {n} s", (20, 90)),
            ("dead-letters", "{n} old dead letters deleted", (20, 400)),
        ),
        *_texts("flag", ("digest-mails", "Digest mails turned on for {n} % of users", (2, 20))),
        *_texts("infrastructure", ("worker-host", "One worker host moved to a newer machine type")),
    ),
    "database": (
        *_texts(
            "migration",
            ("index-added", "Index added on an archive table; finished in {n} minutes", (4, 50)),
            ("column-added", "Column with a default added to a small table"),
            ("old-rows", "{n} million old rows moved to the archive", (1, 9)),
            ("statistics", "Statistics of {n} tables renewed", (2, 20)),
        ),
        *_texts(
            "config",
            ("slow-log", "Slow query log from {n}00 ms on", (2, 9)),
            ("report-user", "Read-only account for the reports team"),
            ("backup-hour", "Backup moved to {n}:10", (1, 5)),
            ("grants", "Grants of a service that is gone removed"),
        ),
        *_texts("infrastructure", ("snapshot", "Snapshot taken before the quarter's end")),
    ),
    "cache": (
        *_texts(
            "config",
            ("ttl-images", "Entries of one sort kept for {n} minutes", (10, 60)),
            ("key-prefix", "Prefix of one sort of key renamed; the old one runs out"),
            ("stats-interval", "Statistics written every {n} s", (10, 60)),
            ("big-values", "Values above {n} MB are logged", (1, 4)),
            ("client-names", "Clients give their name when they connect"),
        ),
        *_texts(
            "infrastructure", ("kernel", "Kernel of one node patched, node back after {n} minutes", (4, 12))
        ),
    ),
    "queue": (
        *_texts(
            "config",
            ("topic-added", "Topic for a new report added"),
            ("retention", "One topic kept for {n} days", (3, 14)),
            ("consumer-name", "Consumer group renamed for clarity"),
            ("quota-test", "Quota of the test tenant set to {n} MB/s", (2, 20)),
            ("topic-removed", "Topic that nobody reads removed"),
        ),
        *_texts("infrastructure", ("disk-swap", "Disk of one broker replaced, copies in sync again")),
    ),
    "host_pool": (
        *_texts(
            "infrastructure",
            ("hosts-added", "{n} hosts added ahead of the weekend", (1, 6)),
            ("image", "Machine image of the week on {n} hosts", (1, 4)),
            ("fan", "Fan of one host replaced"),
            ("firmware", "Firmware of one host updated"),
        ),
        *_texts(
            "config",
            ("cleanup", "Old working directories deleted after {n} h", (6, 48)),
            ("labels", "Label for a new sort of job"),
        ),
    ),
    "third_party": (),
}


def texts_for(kind: ComponentKind, *, felt: bool = True) -> tuple[Text, ...]:
    """Return what can be changed on a component of this kind; own texts come twice as often as others.

    `felt` says that users meet what it does.
    """
    own = _BY_KIND[kind] + (_FELT if felt and kind in ("edge", "service") else ())
    return (*_ANY, *own, *own)
