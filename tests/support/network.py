"""The network, closed: a test that reaches for another machine fails."""

import ipaddress
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_REACHING = ("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname")
_OWN_NAME = socket.gethostname()  # smtplib asks for its address, to greet with it
_watching: list[list[str]] = []


class NetworkClosed(RuntimeError):
    """A test tried to reach another machine."""


def close_network() -> None:
    """Let this process reach nothing but itself and its own machine, until it ends."""
    sys.addaudithook(_only_this_machine)


@contextmanager
def reached() -> Iterator[list[str]]:
    """Every "host:port" that this process looks up or connects to meanwhile, this machine's own among them."""
    found: list[str] = []
    _watching.append(found)
    try:
        yield found
    finally:
        _watching.remove(found)


def _only_this_machine(event: str, args: tuple[Any, ...]) -> None:
    if event not in _REACHING:
        return
    host = args[1][0] if event in ("socket.connect", "socket.sendto") and isinstance(args[1], tuple) else args[0]
    if isinstance(host, bytes):
        host = host.decode()
    for found in _watching:
        found.append(f"{host}:{_port(args)}")
    if isinstance(host, str) and not _is_here(host):  # anything else is the path of a local socket, or nobody's name
        raise NetworkClosed(f"{event}: {host}")


def _port(args: tuple[Any, ...]) -> Any:
    at = args[1] if len(args) > 1 else None
    return at[1] if isinstance(at, tuple) and len(at) > 1 else at


def _is_here(host: str) -> bool:
    try:
        return host in ("", "localhost", _OWN_NAME) or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
