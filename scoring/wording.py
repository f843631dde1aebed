"""What the words of a status update say: small tables of words, lenient, and no language model.

A sentence ends at . ! ? or a new line; a clause also at ; : , and "but".
"""

import re

RECOVERED = (
    r"mitigated|resolved|fixed|solved|recovered|restored|all clear|up and running",
    r"(?:is|are|it'?s) over(?! *(?:\d|a |an |half|one|two|the ))",  # "is over", not "is over 5 %"
    r"(?:has|have) ended|back (?:to normal|online)",
    r"(?:works?|working|operating|running) (?:normally|as usual)",
    r"(?:works?|working|fine|ok|okay|good|available|reachable|normal|healthy|possible|up) again",
    r"can (?:now )?\w+ again",  # "you can pay again"
    r"everything (?:works|is working|is fine|is ok)",
    r"(?:all|every) (?:our |the |of the )?(?:features?|functions?|services?|systems?|pages?|parts?|journeys?)"
    r" (?:works?|(?:is|are) working|(?:is|are) fine)",
)
"""A clause with one of these claims recovery,"""
NOT_YET = (
    r"not|never|cannot|\w+n't|until|once|when|as soon as|if|will|to be|being|expect\w*|hope\w*|trying"
    r"|working (?:on|to)|partly|partially|some|for (?:most|many|half)",
)
"""unless the clause holds one of these: a negation, a future, or only part of it;"""
STILL_HURT = (
    r"(?:still|remains?|continues? to) (?:\w+ ){0,2}(?:fail\w*|affected|impacted|down|slow\w*|broken|errors?"
    r"|unavailable|degraded|disrupted|not|cannot|unable)",
)
"""a text with one of these claims no recovery at all, whatever its other clauses say."""
WHOLE = (
    r"(?:the|our) (?:whole|entire|complete) \w+|whole (?:site|shop|system|platform)",
    r"everything|everybody|everyone",
    r"(?:all|every) (?:of )?(?:our |the )?(?:features?|functions?|services?|systems?|pages?|parts?|journeys?"
    r"|users?|customers?|clients?|shoppers?|visitors?|developers?|people|regions?|zones?)",
    r"(?:complete|total|full|global|general) outage|(?:completely|entirely|totally) (?:down|unavailable)",
)
"""A text with one of these says that all is affected, and so names the affected journeys,"""
NOT_WHOLE = (
    r"not (?:yet )?(?:for )?(?:all|every\w*|the whole)|everything (?:we|possible|in our)"
    r"|every(?:body|one) (?:who|is (?:working|on it|at work))",
)
"""unless it is one of these, such as "not everybody" or "we do everything we can"."""
WELL = (
    r"false alarm|no (?:outage|incident|impact|disruption)|nothing (?:is|was) wrong|business as usual",
    r"(?:nobody|(?:no|not any) \w+) (?:is|are|was|were) (?:hurt|affected|impacted|lost)",
    r"(?:is|are|was|were|has been|have been) (?:not (?:hurt|affected|impacted)|well|unaffected)",
    r"works? (?:normally|as (?:usual|always))",
)
"""A text with one of these, or that claims recovery, tells customers of no trouble."""


def _table(rows: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(rows)})\b", re.IGNORECASE)


_RECOVERED, _NOT_YET, _STILL_HURT = _table(RECOVERED), _table(NOT_YET), _table(STILL_HURT)
_WELL = _table(WELL)
_WHOLE, _NOT_WHOLE = _table(WHOLE), _table(NOT_WHOLE)
_SEVERITY = re.compile(r"\b(?:p|sev)-?[1-4]\b", re.IGNORECASE)


def says_recovered(text: str) -> bool:
    """Return whether a text claims recovery: a clause says so, and nothing says that users are still hurt."""
    if _STILL_HURT.search(text):
        return False
    clauses = re.split(r"[.!?;:,\n]+| but ", text)
    return any(_RECOVERED.search(clause) and not _NOT_YET.search(clause) for clause in clauses)


def says_well(text: str) -> bool:
    """Return whether a text says that users are well: that nothing is wrong, or that all works again."""
    return says_recovered(text) or (bool(_WELL.search(text)) and not _STILL_HURT.search(text))


def says_all_affected(text: str) -> bool:
    """Return whether a text speaks of the whole system, all features, everybody or the like."""
    return bool(_WHOLE.search(_NOT_WHOLE.sub("", text)))


def says_severity(text: str) -> bool:
    """Return whether a text gives a severity, e.g. P1 or SEV-2."""
    return bool(_SEVERITY.search(text))


def words(text: str) -> set[str]:
    """Return the words in lower case, without a plural's last letters, so that 'pushes' finds 'push'."""
    found = re.findall(r"[a-z0-9]+", text.lower())
    return {re.sub(r"(ing|es|s)$", "", word) if len(word) > 4 else word for word in found}
