"""Command line: arguments, exit codes, printing; one command a file."""
