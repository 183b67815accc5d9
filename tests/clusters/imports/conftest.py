"""What the figures of an import are about."""

import pytest

from tests import factories as make


@pytest.fixture
def told_by():
    """What figures are about: a cluster, an indicator and a source."""
    make.make_source(slug="etude", url="https://www.example.org/etude/", title="L’étude", published="2024")
    make.make_indicator(code="members", label="Adhérents")
    return make.make_cluster(slug="ce3m", name="CE3M")
