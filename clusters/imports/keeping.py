"""The file between its preview and its confirmation: kept on the server by its digest, named to the browser by a signature.

What is imported is the very file that was looked at; nothing of it comes back from the browser.
"""

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing

KEPT_FOR = 24 * 3600
"""Seconds that a file waits for its confirmation."""
_SALT = "clusters.imports"


@dataclass(frozen=True)
class Kept:
    """What a preview was made of.

    Attributes:
        file: digest of the file.
        name: what the editor's computer calls it.
        seen: digest of the review that was shown.
        user: whose preview it was.
    """

    kind: str
    file: str
    name: str
    encoding: str
    seen: str
    user: int

    def signed(self) -> str:
        return signing.dumps(list(vars(self).values()), salt=_SALT, compress=True)


def read(token: str, kind: str, user: Any) -> Kept | None:
    """What a signature names; None if it is none of ours, too old, another's or of another kind of import."""
    try:
        kept = Kept(*signing.loads(token, salt=_SALT, max_age=KEPT_FOR))
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return kept if kept.kind == kind and kept.user == user.pk else None


def put(content: bytes) -> str:
    """Keep a file, and forget those that nobody has confirmed in time; its digest."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    forget(folder)
    digest = hashlib.sha256(content).hexdigest()
    # Written beside and moved: of two uploads of one file at once, neither reads half of the other's.
    beside = folder / f"{digest}.{os.getpid()}.{time.monotonic_ns()}"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        handle.write(content)
    beside.replace(folder / digest)
    return digest


def get(digest: str) -> bytes | None:
    """A file by its digest; None if it is not kept any more, or is not what it was."""
    try:
        content = (_folder() / Path(digest).name).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == digest else None


def forget(folder: Path) -> None:
    """Remove what has waited too long."""
    for path in folder.iterdir():
        try:
            if time.time() - path.stat().st_mtime > KEPT_FOR:
                path.unlink()
        except OSError:
            continue  # another process was faster


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"
