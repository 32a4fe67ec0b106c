"""The CDISC conformance-rules language: operators, operations, and the runner of rules."""
