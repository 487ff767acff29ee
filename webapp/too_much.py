"""A request that is too big to be taken in is answered by the application, at once, and not in the server's words."""

from __future__ import annotations

from typing import Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import Task, WSGITask
from waitress.utilities import RequestEntityTooLarge


class TooMuch(WSGITask):  # type: ignore[misc]  # waitress names no types
    """Asks the application, which is told how long the request would be and refuses it before reading anything."""

    def service(self) -> None:
        """Answer, and hang up: what is still on its way is not read."""
        self.set_close_on_finish()
        super().service()


class Channel(HTTPChannel):  # type: ignore[misc]  # waitress names no types
    """A connection whose refusals of what is too big are the application's own page, or problem, of the API."""

    def error_task_class(self, channel: HTTPChannel, request: Any) -> Task:
        """Return who answers a request that the server itself refuses."""
        if isinstance(request.error, RequestEntityTooLarge):
            return TooMuch(channel, request)
        return HTTPChannel.error_task_class(channel, request)


def answered_by_the_application(sockets: dict[int, Any]) -> None:
    """Let the servers among these answer what is too big with the application's page."""
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = Channel
