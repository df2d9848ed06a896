"""Fields that come, go and change in the CRMs while the sync runs, over real HTTP."""

import pytest

from tests.end_to_end.conftest import Installation

pytestmark = pytest.mark.sandbox


def test_the_shipped_mappings_fit_the_sandbox(installation: Installation) -> None:
    told = installation.sync()
    for one in told["object_types"]:
        assert one["mapping_issues"] == []
