"""A service of an earlier version is brought to this one, with cases open at many of the places where one waits."""
