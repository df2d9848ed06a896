"""The links of parents, and of those who have roles, looked up as they are asked for.

A deal that changed names one company and a few contacts, and there may be a million of them. So
the first questions are asked one by one, and whoever asks for more has all read at once. An answer
is kept: within one step nobody is a parent now and none later.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

from include.crmsync.model.record import System
from include.crmsync.state.joined import Joined
from include.crmsync.state.store import Store

FEW = 200
"""Questions that cost less, one by one, than to read what a large org has linked."""

_LONGEST = 18
"""Digits of the longest number that any of our stores can hold."""


class Kin:
    """The links of one object type, from either end."""

    def __init__(self, object_type: str, store: Store, kinds: frozenset[str] | None = None) -> None:
        self._object_type, self._store, self._kinds = object_type, store, kinds
        self._links: dict[System, dict[str, str | None]] = {system: {} for system in System}
        self._records: dict[System, dict[str, str | None]] = {system: {} for system in System}
        self._bereft: dict[System, dict[str, str | None]] = {system: {} for system in System}
        self._asked, self._whole = 0, False

    def links(self) -> dict[System, Mapping[str, str]]:
        """System -> record id -> link id as text; with `kinds`, only of links that live."""
        return {
            system: _Answers(self._links[system], self._of_record(system), self._everything)
            for system in System
        }

    def records(self) -> dict[System, Mapping[str, str]]:
        """System -> link id as text -> record id, of links that live."""
        return {
            system: _Answers(self._records[system], self._of_link, self._everything)
            for system in System
        }

    def bereft(self) -> dict[System, Mapping[str, str]]:
        """System -> record id -> link id as text, of links that have lost a record."""
        return {
            system: _Answers(self._bereft[system], self._of_record(system), self._everything)
            for system in System
        }

    def _of_record(self, system: System) -> Callable[[str], None]:
        def ask(record_id: str) -> None:
            if self._goes_on():
                self._hear(self._store.joined(self._object_type, system, [record_id]))
            self._links[system].setdefault(record_id, None)
            self._bereft[system].setdefault(record_id, None)

        return ask

    def _of_link(self, link_id: str) -> None:
        if link_id.isdecimal() and len(link_id) <= _LONGEST and self._goes_on():
            self._hear(self._store.joined(self._object_type, None, [int(link_id)]))
        for known in self._records.values():
            known.setdefault(link_id, None)

    def _goes_on(self) -> bool:
        """Whether to ask for this one alone; else everything is known, now at the latest."""
        self._asked += 1
        if self._asked > FEW:
            self._everything()
        return not self._whole

    def _everything(self) -> None:
        if not self._whole:
            self._whole = True
            self._hear(self._store.all_joined(self._object_type))

    def _hear(self, joined: Iterable[Joined]) -> None:
        """Note both ends; what was answered before stays as it was."""
        for one in joined:
            if not one.lives:
                self._bereft[System.HUBSPOT].setdefault(one.hubspot_id, str(one.id))
                self._bereft[System.SALESFORCE].setdefault(one.salesforce_id, str(one.id))
            if self._kinds is not None and not (one.lives and one.kind in self._kinds):
                continue
            link_id = str(one.id)
            for system, record_id in zip(System, (one.hubspot_id, one.salesforce_id), strict=True):
                self._links[system].setdefault(record_id, link_id)
                if one.lives:
                    self._records[system].setdefault(link_id, record_id)


class _Answers(Mapping[str, str]):
    """What is known, and asked for where it is not; None stands for known to be nobody."""

    def __init__(
        self,
        known: dict[str, str | None],
        ask: Callable[[str], None],
        everything: Callable[[], None],
    ) -> None:
        self._known, self._ask, self._everything = known, ask, everything

    def __getitem__(self, key: str) -> str:
        if key not in self._known:
            self._ask(key)
        found = self._known.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __iter__(self) -> Iterator[str]:
        self._everything()
        return (key for key, found in self._known.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)
