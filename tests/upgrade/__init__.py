"""A service of an earlier version is brought to this one, with a case open wherever a case can wait."""
