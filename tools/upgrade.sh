#!/bin/sh
# Bring the newest neonize in the range that pyproject.toml allows. WhatsApp refuses clients that are some
# months old (405), and a release of ours may come later than one of neonize.
set -eu
cd "$(dirname "$0")/.."

range=$(.venv/bin/python -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    dependencies = tomllib.load(file)["project"]["dependencies"]
print(next(each for each in dependencies if each.startswith("neonize")))')
version() { .venv/bin/python -c 'from importlib.metadata import version; print(version("neonize"))'; }

before=$(version)
if ! .venv/bin/python -m pip install -qq --disable-pip-version-check --only-binary :all: --upgrade "$range"; then
    printf 'error: %s could not be brought.\n  hint: check the network, then run: make upgrade\n' "$range" >&2
    exit 1
fi
after=$(version)
if [ "$before" = "$after" ]; then
    echo "neonize $after is the newest in the range $range."
else
    echo "neonize $before -> $after. Run wa2pg extract again."
fi
