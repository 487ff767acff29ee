"""A service of an earlier version is brought to this one, with cases open at every place where one can wait."""
