"""The host that a domain or a web address names: what companies may be recognised by.

People write `https://www.Acme.com:443/about` for `acme.com`. Scheme, `www.`, port, path and case
say nothing; letters beyond ASCII become what the name system has for them. What names no host on
the net (a word, a number, an e-mail address, anything malformed) is none, and matches nobody.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import idna

from include.crmsync.model.mapping import ObjectMapping
from include.crmsync.model.record import System

MORE_DOMAINS = "hs_additional_domains"
"""HubSpot's property with a company's further domains, parted by `;`."""

LONGEST = 253
"""Characters of the longest host there is."""

_SCHEME = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?![0-9]+\Z){_LABEL}")
_WWW = "www."


def host_of(text: object) -> str | None:
    """The host that a text names, in one spelling; None: it names none."""
    whole = str(text or "").strip()
    scheme = _SCHEME.match(whole)
    host = re.split(r"[/?#\\]", whole[scheme.end() :] if scheme else whole, maxsplit=1)[0]
    if scheme:
        host = host.rpartition("@")[2]
    host = re.sub(r":[0-9]*\Z", "", host)
    ascii_host = _ascii(host) if len(host) <= LONGEST + 1 else ""
    bare = ascii_host.lower().removesuffix(".")
    while bare.startswith(_WWW) and "." in bare.removeprefix(_WWW):
        bare = bare.removeprefix(_WWW)
    return bare if len(bare) <= LONGEST and _HOST.fullmatch(bare) else None


def hosts_of(mapping: ObjectMapping, system: System, raw: Mapping[str, Any]) -> frozenset[str]:
    """The hosts a record may be matched by, HubSpot's additional ones too."""
    if mapping.match_domain is None:
        return frozenset()
    texts = [raw.get(mapping.match_domain[system])]
    if system is System.HUBSPOT:
        texts += str(raw.get(MORE_DOMAINS) or "").split(";")
    return frozenset(host for text in texts if (host := host_of(text)))


def spellings(hosts: Iterable[str]) -> list[str]:
    """The hosts as a CRM may hold them: with the letters that people read, too."""
    return list(dict.fromkeys(one for host in hosts for one in (host, _readable(host))))


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except UnicodeError:
        return ""


def _readable(host: str) -> str:
    try:
        return idna.decode(host) if "xn--" in host else host
    except UnicodeError:
        return host
