"""How much of an uploaded file is received: no more than lets whatever form it was sent to see that it is too large.

Here because every address takes files before it knows who sends them: without an end, one request could fill the disk.
"""

from django.core.files.uploadhandler import FileUploadHandler

from clusters import pictures

RECEIVED = pictures.MAX_BYTES + 1_000_000
"""Bytes of one file; pictures are the largest that any form takes."""


class UpToEnough(FileUploadHandler):
    """Stands before the handlers that keep a file, and passes them its beginning."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start < RECEIVED else None

    def file_complete(self, file_size: int) -> None:
        """The next handler has the file."""
