"""`python -m tests.upgrade`: write down a service of this version, for the versions to come."""

from __future__ import annotations

from tests.upgrade.making import make

if __name__ == "__main__":
    make()
