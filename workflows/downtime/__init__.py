"""The downtime pack: what each team needs on paper, in a folder that can be read when the system is down."""

from workflows.downtime.writing import write_if_due, write_now

__all__ = ["write_if_due", "write_now"]
