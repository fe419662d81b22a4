"""The site's Ed25519 key pair, which signs what leaves the house."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from packline.foundation.errors import DomainError

__all__ = [
    "Signer",
    "check",
    "ensure_keys",
    "key_id",
    "public_key",
    "public_key_path",
    "shared_secret",
    "sign",
    "signer",
]


def _folder() -> Path:
    return Path(settings.PACKLINE_DATA) / "keys"


def public_key_path() -> Path:
    """Return where the public key lies that is handed to customers and auditors."""
    return _folder() / "site.pub.pem"


def ensure_keys() -> bool:
    """Make the site's key pair if there is none yet; say whether it was made.

    A public key that lost its private one is left alone: a new pair in its place would make
    everything that was signed before look forged.
    """
    private, public = _folder() / "site.key.pem", public_key_path()
    if private.exists():
        if not public.exists():
            _write(public, _pem_of(_private(private.read_bytes()).public_key()), 0o644)
        return False
    if public.exists():
        return False
    _folder().mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(private, secret, 0o600)  # the other follows from it, should this be cut short
    _write(public, _pem_of(key.public_key()), 0o644)
    return True


def _write(path: Path, content: bytes, mode: int) -> None:
    temporary = path.with_suffix(".part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(temporary, path)


def _pem_of(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _private(pem: bytes) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise DomainError("the site's key is not an Ed25519 key")
    return key


@dataclass(frozen=True, slots=True)
class Signer:
    """The site's key as something that signs, which may be handed to another process."""

    _pem: bytes = field(repr=False)

    def __call__(self, message: bytes) -> bytes:
        """Sign a message."""
        return _private(self._pem).sign(message)


def signer() -> Signer:
    """Return what signs with the site's key."""
    path = _folder() / "site.key.pem"
    try:
        return Signer(path.read_bytes())
    except FileNotFoundError as error:
        raise DomainError(
            f"nothing can be signed: {path} is missing; put it back from where it is kept"
        ) from error


def sign(message: bytes) -> bytes:
    """Sign a message with the site's key."""
    return signer()(message)


def shared_secret(purpose: str) -> bytes:
    """Return the 32 bytes that are shared with somebody outside for one purpose.

    They are derived from a key in the data directory, so that no secret lies in the database, in
    its dumps or in the events; whoever has one learns nothing about another.
    """
    return hmac.digest(_root(), purpose.encode(), "sha256")


def _root() -> bytes:
    """Return what shared secrets are derived from; the first who asks makes it."""
    path = _folder() / "shared.key"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    _folder().mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{secrets.token_hex(8)}.part")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        os.link(temporary, path)
    except FileExistsError:
        pass  # another process was faster
    finally:
        temporary.unlink(missing_ok=True)
    return path.read_bytes()


def public_key() -> bytes:
    """Return the site's public key as PEM."""
    try:
        return public_key_path().read_bytes()
    except FileNotFoundError as error:
        raise DomainError(
            f"{public_key_path()} is missing, without which no signature can be checked; put it "
            "back from a backup"
        ) from error


def key_id(public_pem: bytes | None = None) -> str:
    """Return the short name of a public key: the start of the SHA-256 of its raw bytes."""
    key = _public(public_key() if public_pem is None else public_pem)
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def check(public_pem: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether `signature` is that of `message` under a public key."""
    try:
        _public(public_pem).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError as error:
        raise DomainError("not a public key: expected PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise DomainError("not an Ed25519 public key")
    return key
