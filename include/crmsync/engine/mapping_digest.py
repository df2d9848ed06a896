"""Digests of a mapping as both systems bear it out: is it still the one a plan was made by?

Each field has one, of its mapping and of its live schemas, so that a new option in one picklist
stops nothing but writes of that field. One more stands for all the rest: what records are
recognised by, what may be created and deleted. The same mapping has the same digests in every
process.
"""

import hashlib
import json
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

from include.crmsync.model.mapping import ObjectMapping

NOT_OF_THE_REST = frozenset({"fields", "bend"})
"""Told by field; and what one run alone does otherwise."""


def field_digests(mapping: ObjectMapping) -> dict[str, str]:
    """Field -> the digest of its mapping and schemas."""
    return {one.name: digest(one) for one in mapping.fields}


def rest_digest(mapping: ObjectMapping) -> str:
    """The digest of all that is no single field's."""
    names = [one.name for one in fields(mapping) if one.name not in NOT_OF_THE_REST]
    return digest({name: getattr(mapping, name) for name in names})


def digest(value: object) -> str:
    """The digest of any value of ours, the same in every process."""
    return hashlib.sha256(json.dumps(_plain(value), sort_keys=True).encode("ascii")).hexdigest()[
        :16
    ]


def _plain(value: Any) -> Any:
    """As JSON can say it, sets in order."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, AbstractSet):
        return sorted((_plain(one) for one in value), key=json.dumps)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value
