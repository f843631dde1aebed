"""How properties are tested: the same examples every time in CI, new ones on a developer's machine.

No deadline: how long an example takes says more about the machine than about the code.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")
