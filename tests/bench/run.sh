#!/usr/bin/env bash
# Measures venvwrap beside its peers, all in one run, and prints tables with budgets. Figures never fail it. Owns the
# order of things; room.sh says where, peers.sh beside whom, things.sh on what, measure.sh how; figures.py makes the
# tables.
# usage: run.sh [--write] BINARY
#        --write     also write the tables to docs/figures.md and the chart to docs/figures.svg, unless the run was noisy
#        ROUNDS=N    this many rounds, however long they take, instead of five or as many as four minutes allow
# shellcheck disable=SC2154 # the parts set variables, too
set -euo pipefail
bench=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

# Each thing is measured a few times in each round, so that a busy minute of the machine falls on all of them.
rounds=${ROUNDS:-5}
# No round starts that would end after so many seconds, so that all is done in four minutes.
limit=220
if [ -n "${ROUNDS-}" ]; then limit=100000; fi

say() { printf 'bench: %s\n' "$*" >&2; }

for part in room peers things measure creation switching hooks listing growth costs; do
    # shellcheck source=/dev/null
    source "$bench/$part.sh"
done

# As this file was called: room.sh starts it again in a mount namespace.
namespace=false write=false
arguments=("$@")
while [ $# -gt 1 ]; do
    case $1 in
        --in-namespace) namespace=true ;;
        --write) write=true ;;
        *) say "unknown option $1"; exit 2 ;;
    esac
    shift
done
binary=$(cd -P -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")
arguments[${#arguments[@]} - 1]=$binary
cd -P -- "$bench/../.."
checkout=$PWD

load() { uptime | sed 's/.*load average[s]*: *//; s/,* .*//'; }

cores=$(getconf _NPROCESSORS_ONLN)
if ! $namespace; then
    # Before what is installed now raises it.
    BENCH_LOAD=$(load)
    export BENCH_LOAD
    if $write && ! python3 -B "$bench/figures.py" may-start "$BENCH_LOAD" "$cores"; then exit 1; fi
    tests/tools/prepare.sh --bench
    enter_namespace
fi
make_room
find_peers
say "in $room ($place)"
make_everything
say "counting, after $SECONDS s"

# A loop that always does the same: what changes between two of these is the machine.
calibrate() {
    local start=$EPOCHREALTIME i sum=0
    for ((i = 0; i < 50000; i++)); do sum=$(((sum * 31 + i) % 65521)); done
    echo "$start $EPOCHREALTIME" |
        awk -v round="$round" '{ printf "%s|calibration|%.4f\n", round, ($2 - $1) * 1000 }' >>samples
}

# used FILE: notes the processor seconds of all processes, those of this one and what it waited for, and the time. What
# kernel threads do, they do for the file systems of the run.
used() {
    local kernel
    [ -r /proc/stat ] || return 0
    # A process may end in between.
    kernel=$({ cat /proc/[0-9]*/stat 2>/dev/null || true; } | sed 's/.*) //' |
        awk '$2 == 2 { sum += $12 + $13 } END { print sum + 0 }')
    times >children
    awk -v ticks="$(getconf CLK_TCK)" -v kernel="$kernel" -v now="$EPOCHREALTIME" '
        FNR == NR { if (FNR == 1) all = $2 + $3 + $4 + $7 + $8 + $9 - kernel; next }
        { for (i = 1; i <= 2; i++) { split($i, part, /[ms]/); ours += part[1] * 60 + part[2] } }
        END { printf "%.2f %.2f %s\n", all / ticks, ours, now }' /proc/stat children >"$1"
}

# What was done so far was done for the first time.
: >samples
round=0
calibrate
count_costs
used used-before
rounds_start=$SECONDS
while [ "$round" -lt "$rounds" ] &&
    [ $((SECONDS + (round > 0 ? (SECONDS - rounds_start) / round : 1))) -lt "$limit" ]; do
    round=$((round + 1))
    say "round $round of $rounds, after $SECONDS s"
    measure_creation
    calibrate
    measure_switching
    measure_hooks
    measure_lists_and_removal
    calibrate
    measure_copies
    measure_recipes
    measure_growth
    calibrate
done
used used-after
count_processes
measure 1 rm-now '' 'bin/venvwrap rmvirtualenv --now big'

{
    echo "cores|$cores"
    echo "rounds|$round"
    echo "load|$BENCH_LOAD|$(load)"
    if [ -s used-before ]; then
        awk '{ all[NR] = $1; ours[NR] = $2; at[NR] = $3 }
            END { printf "others|%.3f\n", (all[2] - all[1] - ours[2] + ours[1]) / (at[2] - at[1] + 0.001) }' \
            used-before used-after
    fi
    model=$(awk -F ': ' '/^model name/ { print " (" $2 ")"; exit }' /proc/cpuinfo 2>/dev/null || true)
    echo "machine|$cores cores$model, $(uname -s) $(uname -r), $place"
    echo "versions|$(versions)"
    echo "binary|$(wc -c <bin/venvwrap | tr -d ' ')"
    echo "files|$many_files"
} >run
cd "$checkout"
if [ -n "${BENCH_KEEP-}" ]; then cp "$room"/{run,samples,absent,costs,log} "$BENCH_KEEP/"; fi
"$python" -B "$bench/figures.py" print "$room" "$bench/rows.txt"
if $write; then "$python" -B "$bench/figures.py" write "$room" "$bench/rows.txt" docs/figures.md docs/figures.svg; fi
