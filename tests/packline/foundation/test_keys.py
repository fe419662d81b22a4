import os
import stat

import pytest

from packline.foundation.errors import DomainError
from packline.foundation.files import DamagedFile, read
from packline.foundation.keys import check, ensure_keys, key_id, public_key, sign

pytestmark = pytest.mark.django_db


def test_what_was_signed_is_checked_with_the_public_key():
    signature = sign(b"unit 1 is good")
    assert check(public_key(), signature, b"unit 1 is good")
    assert not check(public_key(), signature, b"unit 2 is good")


def test_another_key_does_not_check_it(data_dir):
    signature, first = sign(b"x"), public_key()
    for path in (data_dir / "keys").iterdir():
        path.unlink()
    assert ensure_keys()
    assert not check(public_key(), signature, b"x")
    assert key_id(first) != key_id()


def test_the_private_key_is_for_its_owner_only(data_dir):
    mode = os.stat(data_dir / "keys" / "site.key.pem").st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_keys_are_made_once():
    before = public_key()
    assert not ensure_keys()
    assert public_key() == before


def test_a_copy_without_its_private_key_checks_but_never_gets_another(data_dir):
    signature, before = sign(b"x"), public_key()
    (data_dir / "keys" / "site.key.pem").unlink()
    assert not ensure_keys()
    assert check(public_key(), signature, b"x")
    assert public_key() == before
    with pytest.raises(DomainError, match=r"site\.key\.pem is missing; put it back"):
        sign(b"y")


def test_a_lost_public_key_follows_from_the_private_one(data_dir):
    before = public_key()
    (data_dir / "keys" / "site.pub.pem").unlink()
    with pytest.raises(DomainError, match=r"site\.pub\.pem is missing"):
        public_key()
    assert not ensure_keys()
    assert public_key() == before


def test_what_is_no_key_is_said_so():
    with pytest.raises(DomainError, match="not a public key"):
        check(b"hello", b"", b"")


def test_a_file_that_is_missing_is_said_so():
    with pytest.raises(DamagedFile, match="is missing"):
        read("0" * 64)
