"""The jobs of the worker, one file each. A job asks for what is due and lets a verb do it, item by item."""
