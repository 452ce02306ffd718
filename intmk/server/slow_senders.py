"""Who sends too slowly is cut off: the connection ends as if the sender had hung up, and the thread is free.

Granian lends no way to give up reading, nor does it say by which connection a request came. So of those from the
sender's address the kernel is asked which have long been sending too little, without an answer.
"""

import socket
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

# Of Linux' struct tcp_info: the milliseconds since we sent something, the bytes received, those we still have to send.
TCP_INFO = struct.Struct("=44xI80xQ8xI")


def is_too_slow(seconds: float, received: int) -> bool:
    """Say whether so many bytes are too few for that time."""
    return seconds > settings.BODY_PATIENCE + received / settings.BODY_LEAST_RATE


@dataclass(eq=False)
class Sender:
    """Somebody whose body is being read: from which address and at which port, since when, how many bytes so far."""

    address: str
    port: int
    received: int = 0
    begun: float = field(default_factory=time.monotonic)
    is_cut: bool = False  # with another from its address; the kernel may have found it slow a moment before its time

    def is_slow(self) -> bool:
        """Say whether what has come so far is too little."""
        return is_too_slow(time.monotonic() - self.begun, self.received)


def cut_off(address: str, port: int) -> None:
    """End the connections of this process from an address to a port that have been sending too slowly.

    What is idle ends too, and so does a question that has been waiting for its answer for as long; who is slow in
    taking an answer does not.
    """
    for connection in connections(address, port):
        with suppress(OSError, struct.error):
            answered, received, unsent = TCP_INFO.unpack(
                connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
            )
            if not unsent and is_too_slow(answered / 1000, received):
                connection.shutdown(socket.SHUT_RD)


def connections(address: str, port: int) -> Iterator[socket.socket]:
    """Yield what this process holds of connections from an address to a port, each only for the moment."""
    for path in Path("/proc/self/fd").iterdir():
        with suppress(OSError), socket.fromfd(int(path.name), socket.AF_INET, socket.SOCK_STREAM) as connection:
            here, there = connection.getsockname(), connection.getpeername()  # other things than sockets have none
            if here[1:2] == (port,) and there[0].removeprefix("::ffff:") == address.removeprefix("::ffff:"):
                yield connection
