"""Whether everything is in place for a sync: each thing looked at, told, and how to mend it.

Nothing is sent to a record of either CRM. Everything is looked at even where something is wrong:
what cannot be reached is told once, and what hangs on it is left out. On request the missing
external key fields are made on both sides. What is found goes by names, codes and ids; no
record is read, and no secret is told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from include.crmsync.engine.schema_check import hold_against, keys
from include.crmsync.errors import ConfigError, SyncError
from include.crmsync.model.finding import Finding, Verdict
from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System
from include.crmsync.model.schema import Schema
from include.crmsync.pipeline.check_told import log_table, wrong_ones
from include.crmsync.pipeline.suites import rule_issues
from include.crmsync.pipeline.wiring import (
    HUBSPOT,
    SALESFORCE,
    failing_as_airflow_expects,
    real_workshop,
)
from include.crmsync.pipeline.wiring.pool import pool_findings
from include.crmsync.pipeline.workshop import Workshop
from include.crmsync.state.schema import HEAD

CONNECTIONS = {System.HUBSPOT: HUBSPOT, System.SALESFORCE: SALESFORCE}
FULL = 0.75
"""Share of the calls that may be used from which on a warning is due."""


@dataclass(slots=True)
class Check:
    """One check at work: what was found so far, and which systems answered."""

    shop: Workshop
    making: bool
    """Whether missing key fields are to be made."""
    found: list[Finding] = field(default_factory=list)
    reached: list[System] = field(default_factory=list)

    def look(self, what: str, at: Callable[[], Iterable[Finding]], remedy: str = "") -> bool:
        """Look at one thing; whether it could be looked at to the end."""
        try:
            self.found.extend(at())
        except SyncError as error:
            self.found.append(Finding(what, Verdict.WRONG, str(error), remedy))
        except Exception as error:  # noqa: BLE001  one broken thing hides no other; see `Fault`
            told = f"{type(error).__name__}, a fault in the code; its message may hold values"
            self.found.append(Finding(what, Verdict.WRONG, told, "Report it with the task's log."))
        else:
            return True
        return False


def run(*, create_missing: bool = False, workshop: Workshop | None = None) -> list[Finding]:
    """Look at everything, tell it in the log, and raise ConfigError if something is wrong."""
    with failing_as_airflow_expects():
        shop = workshop or real_workshop()
        shop.serve(asked_for=True)
        try:
            found = findings(shop, create_missing=create_missing)
        finally:
            if workshop is None:
                shop.close()
        log_table(found)
        wrong = wrong_ones(found)
        if wrong:
            raise ConfigError(
                f"{len(wrong)} of {len(found)} things are wrong; what to do is in the table above",
                tuple(f"{one.what}: {one.told}" for one in wrong),
            )
        return found


def findings(shop: Workshop, *, create_missing: bool = False) -> list[Finding]:
    """Look at everything."""
    check = Check(shop, create_missing)
    check.look("state store", partial(_state, shop), "See docs/state.md and CRMSYNC_STATE.")
    check.look("pool crm_writes", pool_findings)
    for system in System:
        if check.look(
            f"{system.label}: connection", partial(_connection, system, shop), _mend(system)
        ):
            check.reached.append(system)
    if check.look("mappings", partial(_mappings, shop), "Mend the files that are named."):
        _look_at_rights(check)
        for object_type in shop.mappings:
            _look_at_type(shop.mappings[object_type], check)
    if System.HUBSPOT in check.reached:
        remedy = "Make the list in HubSpot, or name another in CRMSYNC_INCLUSION_LIST."
        check.look("HubSpot: inclusion list", partial(_inclusion_list, shop), remedy)
    for system in check.reached:  # last: each answer above told them anew
        check.look(f"{system.label}: calls of the day", partial(_calls, system, shop))
    return check.found


def _state(shop: Workshop) -> Iterator[Finding]:
    shop.store.account(System.HUBSPOT)  # opens the store, and brings its schema up to date
    yield Finding("state store", Verdict.OK, f"reached, at schema {HEAD}")


def _connection(system: System, shop: Workshop) -> Iterator[Finding]:
    what = f"{system.label}: connection"
    reached = shop.gateways[system].account()
    try:
        known = shop.store.account(system)
    except SyncError:
        known = None  # the store has a line of its own
    if known is not None and known[0] != reached:
        told = f"reaches account {reached}; the state store remembers records of {known[0]}"
        remedy = "Point CRMSYNC_STATE at another store, or the connection at the account it was."
        yield Finding(what, Verdict.WRONG, told, remedy)
        return
    yield Finding(what, Verdict.OK, f"reaches account {reached}")


def _mend(system: System) -> str:
    return (
        f"Mend the Airflow connection {CONNECTIONS[system]} (Admin > Connections); the README's"
        " section on real accounts says what it needs."
    )


def _calls(system: System, shop: Workshop) -> Iterator[Finding]:
    what, gateway = f"{system.label}: calls of the day", shop.gateways[system]
    use, room = gateway.use, gateway.room
    if use is None:
        yield Finding(what, Verdict.OK, "no daily number is told for this kind of access")
        return
    told = f"{use.used} of {use.limit} used; room for {room} more"
    if room is not None and room <= 0:
        remedy = "Wait for the day to pass, or raise CRMSYNC_CALLS_SHARE or the allocation."
        yield Finding(what, Verdict.WRONG, told, remedy)
    elif use.share >= FULL:
        yield Finding(what, Verdict.WARNING, told, "See who else uses them; changes will wait.")
    else:
        yield Finding(what, Verdict.OK, told)


def _mappings(shop: Workshop) -> Iterator[Finding]:
    """Read every mapping and every suite: what is wrong in the files is told as a whole."""
    for object_type in shop.mappings:
        for system in System:
            shop.suite(object_type, system)
    yield Finding("mappings", Verdict.OK, f"read: {', '.join(shop.mappings)}, and their criteria")


def _look_at_rights(check: Check) -> None:
    mappings = list(check.shop.mappings.values())
    for system in check.reached:
        check.look(f"{system.label}: rights", partial(_rights, system, mappings, check))


def _rights(system: System, mappings: list[ObjectMapping], check: Check) -> Iterator[Finding]:
    lists = bool(check.shop.settings.inclusion_list)
    told = check.shop.gateways[system].grants(mappings, lists=lists, making=check.making)
    untold = [one for one in told if one.given is None]
    for one in told:
        what = f"{system.label}: {one.name}"
        if one.given is False:
            yield Finding(what, Verdict.WRONG, f"not granted; needed {one.needed}", _grant(system))
        elif one.given:
            yield Finding(what, Verdict.OK, f"granted, {one.needed}")
    if untold:
        names = ", ".join(one.name for one in untold)
        yield Finding(
            f"{system.label}: scopes",
            Verdict.WARNING,
            "this kind of token does not tell its scopes",
            f"See yourself that it has {names}.",
        )


def _grant(system: System) -> str:
    if system is System.HUBSPOT:
        return "Add the scope to the service key or private app; a new token may be needed."
    return "Grant it in a permission set of the integration user."


def _look_at_type(mapping: ObjectMapping, check: Check) -> None:
    what = mapping.object_type
    if check.making:
        for system in check.reached:
            label = f"{system.label}: key field of {what}"
            check.look(label, partial(_made, system, mapping, check.shop), _grant(system))
    schemas = {system: Schema() for system in System}
    for system in check.reached:
        check.look(
            f"{system.label}: schema of {what}",
            partial(_read, system, mapping, schemas, check.shop),
        )
    check.look(f"mapping of {what}", partial(_held_against, mapping, schemas, check.shop))


def _read(
    system: System, mapping: ObjectMapping, into: dict[System, Schema], shop: Workshop
) -> tuple[Finding, ...]:
    into[system] = shop.gateways[system].schema(mapping)
    return ()  # what it comes to is told when the mapping is held against it


def _made(system: System, mapping: ObjectMapping, shop: Workshop) -> Iterator[Finding]:
    for one in shop.gateways[system].make_key(mapping):
        what = f"{system.label}: making {one.kind}.{one.name}"
        yield Finding(what, Verdict.OK if one.done else Verdict.WRONG, one.told)
    shop.live.forget(mapping.object_type)  # the next run reads the schema as it is now


def _held_against(
    mapping: ObjectMapping, schemas: Mapping[System, Schema], shop: Workshop
) -> Iterator[Finding]:
    wrong: set[str] = set()
    for key in keys(mapping, schemas):
        what = f"{key.system.label}: key field {key.kind}.{key.name}"
        wrong.add(key.wrong)
        if key.wrong:
            remedy = "Make it as the README says, or run the check with `create_missing`."
            yield Finding(what, Verdict.WRONG, key.wrong, remedy)
        else:
            yield Finding(what, Verdict.OK, "there, unique and editable")
    checked = hold_against(mapping, schemas)
    issues = (*checked.issues, *rule_issues(mapping, schemas[System.SALESFORCE].rules, shop))
    what = f"mapping of {mapping.object_type}"
    for text in checked.broken:
        if text not in wrong:
            yield Finding(what, Verdict.WRONG, text)
    for issue in issues:
        if issue.reason not in checked.broken:
            yield Finding(what, Verdict.WARNING, issue.reason)
    if not (checked.broken or issues):
        yield Finding(what, Verdict.OK, f"{len(checked.mapping.fields)} fields, all borne out")


def _inclusion_list(shop: Workshop) -> Iterator[Finding]:
    what, name = "HubSpot: inclusion list", shop.settings.inclusion_list
    if not name:
        yield Finding(what, Verdict.OK, "none is set: every contact may sync")
        return
    shop.gateways[System.HUBSPOT].list_id(name)
    yield Finding(what, Verdict.OK, f"{name!r} is there")
