"""Templates of labels and annotations in rule files: Go's text/template with Prometheus' functions.

The grammar is read whole, so that what Prometheus refuses is refused (`syntax`). Expanded is what most rules
use: labels, the value, and functions that write them (`expand`); a template with anything else, a query or a
condition say, is shown as it is written.
"""

from sim.alerting.templates.expand import Scope, expanded, filled
from sim.alerting.templates.syntax import Template, TemplateError, parsed

__all__ = ["Scope", "Template", "TemplateError", "expanded", "filled", "parsed"]
