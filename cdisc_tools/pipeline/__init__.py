"""The order of steps; the only place that knows all the rooms."""
