"""I24: who was erased for privacy is erased from the state, and never created again."""

import json
from collections.abc import Iterator

from include.crmsync.model.departure import How
from include.crmsync.model.record import System
from include.crmsync.pipeline.documents import Extracted
from include.crmsync.pipeline.forget import OBJECT_TYPE, STEPS
from tests.simulation.runs import Ran
from tests.simulation.scene import Scene
from tests.simulation.wire import Sent


def found(scene: Scene, ran: Ran, object_type: str, task: str) -> Iterator[str]:
    """Note whom a run has found erased: its artifact may be written anew later, or removed."""
    reference = ran.references.get((object_type, "extract"))
    if task == "extract" and reference is not None:
        extracted: Extracted = scene.world.artifacts.load(reference, Extracted)
        for one in extracted.gone.get(System.HUBSPOT, ()):
            if one.how is How.ERASED:
                scene.erased_in.setdefault(one.record_id, ran.name)
    yield from ()


def nothing_is_left(scene: Scene) -> Iterator[str]:
    """No table and no earlier artifact names an erased person's id or e-mail."""
    erased = _erased(scene) | _held(scene)
    if not erased:
        return
    stored = "\n".join(scene.world.state.dump())
    for id_ in erased:
        if f"'{id_}'" in stored or f":{id_}'" in stored:
            yield f"the state store still knows {id_}"
        for value in _own(id_, scene):
            if value in stored:
                yield f"the state store still knows {value!r} of {id_}"
        for reference in _earlier(id_, scene):
            if json.dumps(id_) in scene.world.artifacts.text(reference):
                yield f"the artifact {reference} still knows {id_}"


def never_again(scene: Scene, sent: Sent) -> Iterator[str]:
    """The counterpart of an erased contact gets no new one."""
    if sent.deletes or not sent.landed or sent.before or sent.system is not System.HUBSPOT:
        return
    partners = scene.witness.partners.get((System.SALESFORCE, str(sent.write.external_key)), set())
    for id_ in partners & _erased(scene):
        yield f"{sent.write.key} creates {id_} anew, who was erased"


def _erased(scene: Scene) -> set[str]:
    """HubSpot contacts that were linked and that HubSpot knows no more."""
    linked = {id_ for system, id_ in scene.witness.partners if system is System.HUBSPOT}
    return _unknown(linked, scene)


def _held(scene: Scene) -> set[str]:
    """HubSpot contacts that HubSpot knows no more, and that are held or were found erased.

    Whoever was merely read, in a run that came to no end, is named by nothing that is asked after.
    """
    rows = scene.world.state.rows(
        "SELECT record_id FROM held WHERE object_type = ? AND system = ?",
        OBJECT_TYPE,
        str(System.HUBSPOT),
    )
    return _unknown({id_ for (id_,) in rows} | scene.erased_in.keys(), scene)


def _unknown(ids: set[str], scene: Scene) -> set[str]:
    crm = scene.world.hubspot
    seen = {id_ for _, id_, name in scene.witness.values if name == "email"}
    return {id_ for id_ in ids & seen if id_ not in crm.records and id_ not in crm.bin}


def _own(id_: str, scene: Scene) -> set[str]:
    """E-mails that only this person ever had, and that nobody in Salesforce has now."""
    mine = {one for one in scene.witness.ever(System.HUBSPOT, id_, "email") if one}
    others = {
        value
        for (system, other, name), told in scene.witness.values.items()
        if name == "email" and (system, other) != (System.HUBSPOT, id_)
        for value, _ in told
    }
    return mine - others


def _earlier(id_: str, scene: Scene) -> Iterator[str]:
    """Artifacts of runs up to the first that found the contact erased.

    Later ones read the Salesforce record, which carries the id for as long as it lives.
    """
    overlaps = (one.step for step in scene.world.history.steps for one in step.incidents)
    if any(step is not None and step.do in ("sync", "ask") for step in overlaps):
        return  # a run that was under way read the Salesforce record after another had forgotten
    documents = scene.world.artifacts.documents
    for ran in scene.runner.ran:
        if ran.name == scene.erased_in.get(id_):
            if _ended_well(ran):
                own = [f"{ran.name}/{OBJECT_TYPE}/{step}.json" for step in STEPS]
                yield from [one for one in own if one in documents]
            return
        yield from [one for one in documents if one.startswith(f"{ran.name}/")]


def _ended_well(ran: Ran) -> bool:
    """Whether contacts came to a commit, and nobody repeated a step that reads them again.

    Of a run that was asked for, what the request came to stays; it names ids.
    """
    committed = (OBJECT_TYPE, "commit") in ran.references
    return committed and not ran.step.again and ran.asked is None
