"""When it happens by itself: the worker's own process. It knows verbs and the clock, no web and no SQL."""
