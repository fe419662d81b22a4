"""The device history record as a document: pages, attached data, and one seal over both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from packline.assurance.calc.bytes_seal import seal_bytes
from packline.assurance.calc.dhr import DeviceHistory
from packline.assurance.calc.pages import pages_sha256
from packline.assurance.calc.pictures import joint_map, qr_code
from packline.assurance.calc.record import to_record
from packline.assurance.calc.seal import make_seal
from packline.assurance.calc.typeset import typeset
from packline.assurance.calc.view import history_view
from packline.foundation.chain import canonical

__all__ = ["make_document"]


def make_document(history: DeviceHistory, *, sign: Callable[[bytes], bytes], key_id: str) -> bytes:
    """Return the sealed record as PDF/A-3b; the same history and key give the same bytes.

    The pages are set twice: once to learn their digest, which the seal signs together with the
    data, and once more with the sealed data attached. The attachment does not change the pages,
    and this is checked here each time, so that no document leaves that would not verify. Last
    the bytes of the whole file are signed.
    """
    record = to_record(history)
    view = history_view(history, key_id=key_id)
    at = datetime.fromisoformat(history.header.issued_at)
    pictures = {"code": qr_code(history.header.gs1 or history.header.serial)}
    pictures |= {
        f"joints-{number}": joint_map(joints.joints)
        for number, joints in enumerate(history.joints)
        if joints.joints
    }

    def set_pages(attachment: str) -> bytes:
        return typeset("device_history.typ", view, at=at, pictures=pictures, attachment=attachment)

    shown = pages_sha256(set_pages(""))
    seal = make_seal(record, pages_sha256=shown, sign=sign, key_id=key_id)
    pdf = set_pages(canonical({"record": record, "seal": seal}))
    if pages_sha256(pdf) != shown:
        raise RuntimeError("the attachment changed the pages: the document was not sealed")
    return seal_bytes(pdf, sign)
