#!/usr/bin/env bash
# Build .venv from the lock files: a fast installer first, then everything at its exact version.
# Byte-compiled, because Airflow starts a process for every task and would else compile each time.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }

version=$("${PYTHON:-python3.11}" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null || true)
if [ "$version" != "3.11" ]; then
  say "Python 3.11 is needed, and ${PYTHON:-python3.11} is ${version:-not there}. Install it, or name it: make PYTHON=/path/to/python3.11 setup"
  exit 1
fi

# An empty or unwritable home must not stop us: caches then live beside the environment.
if [ ! -w "${HOME:-/nonexistent}" ]; then
  mkdir -p .local/home
  HOME="$PWD/.local/home"
  export HOME
fi

began=$SECONDS
rm -f .venv/.ready
if [ ! -x .venv/bin/python ]; then
  say "making .venv with Python $version"
  "$PYTHON" -m venv .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-setup.lock
say "installing some 240 packages at their locked versions (a minute or less with a cold cache)"
.venv/bin/python -m uv pip sync --quiet --python .venv/bin/python --require-hashes --compile-bytecode \
  requirements-setup.lock requirements.lock requirements-dev.lock
touch .venv/.ready
say "done in $((SECONDS - began)) s"
