"""What the timeline says of who the person is to the record, and of who looks after them."""

from __future__ import annotations

PEOPLE = {
    "team assigned": "Given to the {team} team",
    "care coordinator named": "{coordinator} is the care coordinator",
    "care coordinator no longer named": "{coordinator} is no longer the care coordinator: {why}",
    "discussed in supervision": "Discussed in the supervision of the caseload: {decision}",
    "person matched": "The person was recognised in the register",
    "join kept": "What the referral said of the person is kept beside the record it was joined with",
    "record kept beside": "The record that this case had is kept beside the one it was joined with",
    "records joined": "Two records of one person were joined: {why}",
    "join taken back": "The join with another person’s record was taken back",
    "referral open again": "The referral is open again: it had been put into another person’s case",
    "what came by mistake went back": "What had come with a referral about somebody else was taken out again",
    "records separated": "Case {case} is about somebody else, and has a record of its own now",
}
