"""The desk of a run: documents are set by the other cores while the next units are released."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from packline.assurance.models import Document
from packline.assurance.queries.drafts import (
    Draft,
    documents_due,
    draft_document,
    latest_documents,
)
from packline.assurance.services import issue_document
from packline.foundation.files import read
from packline.production.models import Unit
from packline.site.run.cast import Cast

__all__ = ["Desk"]

WORTH_IT = 6  # units; for fewer, starting another process takes longer than it saves
AHEAD = 8  # documents of so many units may be waiting


class Desk:
    """Issues the documents of units, in their order, each once."""

    def __init__(
        self, *, cast: Cast, folder: Path, clock: Callable[[], datetime], units: int
    ) -> None:
        self._cast, self._folder, self._clock = cast, folder, clock
        self._waiting: deque[tuple[Unit, list[Draft]]] = deque()
        cores = os.cpu_count() or 1
        self._executor: Executor | None = None
        if units >= WORTH_IT and cores > 1:
            # A new process for each, not a copy of this one with its connections and threads.
            self._executor = ProcessPoolExecutor(cores, mp_context=get_context("spawn"))

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        try:
            while self._waiting and failed is None:
                self._issue_next()
        finally:
            if self._executor is not None:
                self._executor.shutdown(cancel_futures=True)

    def issue(self, unit: Unit) -> None:
        """Have the documents set that a released unit lacks, or has from before it moved."""
        for document in latest_documents(unit).values():
            self._lay_out(document)
        drafts = [
            draft_document(unit=unit, kind=kind, at=self._clock(), executor=self._executor)
            for kind in documents_due(unit)
        ]
        self._waiting.append((unit, drafts))
        while len(self._waiting) > (AHEAD if self._executor is not None else 0):
            self._issue_next()

    def _issue_next(self) -> None:
        unit, drafts = self._waiting.popleft()
        for draft in drafts:
            if isinstance(draft.content.exception(), BrokenExecutor):
                # The other process is gone, for want of memory say: this one does it, slowly.
                self._executor = None
                draft = draft_document(unit=unit, kind=draft.kind, at=draft.at)
            self._lay_out(
                issue_document(
                    unit=unit,
                    kind=draft.kind,
                    draft=draft,
                    by=self._cast.approver,
                    at=draft.at,
                )
            )

    def _lay_out(self, document: Document) -> None:
        """Lay a copy of a document where people look for it."""
        copy, content = self._folder / document.file.name, read(document.file.sha256)
        if not copy.exists() or copy.read_bytes() != content:
            copy.write_bytes(content)
