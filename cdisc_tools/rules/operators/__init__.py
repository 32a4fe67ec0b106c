"""The operators of the rule language: a small vectorised function each, under its name."""
