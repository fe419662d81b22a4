"""Two hundred requests that mean harm or nonsense: each a typed refusal, and no row written."""

import gzip
import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.apps import apps

from packline.resources.models import StationToken
from packline.resources.services import revoke_token
from tests.packline.interface.conftest import ROOT, Station, kit_count

UNIT = "PK-000001"
STEP = f"/units/{UNIT}/steps/kitting/1"
PARQUET = "application/vnd.apache.parquet"
TYPED = {400, 401, 403, 404, 405, 409, 412, 413, 415, 422}

TEXTS = (
    "' OR '1'='1", "1; DROP TABLE foundation_event;--", "\" UNION SELECT * FROM auth_user--",
    "{{7*7}}", "{% debug %}", "${jndi:ldap://x/a}", "<script>alert(1)</script>", "%(secret)s",
    "../../../etc/passwd", "..\\..\\keys\\site.key.pem", "%2e%2e%2f", "/etc/passwd", "file:///x",
    "\u202eexe.gpj", "ﾟPK-000001", "РK-000001", "PK‐000001", "İ", "ﬀ", "e\u0301" * 20, "\u200b",
    "\ufeffPK", "😀" * 9, "a" * 1_000_000, " ", "PK-000001 ", "pk-000001", "None", "null", "NaN",
    "0x1A", "1e309", "-1", "\t", "\r\nX-Evil: 1", "\x00", "PK\x00-000001", "\x1b[2J",
)  # fmt: skip
NUMBERS = (
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", '"4"', "true", "null", "[]", "{}",
    "1" + "0" * 400, '"NaN"', "0x10", "4,0", "01", "1e301", "--4", "+4", ".5", "'4'",
)  # fmt: skip
BODIES = (
    b"", b"null", b"[]", b'"x"', b"0", b"{", b"}", b"{'a': 1}", b"\xff\xfe", b"\x80abc",
    b'{"operation": "kitting", "operation": "welding"}', b'{"operation": "kitting", "x": 1}',
    b'{"operation": "\\ud800"}', b'{"operation": "a\\u0000b"}', b'{"operation": ["kitting"]}',
    b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000, b'{"operation": "kitting"} x',
    b"\xef\xbb\xbf{}", b"<a/>", b"operation=kitting", b'{"operation": {"$gt": ""}}',
    b" " * (5 * 2**20), b'{"operation": "' + b"k" * (5 * 2**20) + b'"}',
)  # fmt: skip
MOMENTS = (
    "yesterday", "2026-11-23", "2026-11-23T09:30:00", "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00", "2026-13-40T99:99:99Z", "2026-11-23T09:30:00+99:99",
    "2031-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "1764000000", 1764000000, 1e300, None, [],
    "2026-02-30T00:00:00Z", "٢٠٢٦-11-23T09:30:00Z",
)  # fmt: skip
NAMES = (
    "../x", "..", ".", "a/b", "a\\b", "C:\\x", "a\x00.png", "x\n.png", "a" * 200, "con?", "a|b",
    "\"a\"", "<a>", " a", "a ", "*",
)  # fmt: skip


def parquet(**columns):
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, compression="zstd")
    return buffer.getvalue()


def zip_bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x", b"0" * 2**24)
    return buffer.getvalue()


def logs():
    good = parquet(r=np.full(8, 0.1))
    yield from (b"", b"PAR1", b"PAR1" + b"\0" * 64 + b"PAR1", good[:-9], good[:40] + good[60:])
    yield zip_bomb()
    yield gzip.compress(good)
    yield parquet(r=pa.array(["=cmd|' /C calc'!A0"] * 8))
    yield parquet(r=pa.array([1.0, None]))
    yield parquet(r=pa.array([float("nan")] * 8))
    yield parquet(r=pa.array([float("inf")] * 8))
    yield parquet(r=np.zeros(300_000))  # 2.4 MB in a few hundred bytes
    yield parquet(**{f"c{n}": np.zeros(8) for n in range(40)})
    yield parquet(other=np.zeros(8))
    yield b"x" * (17 * 2**20)


def reading(**changes):
    return kit_count()[0] | changes


def requests(station, now):
    """Yield (what it is, function that sends it)."""
    at = now.isoformat()
    read = station.read
    for text in TEXTS:
        name = repr(text[:30])
        if text not in ("PK-000001 ",):  # nothing wrong with asking for another serial
            yield f"unit {name}", lambda t=text: station.start(quote(t[:5000], safe=""), "kitting")
        yield f"operation {name}", lambda t=text: station.start(UNIT, t)
        yield f"code {name}", lambda t=text: read(UNIT, "kitting", [reading(code=t)], taken_at=at)
        yield (
            f"gauge {name}",
            lambda t=text: read(UNIT, "kitting", [reading(gauge=t)], taken_at=at),
        )
        yield f"badge {name}", lambda t=text: station.post("/attendance", {"badge": t, "pin": "1"})
    for number in NUMBERS:
        body = '{"readings": [{"code": "kit_cell_count", "unit": "1", "value": %s}], '
        body = body % number + f'"taken_at": "{at}", "program_version": "1"}}'
        yield f"value {number[:30]}", lambda b=body: station.post(STEP + "/readings", b.encode())
    for body in BODIES:
        yield f"body {body[:30]!r}", lambda b=body: station.post(f"/units/{UNIT}/steps", b or b" ")


