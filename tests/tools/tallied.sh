#!/usr/bin/env bash
# Runs a command of the test suite and shows how much it tried: faults, hostile values, states of shells. The tests note
# what held (tests/suite/support/tally.rs); nothing is shown of a run that failed.
set -euo pipefail
# Unit tests hand paths that are more than ASCII to real shells and pythons, which want a locale for that.
if [[ $(locale charmap 2>/dev/null) != UTF-8 ]] && locale -a 2>/dev/null | grep -qiE '^C\.utf-?8$'; then
    export LC_ALL=C.UTF-8
fi

# The random values of a property test are the same in every run, so that a change is judged by the change alone.
# With PROPTEST_RNG_SEED=random they are new ones, which is how `make test-random` looks for more.
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED:-20261129}"
if [[ $PROPTEST_RNG_SEED == random ]]; then
    PROPTEST_RNG_SEED=$(( (RANDOM << 15) + RANDOM ))
    echo "PROPTEST_RNG_SEED=$PROPTEST_RNG_SEED"
fi

VENVWRAP_TALLY="$(mktemp)"
export VENVWRAP_TALLY
trap 'rm -f "$VENVWRAP_TALLY"' EXIT
"$@"
if [[ ! -s $VENVWRAP_TALLY ]]; then
    echo "nothing was noted: no such test ran" >&2
    exit 1
fi
printf '\n%7s  %s\n' tried 'and nothing was lost'
awk -F '\t' '{ tried[$2] += $1 } END { for (kind in tried) printf "%7d  %s\n", tried[kind], kind }' "$VENVWRAP_TALLY" |
    sort -k 2
