"""Answering requests at an address: in this process, or in several that this one keeps going."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
from multiprocessing.context import SpawnProcess

__all__ = ["answer", "answer_in_workers"]

LOOK_EVERY_S = 1.0  # after a worker, so that one that cannot start does not start all the time
STOP_WITHIN_S = 30.0  # for what is being answered
log = logging.getLogger("django.request")


def answer(listening: socket.socket) -> None:
    """Answer requests in this process until it is told to stop."""
    import uvicorn

    from packline.site.asgi import application

    config = uvicorn.Config(
        application,
        log_config=None,  # the settings say what is logged
        log_level="warning",
        lifespan="off",
        server_header=False,
        timeout_keep_alive=30,
    )
    uvicorn.Server(config).run(sockets=[listening])


def answer_in_workers(listening: socket.socket, count: int) -> None:
    """Keep `count` processes answering until this one is told to stop; who dies is replaced."""
    stop = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: stop.set())
    workers = [_started(listening) for _ in range(count)]
    while not stop.wait(LOOK_EVERY_S):
        for n, worker in enumerate(workers):
            if not worker.is_alive():
                told = "worker %s ended with %s: another takes its place"
                log.error(told, worker.pid, worker.exitcode)
                workers[n] = _started(listening)
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(STOP_WITHIN_S)
        worker.kill()


def _started(listening: socket.socket) -> SpawnProcess:
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(listening,))
    worker.start()
    return worker


def _work(listening: socket.socket) -> None:
    """Answer as one of several processes: this runs in a process of its own."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    from django.urls import get_resolver

    from packline.site.prepare import start_django

    start_django()
    assert get_resolver().url_patterns  # loaded before it takes what another could answer
    answer(listening)


def _end_with_parent() -> None:
    """End when the process that watches this one is gone: its port is to be had again."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
