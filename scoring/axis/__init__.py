"""The time axis of a drill, drawn as SVG."""
