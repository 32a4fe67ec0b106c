"""Value types shared by every room; this package imports nothing else of ours."""
