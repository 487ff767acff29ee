"""The demonstration: programmes, diagrams and made-up staff. Never where real people are cared for."""

from workflows.demonstration.loading import PASSWORD, keep_apart, load, loaded

__all__ = ["PASSWORD", "keep_apart", "load", "loaded"]
