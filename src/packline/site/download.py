"""Sending a stored file, checked against its name on the way."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from packline.foundation.files import read
from packline.foundation.models import StoredFile

__all__ = ["download"]


def download(file: StoredFile) -> HttpResponse:
    """Return a file's content as an attachment; never shown inside a page of ours.

    Raises
    ------
    DamagedFile
        If the file is missing or was changed on disk.
    """
    response = HttpResponse(read(file.sha256), content_type=file.media_type)
    disposition = content_disposition_header(as_attachment=True, filename=file.name)
    if disposition:
        response["Content-Disposition"] = disposition
    return response
