import socket

import pytest

from tests.support.common import free_port
from tests.support.network import NetworkClosed


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443), ("2001:db8::1", 80), ("0.0.0.1", 80)])
def test_other_machines_are_out_of_reach(address):
    with pytest.raises(NetworkClosed):
        socket.create_connection(address, timeout=1)


def test_names_are_not_looked_up():
    with pytest.raises(NetworkClosed):
        socket.gethostbyname("example.org")


def test_datagrams_do_not_leave_either():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(NetworkClosed):
        sender.sendto(b"hello", ("192.0.2.1", 53))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_in_reach(host):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, free_port()), timeout=1)
