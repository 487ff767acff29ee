"""Killing the service at every named point of what it writes, and looking at what is left."""
