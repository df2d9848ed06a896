"""The properties API: what there is, and making, changing and archiving properties of one's own."""

from dataclasses import replace
from typing import Any

from include.sandbox.hubspot import moments
from include.sandbox.hubspot.call import Call
from include.sandbox.hubspot.failures import CONFLICT, NOT_FOUND, Failure, bad_request, not_found
from include.sandbox.hubspot.object_types import ObjectType
from include.sandbox.hubspot.portal import Portal
from include.sandbox.hubspot.property import Option, Property
from include.sandbox.hubspot.property_bodies import changed, declared_in
from include.sandbox.router import Route
from include.sandbox.wire import Answer

BASE = "/crm/properties/{kind}"
MOST_UNIQUE, MOST_OWN = 10, 1000
"""Properties of one's own in an object type: with unique values, and in all."""
BATCH = 100


class PropertyCalls:
    """Serves properties."""

    def __init__(self, portal: Portal) -> None:
        self._schema = portal.schema
        self._portal = portal

    def routes(self) -> list[Route]:
        one = f"{BASE}/{{name}}"
        return [
            Route("GET", BASE, self._list),
            Route("POST", BASE, self._create, writes=True),
            Route("POST", f"{BASE}/batch/read", self._read_batch),
            Route("POST", f"{BASE}/batch/create", self._create_batch, writes=True),
            Route("POST", f"{BASE}/batch/archive", self._archive_batch, writes=True),
            Route("GET", one, self._read),
            Route("PATCH", one, self._update, writes=True),
            Route("DELETE", one, self._archive, writes=True),
        ]

    def make(self, kind: ObjectType, told: Any, *, group: str = "") -> Property:
        """A new property as a client tells it; raises Failure."""
        declared = declared_in(told, self._portal.now(), group)
        known = self._schema.of(kind.name)
        if declared.name in known:
            raise Failure(
                409,
                CONFLICT,
                f"A property named '{declared.name}' already exists.",
                sub_category="Properties.PROPERTY_EXISTS",
            )
        if declared.unique and self._unique_own(kind) >= MOST_UNIQUE:
            raise bad_request(f"At most {MOST_UNIQUE} properties of a type can have unique values")
        if sum(not one.own for one in known.values()) >= MOST_OWN:
            raise bad_request(f"At most {MOST_OWN} properties can be made for {kind.name}")
        self._check_place(kind, declared)
        self._put(kind, declared)
        return declared

    def shown(self, kind: ObjectType, declared: Property) -> dict[str, Any]:
        """A property as answers show it, with the options that live elsewhere."""
        if not declared.external:
            return declared.shown()
        options = self._portal.values.options(kind, declared)
        filled = tuple(Option(value, label or value) for value, label in options.items())
        return replace(declared, options=filled).shown()

    def _list(self, call: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        archived = call.flag("archived")
        known = self._schema.archived(what.name) if archived else self._schema.of(what.name)
        return Answer(200, {"results": [self.shown(what, known[name]) for name in sorted(known)]})

    def _read(self, call: Call, kind: str, name: str) -> Answer:
        what = self._portal.types.named(kind)
        return Answer(
            200, self.shown(what, self._found(what, name, archived=call.flag("archived")))
        )

    def _create(self, call: Call, kind: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        with self._portal.database.transaction():
            return Answer(201, self.shown(what, self.make(what, told)))

    def _update(self, call: Call, kind: str, name: str) -> Answer:
        what, told = self._portal.types.named(kind), call.fields()
        declared = self._own(what, name)
        after = replace(changed(declared, told), updated=self._portal.now())
        with self._portal.database.transaction():
            self._check_place(what, after)
            self._put(what, after)
        return Answer(200, self.shown(what, after))

    def _archive(self, _: Call, kind: str, name: str) -> Answer:
        what = self._portal.types.named(kind)
        with self._portal.database.transaction():
            self._schema.archive(what.name, self._own(what, name), self._portal.now())
        return Answer(204)

    def _read_batch(self, call: Call, kind: str) -> Answer:
        what, names = self._portal.types.named(kind), _names(call)
        archived = call.fields().get("archived") is True
        known = self._schema.archived(what.name) if archived else self._schema.of(what.name)
        missing = [name for name in names if name not in known]
        results = [self.shown(what, known[name]) for name in names if name in known]
        errors = [_missing(missing).row()] if missing else []
        return self._answer(200, results, errors)

    def _create_batch(self, call: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        with self._portal.database.transaction():
            made = [self.make(what, one) for one in call.inputs(BATCH)]
        return self._answer(201, [self.shown(what, one) for one in made], [])

    def _archive_batch(self, call: Call, kind: str) -> Answer:
        what = self._portal.types.named(kind)
        with self._portal.database.transaction():
            for name in _names(call):
                self._schema.archive(what.name, self._own(what, name), self._portal.now())
        return Answer(204)

    def _put(self, kind: ObjectType, declared: Property) -> None:
        """Keep a property; what its formula comes to is filled in for every record."""
        self._schema.put(kind.name, declared)
        if declared.formula:
            for rows in self._portal.records.all(kind.name):
                for row in rows:
                    self._portal.derived.settle(kind, row.id, row.properties)
                self._portal.records.put(kind.name, rows)

    def _check_place(self, kind: ObjectType, declared: Property) -> None:
        if declared.group not in self._schema.groups(kind.name):
            raise bad_request(
                f"Property group {declared.group} does not exist", propertyGroup=[declared.group]
            )

    def _unique_own(self, kind: ObjectType) -> int:
        known = self._schema.of(kind.name).values()
        return sum(one.unique and not one.own for one in known)

    def _found(self, kind: ObjectType, name: str, *, archived: bool = False) -> Property:
        known = self._schema.archived(kind.name) if archived else self._schema.of(kind.name)
        if name not in known:
            raise not_found(f"Property {name} does not exist")
        return known[name]

    def _own(self, kind: ObjectType, name: str) -> Property:
        found = self._found(kind, name)
        if found.own:
            raise bad_request(f"{name} is HubSpot's own property and cannot be changed")
        return found

    def _answer(self, status: int, results: list[Any], errors: list[Any]) -> Answer:
        now = moments.shown(self._portal.now())
        body: dict[str, Any] = {
            "status": "COMPLETE",
            "results": results,
            "startedAt": now,
            "completedAt": now,
        }
        if errors:
            body |= {"numErrors": len(errors), "errors": errors}
        return Answer(207 if errors else status, body)


def _names(call: Call) -> list[str]:
    return list(dict.fromkeys(str(one.get("name")) for one in call.inputs(BATCH)))


def _missing(names: list[str]) -> Failure:
    message = "Some properties do not exist. Check that the names are valid."
    return Failure(404, NOT_FOUND, message, context={"name": names})
