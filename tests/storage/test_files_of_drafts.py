"""The step of the schema that gave each file to the draft it was chosen for: nothing chosen before is lost."""

from __future__ import annotations

from alembic import command
from sqlalchemy import select, text, update

from tests.builders.walked_case import Town
from workflows.actions import attachments, drafts, referral_drafts
from workflows.casework.document import Attachment
from workflows.storage import schema
from workflows.storage.database import Database

LETTER = {"attachments": [attachments.looked_at("letter.pdf", b"%PDF-1.7 a letter")]}


def back_to(database: Database, revision: str) -> None:
    """Take the schema back to an earlier step."""
    with database.engine.begin() as connection:
        config = schema._config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_files_chosen_before_find_the_drafts_they_belong_to(town: Town) -> None:
    staff, outside = town.office.desk(town.who("Ifeoma")), town.office.desk()
    begun = referral_drafts.start_referral(outside, "acm")
    theirs = referral_drafts.keep_with_referral(outside, begun.reference, begun.code, {}, LETTER)["attachments"]
    mine = attachments.keep_with_draft(staff, "referral:acm", staff.forms.form("F01"), {}, LETTER)["attachments"]
    with town.office.database.engine.begin() as connection:
        connection.execute(update(Attachment).values(draft_id=None, referral_id=None))
    back_to(town.office.database, "0002")
    schema.upgrade(town.office.database)
    found = town.ask(lambda s: {str(file.id): file for file in s.scalars(select(Attachment))})
    assert found[theirs[0]].referral_id is not None
    assert found[mine[0]].draft_id is not None
    drafts.discard_draft(staff, "referral:acm")
    with town.office.database.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM attachment")).scalar() == 1, "it went with its draft"
