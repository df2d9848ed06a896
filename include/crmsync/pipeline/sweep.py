"""Letting held records go again: every night, or when a person says so.

What a CRM refused is held until it changes. Some of it has been mended without any change that
the sync could see: a rule was loosened, a lock released, a permission granted; and what failed
too often for a passing reason was given up. The nightly sweep lets these go once more, by the
catalogue's word for each code. A person may choose others, by code, category or record. What
is let go is read by the next run; nothing is written here, and no CRM is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.crmsync.errors import ConfigError
from include.crmsync.errors.catalogue import Advice, Category, advice
from include.crmsync.model.plan import Held
from include.crmsync.pipeline.once import OBJECT_TYPES
from include.crmsync.pipeline.wiring import failing_as_airflow_expects, real_workshop
from include.crmsync.pipeline.workshop import Workshop


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person wants to go again; nothing said: what the nightly sweep lets go."""

    codes: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    records: frozenset[str] = frozenset()
    everything: bool = False

    def takes(self, held: Held, told: Advice) -> bool:
        """Whether a refusal is among what was chosen."""
        if self.everything:
            return True
        if not (self.codes or self.categories or self.records):
            return told.swept
        return (
            told.code in self.codes
            or told.category in self.categories
            or held.record_id in self.records
        )


NIGHTLY = Chosen()


def sweep(object_type: str, shop: Workshop, chosen: Chosen = NIGHTLY) -> int:
    """Let the refused records of one object type go that are chosen; how many there are."""
    go = [
        one
        for one in shop.store.held(object_type)
        if (by := one.refused_by) and chosen.takes(one, advice(by, one.code))
    ]
    shop.store.let_go(object_type, go, shop.now())
    return len({(one.system, one.record_id) for one in go})


def run(chosen: Chosen = NIGHTLY, workshop: Workshop | None = None) -> dict[str, int]:
    """Sweep every object type; how many records of each will go again."""
    with failing_as_airflow_expects():
        shop = workshop or real_workshop()
        try:
            return {object_type: sweep(object_type, shop, chosen) for object_type in OBJECT_TYPES}
        finally:
            if workshop is None:
                shop.close()


def chosen(told: Mapping[str, Any]) -> Chosen:
    """What the parameters of a DAG run, or of the command line, choose; raises ConfigError."""
    word = str(told.get("category") or "")
    if word and word not in set(Category):
        raise ConfigError(f"{word} is no category of refusals", tuple(map(str, Category)))
    return Chosen(
        codes=_words(told.get("code")),
        categories=frozenset({Category(word)} if word else ()),
        records=_words(told.get("record")),
        everything=bool(told.get("everything")),
    )


def _words(told: Any) -> frozenset[str]:
    return frozenset(str(told or "").replace(",", " ").split())
