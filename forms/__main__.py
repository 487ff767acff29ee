"""`python -m forms [folder]` checks all definitions and prints a sentence for each fault."""

import sys
from pathlib import Path

from forms.catalogue import Catalogue
from forms.definition import DefinitionError


def main(arguments: list[str]) -> int:
    """Check a folder of definitions; 0 when all are fit for use."""
    try:
        found = Catalogue.load(Path(arguments[0])) if arguments else Catalogue.shipped()
    except DefinitionError as error:
        sys.stdout.write("\n".join(error.faults) + "\n")
        return 1
    sys.stdout.write(f"Fit for use: {', '.join(found.keys())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
