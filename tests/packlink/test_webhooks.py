"""Signing as Standard Webhooks does, and where nothing is sent to."""

import socket
import threading
import time

import pytest

from packlink.webhooks import Answer, networks_of, post, secret_text, sign, verify

# The test vector that the libraries of Standard Webhooks (and Svix before them) are held to.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = bytes.fromhex("31f290f6bf0629" + "8aab4f08d43c3f082cf648a362da2da4b0")
HEADERS = {
    "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
BODY = b'{"test": 2432232314}'


def test_the_signature_is_that_of_the_standard():
    assert secret_text(KEY) == SECRET
    found = sign(HEADERS["Webhook-Id"], 1614265330, BODY, [KEY])
    assert found == HEADERS["webhook-signature"]
    assert verify(BODY, HEADERS, SECRET, now_s=1614265330) == HEADERS["Webhook-Id"]


@pytest.mark.parametrize(
    ("change", "now_s"),
    [
        ({"body": BODY + b" "}, 1614265330),
        ({"Webhook-Id": "msg_other"}, 1614265330),
        ({"webhook-signature": "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="}, 1614265330),
        ({"webhook-signature": ""}, 1614265330),
        ({"webhook-timestamp": "soon"}, 1614265330),
        ({"secret": secret_text(bytes(24))}, 1614265330),
        ({"secret": "whsec_?"}, 1614265330),
        ({}, 1614265330 + 301),
        ({}, 1614265330 - 301),
    ],
)
def test_what_was_not_signed_so_or_is_old_is_refused(change, now_s):
    change = dict(change)
    body, secret = change.pop("body", BODY), change.pop("secret", SECRET)
    with pytest.raises(ValueError, match=r"signature|webhook-|secret"):
        verify(body, {**HEADERS, **change}, secret, now_s=now_s)


def test_two_secrets_sign_while_one_takes_over_from_the_other():
    both = sign("m", 1, BODY, [KEY, bytes(32)])
    headers = {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": both}
    for key in (KEY, bytes(32)):
        assert verify(BODY, headers, secret_text(key), now_s=1) == "m"


# Addresses of the special-purpose registries (RFC 6890), and IPv6 forms that lead to them.
NOT_PUBLIC = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "[::1]", "[::]", "[fe80::1]", "[fc00::1]",
    "[::ffff:127.0.0.1]", "[::ffff:a00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "2130706433",
    "0x7f.1", "localhost",
]  # fmt: skip


@pytest.mark.parametrize("host", NOT_PUBLIC)
def test_nothing_is_sent_to_what_is_not_public(host, monkeypatch):
    async def never(*_, **__):
        raise AssertionError("connected")

    monkeypatch.setattr("asyncio.open_connection", never)
    answer = post(f"https://{host}/hook", b"{}", {})
    assert answer.status is None
    assert "not public" in answer.note


@pytest.mark.parametrize("url", ["http://8.8.8.8/", "ftp://8.8.8.8/", "https:///x", "file:///etc"])
def test_only_https_goes_outside(url, monkeypatch):
    monkeypatch.setattr("asyncio.open_connection", lambda *_, **__: pytest.fail("connected"))
    assert post(url, b"{}", {}).status is None
    private = networks_of("10.0.0.0/8")
    assert "http is only" in post("http://10.0.0.1/", b"", {}, allowed=private).note


def test_a_host_with_one_forbidden_address_among_others_is_not_sent_to(monkeypatch):
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert "10.0.0.1 is not public" in post("https://two.example/", b"{}", {}).note


def test_what_was_looked_at_is_what_is_connected_to(monkeypatch):
    """A name that means something else at the second question (DNS rebinding) changes nothing."""
    connected = []

    async def connect(host, port, **options):
        connected.append((host, port, options["server_hostname"]))
        raise OSError("far enough")

    found = [(2, 1, 6, "", ("93.184.216.34", 8443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr("asyncio.open_connection", connect)
    assert post("https://moves.example:8443/", b"{}", {}) == Answer(None, "far enough")
    assert connected == [("93.184.216.34", 8443, "moves.example")]


def answering(*pieces, pause_s=0.0):
    """Listen once on this computer, answer with these bytes, and keep what was asked."""
    server = socket.create_server(("127.0.0.1", 0))
    asked = []

    def serve():
        connection, _ = server.accept()
        with connection, server:
            asked.append(connection.recv(65536))
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except OSError:
                    return
                time.sleep(pause_s)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{server.getsockname()[1]}/hook?to=erp", asked


HERE = networks_of("127.0.0.0/8")


def test_a_message_goes_out_whole_and_its_answer_is_read():
    url, asked = answering(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 204 No Content\r\n\r\n")
    assert post(url, b'{"a":1}', {"webhook-id": "m"}, allowed=HERE).taken
    head, _, body = asked[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /hook?to=erp HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"webhook-id: m" in head
    assert b"Content-Length: 7" in head
    assert body == b'{"a":1}'


def test_a_redirect_is_not_followed_and_is_no_success():
    url, _ = answering(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n")
    answer = post(url, b"{}", {}, allowed=HERE)
    assert (answer.status, answer.taken) == (302, False)
    assert "redirects are not followed" in answer.note


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], "not HTTP"),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000], "limit"),
        ([], "0 bytes"),
        ([b"HTTP/1.1 2", b"00 OK\r\nX", b": ", b"y", b"y", b"y", b"y"], "no answer within"),
    ],
)
def test_whatever_comes_back_ends_soon_and_is_told(pieces, said):
    url, _ = answering(*pieces, pause_s=0.1)
    answer = post(url, b"{}", {}, allowed=HERE, timeout_s=0.3)
    assert answer.status is None
    assert said in answer.note.lower() or said in answer.note


def test_a_receiver_may_say_when_to_come_again():
    url, _ = answering(b"HTTP/1.1 429 Slow Down\r\nretry-after: 120\r\n\r\n")
    assert post(url, b"{}", {}, allowed=HERE) == Answer(429, "Slow Down", 120)


def test_a_message_is_told_apart_from_its_receiver():
    assert Answer(422).about_message
    for status in (401, 404, 410, 429, 500, 503, None):
        assert not Answer(status).about_message