def more_requests(station, now):
    """Yield moments, names of files, logs, units and places that cannot be."""
    at = now.isoformat()
    read = station.read
    for moment in MOMENTS:
        yield f"moment {moment!r}", lambda m=moment: read(UNIT, "kitting", kit_count(), taken_at=m)
    for name in NAMES:
        yield (
            f"file {name!r}",
            lambda n=name: station.post(
                f"{STEP}/files?name={quote(n, safe='')}", b"x", content_type="image/png"
            ),
        )
    for n, log in enumerate(logs()):
        path = "/units/PK-000001/steps/kitting/1/joints.parquet?judged=joint_resistance:r"
        path += f"&taken_at={quote(at)}&program_version=1"
        yield f"log {n}", lambda c=log, p=path: station.post(p, c or b" ", content_type=PARQUET)
    for unit in ("V", "mV", "", "1 ", "one", "%", "1\n", "Ω"):
        yield (
            f"unit {unit!r}",
            lambda u=unit: read(UNIT, "kitting", [reading(unit=u)], taken_at=at),
        )
    for place in (-1, 10**18, 1.5, "0", None, [1]):
        yield (
            f"position {place!r}",
            lambda p=place: read(UNIT, "kitting", [reading(position=p)], taken_at=at),
        )


def odd_requests(station, now):
    """Yield what is wrong with a request as such: counts, kinds, keys, addresses, tags."""
    at = now.isoformat()
    read = station.read
    many = [reading(position=n) for n in range(5_001)]
    yield "5,001 readings", lambda: read(UNIT, "kitting", many, taken_at=at)
    yield "no reading", lambda: read(UNIT, "kitting", [], taken_at=at)
    yield "the same twice", lambda: read(UNIT, "kitting", kit_count() * 2, taken_at=at)
    for kind in ("text/plain", "application/xml", "multipart/form-data", "", "application/jsonp"):
        body = json.dumps({"operation": "kitting"}).encode()
        yield (
            f"kind {kind!r}",
            lambda k=kind, b=body: station.post(f"/units/{UNIT}/steps", b, content_type=k),
        )
    small = gzip.compress(b"{}")
    yield "gzip", lambda: station.post(f"/units/{UNIT}/steps", small, Content_Encoding="gzip")
    for key in ("", "short", "a" * 201, "with space", "ключ-ключ", "tab\tkey-key"):
        yield f"key {key!r}", lambda k=key: station.start("PK-000002", "kitting", key=k)
    for attempt in ("0", "99999999999999999999", "-1", "1.5", "x", "1%00"):
        yield f"attempt {attempt}", lambda a=attempt: station.finish(UNIT, "kitting", a)
    for query in ("limit=0", "limit=x", "limit=99999999999999999999", "cursor=%00", "state=%0a",
                  "order=" + "a" * 5_000):  # fmt: skip
        yield f"query {query[:20]}", lambda q=query: station.get(f"/units?{q}")
    yield "cursor", lambda: station.get(f"/units/{UNIT}/history?cursor={10**30}")
    for tag in ('"old"', "x", 'W/"a"', '"' + "a" * 500 + '"'):
        yield f"tag {tag[:9]}", lambda t=tag: station.start("PK-000002", "kitting", If_Match=t)


def speakers(station, station_of, people, now):
    """Yield who may not do what is asked: every token and attendance but the right one."""
    readers = station_of("welder", scopes=["units:read", "trace:read", "quality:read"])
    revoked = station_of("welder")
    row = StationToken.objects.get(prefix=revoked.token.split("_")[1])
    revoke_token(token=row, reason="test", by=people.admin, at=now)
    expired = station_of("welder", days=0.0001)
    other = station_of("eol_bench")
    stolen = Station(other.token, station.attendance)  # somebody signed in elsewhere
    forged = Station(station.token[:-4] + "AAAA", station.attendance)
    swapped = Station(station.token.replace(station.token[3:13], other.token[3:13]))
    nobody = Station(station.token, "")
    for name in ("readers", "revoked", "other", "stolen", "forged", "swapped", "nobody"):
        who = locals()[name]
        yield name, lambda w=who: w.read(UNIT, "kitting", kit_count(), taken_at=now.isoformat())
        yield name, lambda w=who: w.finish(UNIT, "kitting")
    yield "expired", lambda: expired.get("/units")
    for header in ("", "Basic YTpi", "Bearer", "Bearer  ", "Bearer a b", "bearer " + "x" * 9_000):
        yield (
            f"header {header[:12]!r}",
            lambda h=header: station.client.get(ROOT + "/units", headers={"Authorization": h}),
        )
    for code in ("x", "../x", "\x00", "' OR 1=1--", "a" * 5_000):
        yield (
            f"attendance {code[:9]!r}",
            lambda c=code: Station(station.token, c).finish(UNIT, "eol"),
        )


def counted():
    return {
        m._meta.label: m.objects.count() for m in apps.get_models() if "packline" in m.__module__
    }


@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_each_of_two_hundred_hostile_requests_is_refused_in_kind_and_writes_nothing(
    station_of, people, now, clock
):
    station = station_of("kitting_bench")
    assert station.start(UNIT, "kitting").status_code == 201
    hostile = [
        *requests(station, now),
        *more_requests(station, now),
        *odd_requests(station, now),
        *speakers(station, station_of, people, now),
    ]
    assert len(hostile) >= 200
    clock.at = now + timedelta(seconds=20)
    before = counted()
    wrong = []
    for name, send in hostile:
        answer = send()
        kind = answer["Content-Type"]
        typed = answer.status_code in TYPED and kind == "application/problem+json"
        if not typed or not answer.json()["type"].startswith("urn:packline:problem:"):
            wrong.append((name, answer.status_code, kind, answer.content[:200]))
    assert wrong == []
    assert counted() == before
