"""Which criteria hold one field of a record and let the others travel; any other holds it all."""

from include.crmsync.criteria.derived import CRITERIA
from include.crmsync.criteria.suite import Effect
from include.crmsync.model.record import System
from include.crmsync.pipeline.workshop import Workshop

PARENT_LINKED = "parent_linked"

_BY_PLANNING = frozenset(
    {
        *(PARENT_LINKED, "role_holder_linked", "stage_mapped", "stored_as_sent"),
        *("transformable_value", "companion_writable"),
    }
)


def of_one_field(object_type: str, shop: Workshop) -> frozenset[str]:
    """The criteria of planning, of live schemas, and of the suites that people wrote."""
    written = (
        one.criterion
        for system in System
        for one in shop.suite(object_type, system).expectations
        if one.effect is Effect.HOLD_FIELD
    )
    return _BY_PLANNING.union(CRITERIA.values(), written)
