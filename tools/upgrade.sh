#!/bin/sh
# Raise what wa2pg runs on as far as the ranges in pyproject.toml allow, run the tests, and say what changed.
# WhatsApp refuses clients that are some months old (405), and a release of ours may come later than one of neonize.
# Words given here go to pytest.
set -eu
cd "$(dirname "$0")/.."
. tools/told.sh

python=.venv/bin/python
installed() {
    "$python" -c '
from importlib.metadata import distributions
print("\n".join(sorted({f"{each.name} {each.version}" for each in distributions() if each.name != "wa2pg"})))'
}
ranges=$("$python" -c '
import tomllib
with open("pyproject.toml", "rb") as file:
    print("\n".join(tomllib.load(file)["project"]["dependencies"]))')

# without its stamp .venv is made from the lock again by whatever make runs next: so it is after a Ctrl-C in here
stamp=$(cat .venv/.made-from)
before=$(installed)
rm -f .venv/.made-from
# the ranges hold no spaces
# shellcheck disable=SC2086
if ! "$python" -m pip install -qq --disable-pip-version-check --only-binary :all: --upgrade $ranges; then
    printf '%s' "$stamp" >.venv/.made-from
    fail "$(told "The newer libraries could not be brought." "Не удалось получить новые версии библиотек.")" \
        "$(told "check the network, then run: make upgrade" "проверьте сеть и запустите: make upgrade")"
fi
after=$(installed)
if [ "$before" = "$after" ]; then
    printf '%s' "$stamp" >.venv/.made-from
    told "Everything is the newest that pyproject.toml allows.
" "Всё уже самое новое из того, что допускает pyproject.toml.
"
    exit 0
fi
printf '%s\n=\n%s\n' "$before" "$after" | awk '
    $0 == "=" { new = 1; next }
    !new { old[$1] = $2; next }
    old[$1] != $2 { printf "  %s %s -> %s\n", $1, ($1 in old) ? old[$1] : "-", $2 }'

told "Running the tests with them (minutes) ...
" "Проверяю их тестами (несколько минут) ...
" >&2
if ! "$python" -m pytest -q -n 2 "$@"; then
    sh tools/setup.sh
    fail "$(told "The tests fail with these versions; .venv is back at those of requirements.lock." \
        "С этими версиями тесты не проходят; в .venv снова версии из requirements.lock.")" \
        "$(told "go on as before; a later version of wa2pg may take them" \
            "работайте как раньше; их может принять следующая версия wa2pg")"
fi
printf '%s' "$stamp" >.venv/.made-from
told "The tests pass: these versions are in use from now on.
" "Тесты пройдены: теперь используются эти версии.
"
