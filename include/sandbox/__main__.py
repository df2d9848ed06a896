"""`python -m include.sandbox`: both CRMs, emulated, in one process on one port."""

import argparse
import sys
from collections.abc import Sequence

from include.sandbox.assembly import Sandbox, assemble
from include.sandbox.seeding import UnknownSeed, check
from include.sandbox.server import listen, run
from include.sandbox.world import HUBSPOT_TOKEN, SALESFORCE_CLIENT_ID, SALESFORCE_CLIENT_SECRET

BAD_USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal; answers with the exit status."""
    options = _options(arguments)
    try:
        check(options.seed)
        listener = listen(options.host, options.port)
    except UnknownSeed as error:
        return _failed(str(error))
    except (OSError, OverflowError) as error:
        return _failed(f"cannot listen on {options.host}:{options.port}: {error}")
    sandbox = assemble(options.db)
    sandbox.fill(options.seed, options.random_seed)
    host = f"[{options.host}]" if ":" in options.host else options.host
    url = f"http://{host}:{listener.getsockname()[1]}"
    run(sandbox.front, listener, lambda: _ready(url, sandbox, quiet=options.quiet))
    sandbox.close()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m include.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0: any free one")
    parser.add_argument("--seed", default="demo", help="empty, demo, or a number of contacts")
    parser.add_argument("--random-seed", type=int, default=1, metavar="K")
    parser.add_argument("--db", default=":memory:", metavar="PATH", help="keep records in a file")
    parser.add_argument("--quiet", action="store_true", help="do not say when it is ready")
    return parser.parse_args(arguments)


def _ready(url: str, sandbox: Sandbox, *, quiet: bool) -> None:
    if quiet:
        return
    sys.stdout.write(
        f"sandbox ready at {url} (seed {sandbox.seed}): HubSpot token {HUBSPOT_TOKEN}, "
        f"Salesforce client {SALESFORCE_CLIENT_ID} / {SALESFORCE_CLIENT_SECRET}\n"
    )
    sys.stdout.flush()


def _failed(message: str) -> int:
    sys.stderr.write(f"sandbox: {message}\n")
    return BAD_USAGE


if __name__ == "__main__":
    sys.exit(main())
