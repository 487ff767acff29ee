"""Whether a diagram or a table may be published: what is wrong with it, where, and how it could be mended."""
