"""Webhooks: what is told to another system is signed, and sent only where it may go.

The signature is that of Standard Webhooks: HMAC-SHA256 over ``ID.TIMESTAMP.BODY``. The sender
resolves the host itself, looks at every address that comes back, and connects to one of those:
a name that means something else a moment later changes nothing. Redirects are not followed.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

__all__ = [
    "TOLERANCE_S",
    "Answer",
    "ForbiddenTarget",
    "networks_of",
    "post",
    "secret_text",
    "sign",
    "verify",
]

TOLERANCE_S = 300  # how old, or how far ahead, a message may be for its receiver
TIMEOUT_S = 10.0  # for everything: connecting, sending, and the head of the answer
HEAD = 16 * 1024  # bytes of an answer that are read; its body is of no interest
PREFIX = "whsec_"

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class ForbiddenTarget(Exception):
    """An address that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or why there was none."""

    status: int | None
    note: str = ""
    retry_after_s: int = 0

    @property
    def taken(self) -> bool:
        """Whether the receiver took the message."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def about_message(self) -> bool:
        """Whether it was refused for what it is, so that another one may well be taken."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in AWAY


AWAY = frozenset({401, 403, 404, 408, 410, 421, 425, 429})  # of the 4xx: not about one message


def secret_text(secret: bytes) -> str:
    """Write a secret as the libraries of receivers read it.

    >>> secret_text(bytes(24))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    return PREFIX + base64.b64encode(secret).decode()


def sign(message_id: str, timestamp: int, body: bytes, secrets: Iterable[bytes]) -> str:
    """Return the header ``webhook-signature``: one signature per secret, divided by spaces."""
    return " ".join(f"v1,{_signature(message_id, str(timestamp), body, s)}" for s in secrets)


def _signature(message_id: str, timestamp: str, body: bytes, secret: bytes) -> str:
    told = f"{message_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(secret, told, "sha256")).decode()


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secret: str,
    *,
    now_s: float,
    tolerance_s: float = TOLERANCE_S,
) -> str:
    """Return the id of a message that was signed with a secret; what a receiver does first.

    Parameters
    ----------
    body : bytes
        The body exactly as it came, before it is parsed.
    headers : mapping of str to str
        The headers; names in any case.
    secret : str
        ``whsec_...`` as it was shown.
    now_s : float
        The time now, in seconds since 1970.
    tolerance_s : float
        How far the message's time may be off, so that an old one cannot be played again.

    Raises
    ------
    ValueError
        If the message is not signed with the secret, or too old.
    """
    told = {name.lower(): value for name, value in headers.items()}
    message_id = told.get("webhook-id", "")
    timestamp = told.get("webhook-timestamp", "")
    if not message_id or not timestamp.isdecimal():
        raise ValueError("no webhook-id or webhook-timestamp")
    if abs(now_s - int(timestamp)) > tolerance_s:
        raise ValueError(f"webhook-timestamp {timestamp} is too old or too far ahead")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("the secret is not whsec_ and base64") from error
    wanted = _signature(message_id, timestamp, body, key).encode()
    for entry in told.get("webhook-signature", "").split():
        version, _, found = entry.partition(",")
        if version == "v1" and hmac.compare_digest(found.encode(), wanted):
            return message_id
    raise ValueError("no signature in webhook-signature is that of this secret")


def networks_of(text: str) -> tuple[Network, ...]:
    """Read networks divided by commas: ``10.1.0.0/16,127.0.0.1``.

    Raises
    ------
    ValueError
        If one is none.
    """
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Sequence[Network] = (),
    timeout_s: float = TIMEOUT_S,
) -> Answer:
    """Send a message once; whatever happens comes back as an answer.

    Only ``https`` to public addresses, and besides to those in `allowed`; ``http`` only to this
    computer, if that is in `allowed`.
    """
    try:
        parts = urlsplit(url)
        addresses = _addresses(parts, allowed)
        return asyncio.run(_post(parts, addresses, body, headers, timeout_s))
    except ForbiddenTarget as error:
        return Answer(None, str(error))
    except TimeoutError:
        return Answer(None, f"no answer within {timeout_s:g} s")
    except ssl.SSLCertVerificationError as error:
        return Answer(None, f"its certificate is not good: {error.verify_message}")
    except (OSError, ValueError, EOFError, asyncio.LimitOverrunError) as error:
        return Answer(None, str(error) or type(error).__name__)


def _addresses(parts: SplitResult, allowed: Sequence[Network]) -> list[str]:
    """Return where a host is, once all of it may be sent to."""
    host = parts.hostname
    if parts.scheme not in ("https", "http") or not host:
        raise ForbiddenTarget("neither https nor http")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(entry[4][0]) for entry in found]
    for text in addresses:
        _permit(ip_address(text.partition("%")[0]), parts.scheme, allowed)
    return addresses


def _permit(address: Address, scheme: str, allowed: Sequence[Network]) -> None:
    inner = _inside(address)
    named = any(inner in network for network in allowed if network.version == inner.version)
    if scheme == "http" and not (named and inner.is_loopback):
        raise ForbiddenTarget("http is only for this computer, where a setting allows it")
    if not named and (not inner.is_global or inner.is_multicast):
        raise ForbiddenTarget(f"{address} is not public, and no setting allows it")


def _inside(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address leads to, if it is one of those."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


NAT64 = IPv6Network("64:ff9b::/96")


async def _post(
    parts: SplitResult,
    addresses: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    timeout_s: float,
) -> Answer:
    async with asyncio.timeout(timeout_s):
        reader, writer = await _connect(parts, addresses)
        try:
            writer.write(_request(parts, body, headers))
            await writer.drain()
            return _read(await _head(reader))
        finally:
            writer.transport.abort()  # what else it may say is not waited for


async def _connect(
    parts: SplitResult, addresses: Sequence[str]
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    secure = parts.scheme == "https"
    context = ssl.create_default_context() if secure else None
    port = parts.port or (443 if secure else 80)
    for n, address in enumerate(addresses, 1):
        try:
            return await asyncio.open_connection(
                address,
                port,
                ssl=context,
                server_hostname=parts.hostname if secure else None,
                limit=HEAD,
            )
        except ssl.SSLError:
            raise
        except OSError:
            if n == len(addresses):
                raise
    raise AssertionError("a host has at least one address")


def _request(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [f"POST {target} HTTP/1.1", f"Host: {host}", "Connection: close"]
    told = {**headers, "Content-Length": str(len(body))}
    lines += [f"{name}: {value}" for name, value in told.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


async def _head(reader: asyncio.StreamReader) -> bytes:
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")):  # "100 Continue" and the like
            return head


def _read(head: bytes) -> Answer:
    first, *rest = head.decode("latin-1").split("\r\n")
    version, _, said = first.partition(" ")
    number = said[:3]
    if not version.startswith("HTTP/1.") or not number.isdecimal() or len(number) < 3:
        return Answer(None, "what came back is not HTTP")
    status = int(number)
    wait = 0
    for line in rest:
        name, _, value = line.partition(":")
        if name.lower() == "retry-after" and value.strip().isdecimal():
            wait = min(int(value.strip()[:9]), 86_400)
    note = ""
    if 300 <= status < 400:
        note = "redirects are not followed"
    elif status >= 400:
        note = said[4:].strip()[:80]
    return Answer(status, note, wait)
