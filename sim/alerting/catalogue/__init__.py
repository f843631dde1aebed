"""A team's own files as the alerts of a drill: rule files, a mapping that ties them to a world, runbooks."""
