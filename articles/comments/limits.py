"""How many comments may come from one network or one e-mail address."""

import datetime as dt

from clusters.intake.limits import Limits, TooMany

__all__ = ["TooMany", "check", "hold", "network_of"]

WINDOWS = ((dt.timedelta(minutes=10), 3), (dt.timedelta(days=1), 20))
"""(length, how many comments in it)."""

_limits = Limits("articles.comments", WINDOWS)
network_of, hold, check = _limits.network_of, _limits.hold, _limits.check
