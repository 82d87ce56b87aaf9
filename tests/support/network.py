"""The network, closed: a test that reaches for another machine fails."""

import ipaddress
import socket
import sys
from typing import Any

_REACHING = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")
_OWN_NAME = socket.gethostname()  # smtplib asks for its address, to greet with it


class NetworkClosed(RuntimeError):
    """A test tried to reach another machine."""


def close_network() -> None:
    """Let this process reach nothing but itself and its own machine, until it ends."""
    sys.addaudithook(_only_this_machine)


def _only_this_machine(event: str, args: tuple[Any, ...]) -> None:
    if event not in _REACHING:
        return
    host = args[1][0] if event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple) else args[0]
    if isinstance(host, bytes):
        host = host.decode()
    if isinstance(host, str) and not _is_here(host):  # anything else is the path of a local socket, or nobody's name
        raise NetworkClosed(f"{event}: {host}")


def _is_here(host: str) -> bool:
    try:
        return host in ("", "localhost", _OWN_NAME) or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
