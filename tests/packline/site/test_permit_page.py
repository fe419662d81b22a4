"""The page of permits says what each opens, who passed, and whether it still holds."""

from datetime import timedelta

import pytest

from packline.production.models import Permit, PermitUse
from packline.production.services import revoke_permit, sign_permit
from tests.packline.world import build_world, order_in

pytestmark = pytest.mark.django_db


def test_permits_show_how_they_stand_and_a_changed_one_stands_out(client, people, now, afterwards):
    world = build_world(people, now)
    order_in(world, people, now)

    def sign(until, **more):
        return sign_permit(
            opens="person_not_qualified", first_serial="PK-000001", last_serial="PK-000009",
            reason="the trainer stands beside", expires_at=until, by=people.approver, at=now,
            **more,
        )  # fmt: skip

    tomorrow = now + timedelta(days=1)
    sign(tomorrow)
    sign(now + timedelta(minutes=1))
    revoke_permit(permit=sign(tomorrow), because="trained", by=people.approver, at=now)
    used = sign(tomorrow, quantity=1)
    PermitUse.objects.create(permit=used, unit=world.unit(), place=1, used_at=now)
    forged = sign(tomorrow)
    Permit.objects.filter(pk=forged.pk).update(last_serial="PK-999999")
    client.force_login(people.auditor)
    said = client.get("/permits/").content.decode()
    for standing in ("valid", "expired", "revoked", "used up", "signature does not fit"):
        assert said.count(f">{standing}</span>") == 1, standing
    assert '<a href="/units/PK-000001/">PK-000001</a>' in said
    assert "Anna Appr" in said
    assert "revoked" in said
    assert "trained" in said
