"""`python -m include.sandbox`: both CRMs, emulated, in one process on one port, or on two."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from include.sandbox.assembly import MEMORY, Sandbox, assemble
from include.sandbox.authority import Authority
from include.sandbox.clock import Clock
from include.sandbox.memory import Unusable
from include.sandbox.salesforce.declaring import BadDeclaration, read
from include.sandbox.seeding import UnknownSeed, check
from include.sandbox.server import Door, listen, run
from include.sandbox.world import HUBSPOT_TOKEN, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET

BAD_USAGE = 2


class Failed(Exception):
    """The sandbox cannot start; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal; answers with the exit status."""
    options = _options(arguments)
    try:
        check(options.seed)
        with _authority(options) as authority:
            return _served(options, authority)
    except (UnknownSeed, Unusable, BadDeclaration, Failed) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return BAD_USAGE


def _served(options: argparse.Namespace, authority: Authority | None) -> int:
    doors = [_door(options.host, options.port)]
    if authority:
        doors.append(_door(options.host, options.https_port, authority))
    declared = [one for path in options.declare for one in read(Path(path))]
    sandbox = assemble(options.db, declared)
    sandbox.control.authority = authority.pem if authority else None
    sandbox.fill(options.seed, options.random_seed)
    finished = run(sandbox.front, doors, lambda: _ready(options, doors, sandbox))
    if not finished:
        # A call is still at work, on a transaction that will never be committed. Python would
        # wait for its thread; whoever sent the signal should not have to.
        sys.stdout.flush()
        os._exit(0)
    sandbox.close()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0: any free one")
    parser.add_argument(
        "--https-port", type=int, metavar="P", help="serve HTTPS there as well; 0: any free one"
    )
    parser.add_argument(
        "--ca",
        metavar="DIR",
        help="where the certificate authority is kept (default: beside --db, else nowhere)",
    )
    parser.add_argument("--seed", default="demo", help="empty, demo, or a number of contacts")
    parser.add_argument("--random-seed", type=int, default=1, metavar="K")
    parser.add_argument("--db", default=MEMORY, metavar="PATH", help="keep records in a file")
    parser.add_argument(
        "--declare",
        action="append",
        default=[],
        metavar="PATH",
        help="Salesforce's custom objects and fields, a YAML file; may be given again",
    )
    parser.add_argument("--quiet", action="store_true", help="do not say when it is ready")
    return parser.parse_args(arguments)


@contextmanager
def _authority(options: argparse.Namespace) -> Iterator[Authority | None]:
    """What vouches for the HTTPS port, None without one."""
    if options.https_port is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="sandbox-ca-") as passing:
        kept = passing if options.db == MEMORY else Path(options.db).parent / "ca"
        folder = Path(options.ca or kept)
        try:
            authority = Authority(folder, Clock().now)
        except OSError as error:
            raise Failed(f"cannot keep a certificate authority in {folder}: {error}") from error
        yield authority


def _door(host: str, port: int, authority: Authority | None = None) -> Door:
    try:
        return Door(listen(host, port), authority)
    except (OSError, OverflowError) as error:
        raise Failed(f"cannot listen on {host}:{port}: {error}") from error


def _ready(options: argparse.Namespace, doors: Sequence[Door], sandbox: Sandbox) -> None:
    if options.quiet:
        return
    host = f"[{options.host}]" if ":" in options.host else options.host
    urls = [f"{'https' if door.authority else 'http'}://{host}:{door.port}" for door in doors]
    sys.stdout.write(
        f"sandbox ready at {' and '.join(urls)} (seed {sandbox.seed}): HubSpot token "
        f"{HUBSPOT_TOKEN}, Salesforce client {SALESFORCE_CLIENT_ID} / {SALESFORCE_CLIENT_SECRET}\n"
    )
    for door in doors:
        if door.authority:
            sys.stdout.write(f"certificate authority: {door.authority.folder / 'ca.pem'}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
