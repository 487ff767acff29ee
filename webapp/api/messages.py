"""Messages from other systems."""

from __future__ import annotations

from typing import Any

from webapp.actor import desk
from webapp.api.once import once_by_its_number
from webapp.api.room import CHANGING, door, gives, route, takes
from webapp.api.schemas import EnvelopeSchema, ReceivedSchema
from workflows.actions.messages import receive
from workflows.casework.message import Envelope


@route("/messages", "messages", "POST")
@door("messages:write", *CHANGING)
@once_by_its_number
@takes(EnvelopeSchema)
@gives(ReceivedSchema, 200, also=(202, "Kept; somebody looks at it"))
def take_message(told: dict[str, Any]) -> tuple[Any, int]:
    """Send a message about a person. One that matches no case is kept and looked at, never refused.

    The same message again changes nothing and gets the same answer: the same `message_id` from the same `source`, with
    the same content. Another content under a number that the source has used is kept and looked at as well. The case
    is named, and why none took it is said, only to those who may see as much.
    """
    done = receive(desk(), Envelope(**told))
    return done, 200 if done.status == "delivered" else 202
