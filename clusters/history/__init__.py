"""The history of records: what a record was at each save, who made it so, when and why.

In the lower room because the records of both rooms are kept alike. What of a record is kept, its own room says (`kept.py`
of each app); comparing, restoring, working copies and trying on stand beside this, for those who show it.
"""

from clusters.history.ahead import is_ahead, is_copied
from clusters.history.keeping import adding_to, changing, claim, keep, keep_new, listing
from clusters.history.registry import Kept, Lines, kept_of, register, registered
from clusters.history.revisions import Act, Revision

__all__ = [
    "Act",
    "Kept",
    "Lines",
    "Revision",
    "adding_to",
    "changing",
    "claim",
    "is_ahead",
    "is_copied",
    "keep",
    "keep_new",
    "kept_of",
    "listing",
    "register",
    "registered",
]
