"""Merging two records of one body, and undoing it: the plan that is shown first, and the two acts.

The data of it is `Merge`; who may do it stands in the roles, and the pages in the admin.
"""

from clusters.merging.acts import merge, undo
from clusters.merging.plans import Part, Plan, moved_in_words, plan

__all__ = ["Part", "Plan", "merge", "moved_in_words", "plan", "undo"]
