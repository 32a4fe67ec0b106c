"""What the standards say, read from ``specs/`` into the model; schemas built from it."""
