"""The demonstration: programmes, diagrams and made-up staff. Never where real people are cared for."""

from workflows.demonstration.loading import PASSWORD, load, loaded

__all__ = ["PASSWORD", "load", "loaded"]
