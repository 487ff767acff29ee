"""Other systems are told when tasks come to rungs: signed, tried again, never about anybody, never inwards."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from threading import Thread
from time import sleep
from uuid import UUID
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import trustme
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.receiver import Receiver
from tests.web_server import Serve
from workers import calls
from workers.jobs import call_addresses, remind
from workflows.actions import webhooks
from workflows.actions.webhook_calls import claim_call, due_calls
from workflows.actions.webhooks import MadeSecret, NewWebhook
from workflows.assembly import Office, open_office
from workflows.casework.backoff import wait_after
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.casework.notice import Notice
from workflows.casework.web_address import checked_address, may_be_called, networks
from workflows.casework.webhook import PAUSED_AFTER, Webhook
from workflows.clock import FixedClock
from workflows.desk import Desk
from workflows.settings import Settings

HERE = "127.0.0.0/8"


@pytest.fixture
def calling(settings: Settings, clock: FixedClock) -> Iterator[Office]:
    """An office that may call addresses on this machine."""
    opened = open_office(replace(settings, webhook_networks=HERE), clock)
    yield opened
    opened.close()


@pytest.fixture
def town(calling: Office) -> SmallTown:
    return SmallTown(calling)


@pytest.fixture
def manager(town: SmallTown) -> Desk:
    return town.desk(town.staff("Max", "service_manager"))


def registered(manager: Desk, url: str, ladders: str = "S", level: str = "L1", name: str = "Hub") -> MadeSecret:
    return webhooks.register(manager, "acm", NewWebhook(name, url, ladders.split(), level))


def overdue(town: SmallTown, escalation: str = "S") -> UUID:
    """A task that comes to its first rung after it was due, and nobody has noticed."""
    task = town.task(town.case(given="Zebedee", family="Unlikely"), escalation=escalation, due="-1h")
    remind.climb(town.office)
    return task


def told(town: SmallTown, channel: str = "webhook") -> list[Notice]:
    with town.office.desk().looking() as session:
        found = select(Notice).where(Notice.channel == channel).order_by(Notice.made_at, Notice.id)
        return list(session.scalars(found))


def kept(town: SmallTown, made: MadeSecret) -> Webhook:
    with town.office.desk().looking() as session:
        return session.get_one(Webhook, made.id)


@pytest.mark.both_databases
def test_an_address_is_told_once_of_a_rung_and_nothing_of_whom_it_is_about(
    town: SmallTown, manager: Desk, receiver: Receiver
) -> None:
    made = registered(manager, receiver.url)
    task = overdue(town)
    for _ in range(2):
        remind.climb(town.office)
        call_addresses.work(town.office)
    (heard,) = receiver.calls
    assert heard.signed_with(made.secret)
    assert heard.event["type"] == "task.rung_reached"
    data = heard.event["data"]
    assert len(data.pop("task")) == 32
    assert data == {
        "programme": "acm", "team": "east", "ladder": "S", "level": "L1", "again": 0, "due_at": "2026-11-16T08:00:00Z",
    }  # fmt: skip
    assert not any(word in heard.body for word in ("Zebedee", "Unlikely", "ACM-", str(task), task.hex))


def test_rungs_of_one_task_bear_one_mark_and_those_of_another_task_or_address_others(
    town: SmallTown, manager: Desk, receiver: Receiver, clock: FixedClock
) -> None:
    registered(manager, receiver.url)
    overdue(town)
    overdue(town)
    clock.advance(timedelta(hours=2))
    remind.climb(town.office)
    call_addresses.work(town.office)
    marks = [call.event["data"]["task"] for call in receiver.calls]
    assert (len(marks), len(set(marks))) == (4, 2)


@pytest.mark.parametrize(("ladders", "level", "escalation"), [("A review", "R1", "S"), ("S", "L2", "S")])
def test_an_address_is_told_of_nothing_else(
    town: SmallTown, manager: Desk, receiver: Receiver, ladders: str, level: str, escalation: str
) -> None:
    registered(manager, receiver.url, ladders, level)
    overdue(town, escalation)
    assert told(town) == []


def test_what_is_not_taken_is_tried_again_under_the_same_id(
    town: SmallTown, manager: Desk, receiver: Receiver, clock: FixedClock
) -> None:
    registered(manager, receiver.url)
    overdue(town)
    receiver.status = 503
    call_addresses.work(town.office)
    (waiting,) = told(town)
    assert (waiting.status, waiting.failed_why) == ("waiting", "Answered 503")
    receiver.status = 200
    call_addresses.work(town.office)
    assert len(receiver.calls) == 1
    clock.advance(wait_after(1))
    call_addresses.work(town.office)
    assert [one.status for one in told(town)] == ["sent"]
    assert len({call.id for call in receiver.calls}) == 1
    assert len({call.at for call in receiver.calls}) == 2


def test_an_address_that_fails_is_called_once_a_pause_and_holds_up_no_other(
    town: SmallTown, manager: Desk, receiver: Receiver, serve: Serve
) -> None:
    other = Receiver()
    registered(manager, serve(other), name="Other")
    registered(manager, receiver.url)
    receiver.status = 500
    for _ in range(3):
        overdue(town)
    for _ in range(2):
        call_addresses.work(town.office)
    assert (len(receiver.calls), len(other.calls)) == (1, 3)


def test_what_fails_for_two_days_is_paused_and_goes_on_with_what_is_new(
    town: SmallTown, manager: Desk, receiver: Receiver, clock: FixedClock
) -> None:
    made = registered(manager, receiver.url)
    receiver.status = 500
    for _ in range(3):
        overdue(town)
    call_addresses.work(town.office)
    clock.advance(PAUSED_AFTER)
    call_addresses.work(town.office)
    assert kept(town, made).paused_why == "nothing was taken for two days"
    assert [one.address for one in told(town, "email") if one.kind == "webhook_paused"] == ["max@example.org"]
    clock.advance(timedelta(hours=5))
    call_addresses.work(town.office)
    assert {one.failed_why for one in told(town)} == {"the address is paused"}
    overdue(town)
    assert len(told(town)) == 3
    receiver.status = 200
    webhooks.go_on(manager, "acm", made.id)
    overdue(town)
    call_addresses.work(town.office)
    assert len(receiver.calls) == 3


def test_an_address_that_says_it_is_gone_is_paused_at_once(town: SmallTown, manager: Desk, receiver: Receiver) -> None:
    made = registered(manager, receiver.url)
    receiver.status = 410
    overdue(town)
    call_addresses.work(town.office)
    assert kept(town, made).paused_why == "it said that it is gone"


def test_a_test_goes_out_also_to_a_paused_address_once_with_the_secret_of_now(
    town: SmallTown, manager: Desk, receiver: Receiver, clock: FixedClock
) -> None:
    made = registered(manager, receiver.url)
    webhooks.pause(manager, "acm", made.id)
    newer = webhooks.make_secret(manager, "acm", made.id)
    receiver.status = 404
    webhooks.send_test(manager, "acm", made.id)
    for _ in range(3):
        call_addresses.work(town.office)
        clock.advance(timedelta(hours=1))
    (heard,) = receiver.calls
    assert heard.event["type"] == "test"
    assert (heard.signed_with(newer.secret), heard.signed_with(made.secret)) == (True, False)
    assert [(one.status, one.failed_why) for one in told(town)] == [("failed", "Answered 404")]


def test_an_address_taken_away_is_told_nothing_that_still_waited(
    town: SmallTown, manager: Desk, receiver: Receiver
) -> None:
    made = registered(manager, receiver.url)
    overdue(town)
    webhooks.take_away(manager, "acm", made.id)
    call_addresses.work(town.office)
    assert receiver.calls == []
    overdue(town)
    assert [one.failed_why for one in told(town)] == ["the address was taken away"]


def test_where_an_address_sends_us_on_to_nobody_goes(
    town: SmallTown, manager: Desk, receiver: Receiver, serve: Serve
) -> None:
    other = Receiver()
    receiver.status, receiver.leads_to = 307, serve(other)
    registered(manager, receiver.url)
    overdue(town)
    call_addresses.work(town.office)
    assert other.calls == []
    assert [one.failed_why for one in told(town)] == ["Answered 307: it leads elsewhere, which is not followed"]


def dripping(line: socket.socket) -> None:
    """Answer a little at a time for ever."""
    caller, _ = line.accept()
    with caller, suppress(OSError):
        while True:
            caller.sendall(b"H")
            sleep(0.05)


def test_a_try_ends_after_its_time_whatever_the_other_side_does(
    town: SmallTown, manager: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calls, "IN_ALL", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as line:
        Thread(target=dripping, args=(line,), daemon=True).start()
        registered(manager, f"http://127.0.0.1:{line.getsockname()[1]}/")
        overdue(town)
        call_addresses.work(town.office)
    (waiting,) = told(town)
    assert (waiting.status, waiting.attempts) == ("waiting", 1)
    assert str(waiting.failed_why).startswith("It did not answer")


def test_a_name_that_leads_inwards_by_then_is_not_called(
    office: Office, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = SmallTown(office)  # where no network is named
    registered(town.desk(town.staff("Max", "service_manager")), "https://hooks.example.org/")
    inwards = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443)) for place in ("10.0.0.7", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inwards)
    overdue(town)
    call_addresses.work(office)
    assert [one.failed_why for one in told(town)] == ["This address leads into this machine or a private network"]


@pytest.mark.parametrize(
    ("place", "own", "called"),
    [
        ("93.184.216.34", "", True),
        ("2606:2800:220:1::1", "", True),
        *((place, "", False) for place in ("127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "100.64.0.1",
                                           "0.0.0.1", "224.0.0.1", "::1", "fd00::1", "fe80::1", "::ffff:127.0.0.1",
                                           "64:ff9b::7f00:1", "2002:7f00:1::")),
        ("10.1.2.3", "10.1.0.0/16", True),
        ("::ffff:10.1.2.3", "10.1.0.0/16", True),
        ("10.2.2.3", "10.1.0.0/16", False),
    ],
)  # fmt: skip
def test_only_machines_in_the_world_or_in_a_named_network_are_called(place: str, own: str, called: bool) -> None:
    assert may_be_called(ipaddress.ip_address(place), networks(own)) is called


@pytest.mark.parametrize(
    ("typed", "own", "said"),
    [
        ("hooks.example.org", "", "Enter a web address"),
        ("https://hooks.example.org:port/", "", "Enter a web address"),
        ("https://hooks.example.org/a b", "", "Enter a web address"),
        ("http://hooks.example.org/", "", "The address begins with https://"),
        ("ftp://hooks.example.org/", HERE, "The address begins with https://"),
        ("https://me:secret@hooks.example.org/", "", "Leave out names, passwords"),
        ("https://localhost/", "", "This address leads into this machine"),
        ("https://169.254.169.254/latest", HERE, "This address leads into this machine"),
        ("https://[::1]/", "", "This address leads into this machine"),
    ],
)
def test_an_address_that_must_not_be_called_is_refused_when_it_is_typed(typed: str, own: str, said: str) -> None:
    with pytest.raises(AnswersRefused) as refused:
        checked_address(typed, networks(own))
    assert refused.value.errors["address"].startswith(said)


def test_only_who_manages_the_programme_registers_addresses(town: SmallTown) -> None:
    with pytest.raises(NotAllowed):
        registered(town.desk(town.staff("Nurse", "nurse east")), "https://hooks.example.org/")


def test_a_worker_killed_while_calling_tells_it_again_under_the_same_id(
    town: SmallTown, manager: Desk, receiver: Receiver, clock: FixedClock
) -> None:
    registered(manager, receiver.url)
    overdue(town)
    (due,) = due_calls(town.office.desk(), 10)
    call = claim_call(town.office.desk(), due)
    assert call is not None
    calls.make(call, town.office.settings)  # and here the process dies
    clock.advance(timedelta(minutes=6))
    call_addresses.work(town.office)
    assert [one.id for one in receiver.calls] == [receiver.calls[0].id] * 2


class Quiet(WSGIRequestHandler):
    """Keeps no log."""

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def behind_https(application: Receiver, authority: trustme.CA, name: str) -> Iterator[int]:
    """Answer one caller over https with a certificate for a name; returns the port."""
    context = SSLContext(PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        answering = Thread(target=server.handle_request)
        answering.start()
        yield server.server_port
        answering.join(timeout=10)


@pytest.mark.parametrize(("name", "taken"), [("hub.example.org", True), ("elsewhere.example.org", False)])
def test_over_https_the_machine_that_is_called_has_to_prove_its_name(
    town: SmallTown, manager: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, taken: bool
) -> None:
    authority, receiver = trustme.CA(), Receiver()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with behind_https(receiver, authority, name) as port:
        place = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        monkeypatch.setattr(calls.socket, "getaddrinfo", lambda *_, **__: place)
        registered(manager, f"https://hub.example.org:{port}/hooks")
        overdue(town)
        call_addresses.work(town.office)
    (call,) = told(town)
    assert [one.host for one in receiver.calls] == ([f"hub.example.org:{port}"] if taken else [])
    assert call.status == ("sent" if taken else "waiting")
    assert ("certificate" in str(call.failed_why)) is not taken
