"""A subset of PromQL over the series of a drill, evaluated for all steps of a query at once.

It answers as Prometheus 2.42 does; what lies outside of the subset is refused in Prometheus' own form.
"""
