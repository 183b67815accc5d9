"""The registry as its editors see it: one admin for each kind of record, laid out in the order of the work.

It decides nothing: what may be published, verified or recorded stands in the models; this asks them and says what they answer.
"""

from clusters.admin.addresses import FormerAddressAdmin
from clusters.admin.cartography import MapSettingsAdmin
from clusters.admin.choosing import ChosenFilter
from clusters.admin.clusters import ClusterAdmin
from clusters.admin.figures import ObservationAdmin
from clusters.admin.indicators import IndicatorAdmin
from clusters.admin.merging import MergeAdmin
from clusters.admin.records import Incomplete, badge
from clusters.admin.sources import ProgrammeAdmin, SectorAdmin, SourceAdmin
from clusters.admin.suggestions import SuggestionAdmin

__all__ = [
    "ChosenFilter",
    "ClusterAdmin",
    "FormerAddressAdmin",
    "Incomplete",
    "IndicatorAdmin",
    "MapSettingsAdmin",
    "MergeAdmin",
    "ObservationAdmin",
    "ProgrammeAdmin",
    "SectorAdmin",
    "SourceAdmin",
    "SuggestionAdmin",
    "badge",
]
