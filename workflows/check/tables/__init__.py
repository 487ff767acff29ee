"""Decision tables proved, and mended as proposed."""

from workflows.check.tables.faults import Fault
from workflows.check.tables.fixes import apply
from workflows.check.tables.proving import Limits, proofs, prove

__all__ = ["Fault", "Limits", "apply", "proofs", "prove"]
