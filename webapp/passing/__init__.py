"""Handing a caseload on: the pack of whoever leaves, and what was handed to whoever stays."""
