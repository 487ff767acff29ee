"""The cases of an installation from before: with whom they are shared is worked out from their consent forms."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.consent import ASKED, Consent, NamedInOverride, SharingOverride
from workflows.casework.sectors import CARE_SECTORS, TEAM_SECTORS
from workflows.storage.schema import MIGRATIONS, up_to_date


def migrate(office: Office, act: Any, to: str) -> None:
    """Take the schema back, or forward again."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with office.database.engine.begin() as connection:
        config.attributes["connection"] = connection
        act(config, to)


def test_what_the_person_said_before_counts_after_the_migration(office: Office) -> None:
    town = SmallTown(office)
    listed, partly, unlisted, decided_for = (
        town.case(sharing_scope=scope) for scope in ("full", "limited", "full", "full")
    )
    minimum, unasked, refused = town.case(sharing_scope="minimum"), town.case(sharing_scope="none"), town.case()
    town.paper(listed, "F05", {"choice": "given", "share_with": ["gp", "community_health"]})
    town.paper(partly, "F05", {"choice": "partial", "share_with": ["vcse"]})
    town.paper(decided_for, "F05", {"choice": "not_sought"})
    asked = town.staff("Asked", "nurse east")
    town.add(
        SharingOverride(case_id=minimum, status="approved", requested_by_id=asked, requested_at=town.now),
        Consent(case_id=refused, basis="none", may_proceed="no", valid_from=town.now),
    )
    session = town.session()
    session.get_one(Case, refused).share("none", CARE_SECTORS)
    session.commit()
    session.close()
    migrate(office, command.downgrade, "0004")
    migrate(office, command.upgrade, "head")
    assert up_to_date(office.database)

    def shared_with(case_id: UUID) -> frozenset[str]:
        with office.desk().looking() as session:
            return session.get_one(Case, case_id).sectors

    assert shared_with(listed) == {"gp", "community_health"}
    assert shared_with(partly) == {"vcse"}
    assert shared_with(unlisted) == TEAM_SECTORS
    assert shared_with(decided_for) == shared_with(unasked) == CARE_SECTORS
    assert shared_with(minimum) == shared_with(refused) == frozenset()
    with office.desk().looking() as session:
        named = session.scalars(select(NamedInOverride)).one()
        assert (named.case_id, named.staff_id, named.part) == (minimum, asked, ASKED)
