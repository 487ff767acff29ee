"""Where another system may be called: an https address out in the world, or in a network that the operator names."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from workflows.casework.errors import AnswersRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST_ADDRESS = 500
INWARDS = "This address leads into this machine or a private network"
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # to IPv4, by a gateway


def networks(text: str) -> tuple[Network, ...]:
    """Read networks between commas, such as "10.20.0.0/16, 127.0.0.1"; raises ValueError."""
    return tuple(ipaddress.ip_network(one.strip()) for one in text.split(",") if one.strip())


def may_be_called(address: Address, own: Sequence[Network]) -> bool:
    """Say whether a machine may be called: one out in the world, or one in the operator's own named networks."""
    meant = _meant(address)
    if any(meant in network or address in network for network in own):
        return True
    return meant.is_global and not meant.is_multicast


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def checked_address(typed: str, own: Sequence[Network]) -> str:
    """Return a web address as it is kept; within one's own named networks it need not be https.

    Where its name leads is looked at when it is called. Raises AnswersRefused with a sentence.
    """
    text = typed.strip()
    wrong = _wrong(text, own)
    if wrong:
        raise AnswersRefused({"address": wrong})
    return text


def _wrong(text: str, own: Sequence[Network]) -> str:
    read = _read(text)
    if read is None or not read.hostname or len(text) > LONGEST_ADDRESS:
        return "Enter a web address, such as https://hooks.example.org/roundtable"
    if read.scheme != "https" and not (read.scheme == "http" and own):
        return "The address begins with https://"
    if read.username or read.password or read.fragment:
        return "Leave out names, passwords and anything after #"
    return "" if _goes_out(read.hostname, own) else INWARDS


def _read(text: str) -> SplitResult | None:
    try:
        read = urlsplit(text)
        _ = read.port  # refused where it is none
    except ValueError:
        return None
    return read if text.isascii() and text.isprintable() and " " not in text else None


def _goes_out(host: str, own: Sequence[Network]) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return any(ipaddress.ip_address("127.0.0.1") in network for network in own)
    try:
        return may_be_called(ipaddress.ip_address(host), own)
    except ValueError:
        return True  # a name
