#!/usr/bin/env bash
# Measures venvwrap beside uv, virtualenv, `python -m venv` and virtualenvwrapper, all in one run, and prints a table for
# the README. Figures never fail it. Owns where, with what and how often; bench-shell.* say what is done inside a shell,
# bench-table.awk and bench-rows.txt make the table, prepare.sh brings the tools.
# usage: bench.sh BINARY
set -euo pipefail
tools=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

# Each thing is measured a few times in each round, so that a busy minute of the machine falls on all of them.
rounds=5

say() { printf 'bench: %s\n' "$*" >&2; }

# --- Where -----------------------------------------------------------------------------------------------------------

# The file system decides half of the figures: an ext4 without a journal makes files ten times slower after some were
# deleted, and a disk adds its own waiting. As root it is a journaled ext4 in memory, in a mount namespace of our own,
# which takes it along when we end; otherwise a tmpfs; otherwise what there is, and the output says so.
namespace=false
if [ "${1-}" = --in-namespace ]; then
    namespace=true
    shift
fi
binary=$(cd -P -- "$(dirname -- "$1")" && pwd)/$(basename -- "$1")
cd -P -- "$tools/../.."
if ! $namespace; then
    tests/tools/prepare.sh --bench
    if [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
        exec unshare --mount "$tools/bench.sh" --in-namespace "$binary"
    fi
fi
peers=$PWD/target/peers/bin

is_roomy_tmpfs() {
    [ "$(stat -f -c %T "$1" 2>/dev/null)" = tmpfs ] && [ -w "$1" ] &&
        [ "$(df -P -k "$1" | awk 'NR == 2 { print $4 }')" -gt 1500000 ] &&
        ! grep -q -E "^[^ ]+ $1 [^ ]+ [^ ]*noexec" /proc/mounts
}

parent=${TMPDIR:-/tmp}
if ! $namespace && is_roomy_tmpfs /dev/shm; then parent=/dev/shm; fi
top=$(mktemp -d "$parent/venvwrap-bench.XXXXXX")
# What still works behind the prompt may write while we remove.
trap 'cd /; umount -l "$top" 2>/dev/null || rm -rf -- "$top" 2>/dev/null || sleep 1; rm -rf -- "$top"' EXIT

room=$top
place=
if $namespace && mount -t tmpfs -o size=4G,mode=755 tmpfs "$top"; then
    mkdir "$top/disk"
    truncate -s 1900M "$top/image"
    if mkfs.ext4 -q -F -N 400000 -E lazy_itable_init=0 "$top/image" && mount -o loop "$top/image" "$top/disk"; then
        room=$top/disk
        place='ext4 with a journal, in memory'
    fi
fi >&2
if [ -n "$place" ]; then
    :
elif $namespace || [ "$parent" = /dev/shm ]; then
    place=tmpfs
else
    place="$(df -P -T "$room" 2>/dev/null | awk 'NR == 2 { print $2 }') on a disk, which distorts what is made or removed"
fi
cd "$room"

# --- With what -------------------------------------------------------------------------------------------------------

# The newest Python that can make environments by itself. It is asked where it really is: a shim of pyenv would cost
# each peer 70 ms.
newest_python() {
    local python
    for python in python3 /usr/bin/python3 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin/python3; do
        "$python" -I -c 'import ensurepip, sys, venv
base = getattr(sys, "_base_executable", sys.executable)
if sys.version_info.releaselevel == "final": print("%d\t%s" % (sys.version_info.minor, base))' 2>/dev/null || true
    done | sort -n | tail -n 1 | cut -f 2
}

python=$(newest_python)
[ -n "$python" ] || { say 'no Python that can make environments'; exit 1; }
wheels=$("$python" -c 'import ensurepip, os.path, sysconfig
print(sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))')
# The directories of all that pyenv has, for PATH.
every_python=$(printf '%s:' "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin)
hyperfine=$(command -v hyperfine)
strace=$(command -v strace || true)
true_binary=/bin/true
[ -x "$true_binary" ] || true_binary=/usr/bin/true
store=$room/store

# clean STORE COMMAND…: runs it in an environment where no setting of the caller's changes a figure (PIP_*,
# PYTHONDONTWRITEBYTECODE), with all caches beside the environments.
clean() {
    local store=$1
    shift
    env -i HOME="$room/home" TMPDIR="$room" \
        PATH="$room/bin:${path-}$(dirname -- "$python"):$peers:/usr/local/bin:/usr/bin:/bin" \
        LC_ALL=C.UTF-8 TERM=dumb WORKON_HOME="$store" XDG_CACHE_HOME="${cache:-$room/cache}" \
        VENVWRAP_BACKGROUND="${background-}" UV_CACHE_DIR="$room/uv-cache" UV_PYTHON_DOWNLOADS=never \
        VIRTUALENV_NO_PERIODIC_UPDATE=1 VIRTUALENVWRAPPER_PYTHON="$peers/python" \
        VIRTUALENVWRAPPER_SCRIPT="$peers/virtualenvwrapper.sh" \
        BENCH_CLOCK="$room/clock" BENCH_TRUE="$true_binary" BENCH_EMPTY="$room/bin/empty" BENCH_STATIC="$room/init" \
        BENCH_PYTHON="$python" "$@"
}

make_bare() {
    local number
    for ((number = 1; number <= $2; number++)); do printf 'env%04d\n' "$number"; done |
        background=0 clean "$1" xargs -n 1 bin/venvwrap mkvirtualenv -p "$python" --without-pip 2>>log
}

# An environment that is exported, and one whose Python is missing again and again.
make_upgradable() {
    clean "$store" fresh heavy 2>>log
    heavy=$(echo store/heavy/lib/python*/site-packages)
    "$python" "$tools/bench-packages.py" 200 store/heavy
    "$python" - "$room/wheels" <<'SCRIPT'
import sys, zipfile
from pathlib import Path
Path(sys.argv[1]).mkdir()
with zipfile.ZipFile(Path(sys.argv[1], "benched-1.0-py3-none-any.whl"), "w") as wheel:
    wheel.writestr("benched.py", "")
    wheel.writestr("benched-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: benched\nVersion: 1.0\n")
    wheel.writestr("benched-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr("benched-1.0.dist-info/RECORD", "")
SCRIPT
    cat >bin/by-hand <<'SCRIPT'
#!/bin/sh
# usage: by-hand NAME    what to do without `venvwrap upgrade`
rm -rf -- "${WORKON_HOME:?}/$1"
venvwrap mkvirtualenv -p "$BENCH_PYTHON" "$1" && "$WORKON_HOME/$1/bin/pip" install -q --no-index --find-links "${WORKON_HOME%/*}/wheels" benched
SCRIPT
    cat >bin/orphan <<'SCRIPT'
#!/bin/sh
# usage: orphan NAME    makes the Python of an environment disappear
cfg=$WORKON_HOME/$1/pyvenv.cfg
sed 's,^home = .*,home = /missing/bin,' "$cfg" >"$cfg.new" && mv "$cfg.new" "$cfg"
exec ln -sfn /missing/bin/python3 "$WORKON_HOME/$1/bin/python"
SCRIPT
    chmod +x bin/by-hand bin/orphan
    clean "$store" by-hand orphan 2>>log
}

make_everything() {
    local name packages number=0 shell
    mkdir bin home store many some
    cp "$binary" bin/venvwrap
    cat >bin/settled <<'SCRIPT'
#!/bin/sh
# Removes what is named, and returns when nothing works behind the prompt any more and both slots of the pool are full.
rm -rf -- "$@"
attempts=100
while [ $attempts -gt 0 ]; do
    attempts=$((attempts - 1))
    # Returns at once while another process fills them.
    venvwrap background stage "$WORKON_HOME" "$BENCH_PYTHON"
    set -- "$WORKON_HOME"/.venvwrap/pool/*/[01]
    if [ $# = 2 ] && ! ls -d "$WORKON_HOME"/.venvwrap/pool/*/.building-* >/dev/null 2>&1; then break; fi
    sleep 0.05
done
exec sleep 0.05
SCRIPT
    cat >bin/fresh <<'SCRIPT'
#!/bin/sh
# usage: fresh NAME    a new environment of venvwrap, with nothing at work behind the prompt
rm -rf -- "${WORKON_HOME:?}/$1"
venvwrap mkvirtualenv -p "$BENCH_PYTHON" "$1" && exec settled
SCRIPT
    chmod +x bin/settled bin/fresh
    echo 'fn main() {}' | rustc -O --crate-name empty -o bin/empty -
    # The person's own settings say how to reach the index; this is the only time that it is asked.
    if ! UV_CACHE_DIR="$room/uv-cache" "$peers/uv" venv --quiet --seed --python "$python" uv-env 2>>log; then
        say "uv reached no package index: nothing is compared with \`uv venv --seed\`"
    fi
    "$peers/virtualenv" --quiet -p "$python" virtualenv-new 2>>log

    for name in one two big; do clean "$store" fresh "$name" 2>>log; done
    packages=$(echo store/big/lib/python*/site-packages)
    until [ "$(find store/big -type f | wc -l)" -ge 16000 ]; do
        number=$((number + 1))
        cp -R -p "$packages/pip" "$packages/pip$number"
    done
    many_files=$(find store/big -type f | wc -l | tr -d ' ')
    make_bare "$room/many" 1000
    make_bare "$room/some" 200
    "$python" "$tools/bench-packages.py" 30 some/*
    mkdir some/.venvwrap/used
    for name in some/*; do : >"some/.venvwrap/used/${name##*/}"; done
    mkdir lots && "$python" "$tools/bench-packages.py" --copies 10 some lots
    make_upgradable
    for shell in bash zsh; do clean "$store" bin/venvwrap init "$shell" >"init.$shell"; done
    # As the functions ask for a plan, with a word of our own for its marks.
    plan=$(grep -o -- '--plan=bash/[0-9]*' init.bash | head -n 1)/1
    # virtualenvwrapper puts hooks into its store; the first load makes them.
    mkdir its-store
    cp -R -p store/one store/two its-store/
    inside bash "$room/its-store" load_virtualenvwrapper 1
    rm -f clock
}

# --- How -------------------------------------------------------------------------------------------------------------

# measure RUNS KEY PREPARATION COMMAND [OPTION OF HYPERFINE]…: adds RUNS samples. No shell is between. What fails
# leaves no sample, and the table says so.
measure() {
    local runs=$1 key=$2 preparation=$3 warmup=0
    shift 3
    # A dear one is warm from the round before.
    if [ "$runs" -gt 3 ]; then warmup=1; fi
    set -- --shell=none --style none --warmup "$warmup" --runs "$runs" --export-json times "$@"
    if [ -n "$preparation" ]; then set -- --prepare "$preparation" "$@"; fi
    echo "== $key" >>log
    # Descriptor 3 is where a plan goes.
    if clean "${where:-$store}" "$hyperfine" "$@" 3>/dev/null >>log 2>&1; then
        awk -v key="$key" '/"times"/ { on = 1; next } /\]/ { on = 0 }
            on { printf "%s|%.4f\n", key, $1 * 1000 }' times >>samples
    else
        failed "$key"
    fi
}

failed() { say "$1 failed: $(tail -n 1 log)"; }

# inside SHELL STORE TASK ROUNDS: what bench-shell.* do.
inside() {
    local shell=$1 store=$2 task=$3 script=$tools/bench-shell.sh
    shift 2
    echo "== $shell $*" >>log
    case $shell in
        bash) set -- --norc "$script" "$@" ;;
        zsh) set -- -f "$script" "$@" ;;
        fish) set -- --no-config "$tools/bench-shell.fish" "$@" ;;
    esac
    if ! clean "$store" ${under[@]+"${under[@]}"} "$(command -v "$shell")" "$@" >>log 2>clock.stderr; then
        cat clock.stderr >>log
        failed "$shell, $task"
    fi
    awk '{ unit["micros"] = 0.001; unit["millis"] = 1; unit["secs"] = 1000 } $1 == "key" { key = $2 }
        /^Executed in/ { printf "%s|%.4f\n", key, $3 * unit[$4] }' clock.stderr >>samples
    if [ -e clock ]; then awk -F '|' '{ printf "%s|%.4f\n", $1, ($3 - $2) * 1000 }' clock >>samples; fi
    rm -f clock
}

# The processes that the last thing under strace started. Threads are none.
forks() { grep -s -E '(clone3?|fork)\(' calls | grep -c -v CLONE_THREAD || true; }

count_processes() {
    local shell enter sum=0
    [ -n "$strace" ] || return 0
    local under=("$strace" -f -qq -e trace=%process -o calls)
    for shell in bash zsh fish; do
        inside "$shell" "$store" enter 1
        enter=$(forks)
        # `workon` starts one: where none was seen, strace may not look.
        if [ "$enter" = 0 ]; then return; fi
        inside "$shell" "$store" enter-and-leave 1
        sum=$((sum + $(forks) - enter))
    done
    echo "deactivate|$sum" >>samples
    sum=0
    for shell in bash zsh; do
        inside "$shell" "$store" automatic 1
        enter=$(forks)
        inside "$shell" "$store" automatic-and-stay 1
        sum=$((sum + $(forks) - enter))
    done
    echo "stay|$sum" >>samples
    clean "$room/some" "${under[@]}" bin/venvwrap lsvirtualenv >/dev/null
    echo "ls-long-processes|$(forks)" >>samples
    path=$every_python clean "$store" "${under[@]}" bin/venvwrap python list >/dev/null
    echo "python-list-processes|$(forks)" >>samples
}

measure_creation() {
    local ours="bin/venvwrap mkvirtualenv -p '$python'" uv="'$peers/uv' venv --quiet --python '$python'"
    local uv_seed="$uv --seed --offline"
    # uv takes the newest pip that it has seen, venvwrap the one of that Python: this is uv with that one.
    local uv_wheel="$uv_seed --no-index --find-links '$wheels'"
    # The same pause before each of these: a processor that slept is slower.
    measure 3 pool 'settled store/new' "$ours new"
    measure 3 uv-seed 'settled uv-new' "$uv_seed uv-new"
    measure 3 uv-wheel 'settled uv-new' "$uv_wheel uv-new"
    measure 2 virtualenv 'settled virtualenv-new' "'$peers/virtualenv' --quiet -p '$python' virtualenv-new"
    measure 1 venv 'settled venv-new' "'$python' -m venv venv-new"
    clean "$store" settled store/new
    measure 1 burst '' "$ours burst{n}" --parameter-scan n 1 10
    clean "$store" settled store/burst*
    measure 1 uv-burst '' "$uv_seed burst{n}" --parameter-scan n 1 10
    rm -rf burst*
    measure 5 bare 'rm -rf store/bare' "$ours --without-pip bare"
    measure 5 uv-bare 'rm -rf uv-bare' "$uv uv-bare"
    measure 2 venv-bare 'rm -rf venv-bare' "'$python' -m venv --without-pip venv-bare"
    measure 2 first-pip 'fresh new' 'store/new/bin/pip --version'
    measure 2 uv-first-pip "$uv_wheel --clear uv-new" 'uv-new/bin/pip --version'
    measure 2 refill "sh -c 'rm -rf store/.venvwrap/pool/*/0'" "bin/venvwrap background stage '$store' '$python'"
    # With a cache of its own. What it prepared behind the prompt would be removed while it works.
    background=0 cache=$room/cold/cache where=$room/cold measure 2 cold "sh -c 'rm -rf cold; mkdir cold'" "$ours new"
}

measure_switching() {
    local shell task
    for shell in bash zsh fish; do inside "$shell" "$store" switch 8; done
    for shell in bash zsh; do inside "$shell" "$store" stay 8; done
    inside bash "$room/its-store" switch-virtualenvwrapper 1
    inside bash "$room/its-store" load_virtualenvwrapper 1
    for _ in 1 2 3 4; do
        for task in empty_eval init_eval init_static; do inside bash "$store" "$task" 1; done
    done
}

measure_lists_and_removal() {
    # A few at a time: these are so short that a single hiccup of the machine would fall on one of them alone.
    for _ in 1 2 3 4; do
        measure 5 empty '' bin/empty
        measure 5 ls-brief '' 'bin/venvwrap lsvirtualenv -b'
        measure 5 plan '' "bin/venvwrap $plan workon one"
        measure 5 run '' 'bin/venvwrap run one true'
        measure 5 env-path '' 'env PATH=store/one/bin:/usr/bin:/bin true'
        where=$room/many measure 5 complete '' "bin/venvwrap complete bash -- workon 'workon env' ' =:'"
        where=$room/many measure 5 ls-brief-1000 '' 'bin/venvwrap lsvirtualenv -b'
        measure 5 ls '' "ls $([ "$(uname)" = Linux ] && echo -U || echo -f) many"
        where=$room/some measure 5 ls-long '' 'bin/venvwrap lsvirtualenv'
        where=$room/some measure 5 ls-packages '' 'bin/venvwrap lsvirtualenv --json'
        where=$room/some measure 5 find '' "bin/venvwrap find 'numpy<2'"
        path=$every_python measure 5 python-list '' 'bin/venvwrap python list'
        # It looks on PATH, and nowhere else where we do: both find the same.
        path=$every_python measure 5 uv-python-list '' "'$peers/uv' python list --only-installed --offline"
    done
    inside bash "$store" remove 6
    cp -R -p store/big copy
    measure 1 rm-rf '' 'rm -rf copy'
}

measure_copies() {
    measure 2 cp-a 'rm -rf copy' 'cp -a store/big copy'
    rm -rf copy
    measure 2 snapshot 'rm -rf store/.venvwrap/snapshots' 'bin/venvwrap snapshot big'
    rm -rf store/.venvwrap/snapshots
    measure 2 cpvirtualenv 'rm -rf store/copy' 'bin/venvwrap cpvirtualenv big copy'
    rm -rf store/copy
    # A file system of its own, as root with the tools for XFS.
    if $namespace && mount_reflinks >>log 2>&1; then
        where=$room/reflinks measure 3 snapshot-reflinks 'rm -rf reflinks/.venvwrap' 'bin/venvwrap snapshot big'
        measure 1 cp-a-reflinks 'rm -rf reflinks/copy' 'cp -a --reflink=never reflinks/big reflinks/copy'
        rm -rf reflinks/copy reflinks/.venvwrap
    fi
}

# An environment of 500 MB on an XFS in memory.
mount_reflinks() {
    local number
    [ ! -e reflinks/big ] || return 0
    mkdir -p reflinks
    truncate -s 1300M "$top/reflinks.image"
    mkfs.xfs -q -m reflink=1 "$top/reflinks.image" && mount -o loop "$top/reflinks.image" reflinks || return 1
    cp -R -p store/one reflinks/big
    for ((number = 1; number <= 100; number++)); do
        head -c 5000000 /dev/zero >"reflinks/big/lib/$number.so"
    done
    # What is not written yet cannot be shared.
    sync -f reflinks
}

measure_recipes() {
    for _ in 1 2; do
        where=$room/lots measure 4 ls-packages-2000 '' 'bin/venvwrap lsvirtualenv --json'
        measure 4 export '' 'bin/venvwrap export heavy'
        measure 4 ls-r '' "ls -R $heavy"
        measure 4 relink 'orphan orphan' "bin/venvwrap $plan workon orphan"
        measure 4 upgrade 'orphan orphan' 'bin/venvwrap upgrade orphan'
    done
    measure 1 pip-freeze '' 'store/heavy/bin/pip freeze'
    measure 1 by-hand '' 'by-hand other'
}

# --- The run ---------------------------------------------------------------------------------------------------------

pip_of() {
    set -- "$1"/lib/python*/site-packages/pip-*.dist-info
    if [ -e "$1" ]; then basename "$1" .dist-info | tr - ' '; else echo 'no pip'; fi
}

header() {
    local cores load_after model wrapper
    cores=$(getconf _NPROCESSORS_ONLN)
    load_after=$(load)
    model=$(awk -F ': ' '/^model name/ { print " (" $2 ")"; exit }' /proc/cpuinfo 2>/dev/null || true)
    echo "$cores cores$model, load $load_before before and $load_after after; $(uname -s) $(uname -r); $place."
    if awk -v cores="$cores" -v before="$load_before" 'BEGIN { exit before < cores }'; then
        echo 'The machine was busy: these medians contain waiting for a processor, which falls hardest on long commands.'
    fi
    wrapper=$("$peers/python" -c 'from importlib.metadata import version; print(version("virtualenvwrapper"))')
    echo "$("$python" -V) with $(pip_of store/one); $("$peers/uv" --version | cut -d ' ' -f 1,2) with $(pip_of uv-env);" \
        "$("$peers/virtualenv" --version | head -n 1 | cut -d ' ' -f 1,2) with $(pip_of virtualenv-new);" \
        "virtualenvwrapper $wrapper; bash $(bash -c 'echo "${BASH_VERSION%%(*}"')," \
        "$(zsh --version | cut -d ' ' -f 1,2), $(fish --version | sed 's/, version//')."
}

# sample KEY last|middle: a single figure, in ms.
sample() {
    awk -F '|' -v key="$1" '$1 == key { print $2 }' sorted |
        awk -v which="$2" '{ value[NR] = $1 } END { printf "%.0f", value[which == "last" ? NR : int((NR + 1) / 2)] }'
}

footer() {
    local pythons
    pythons=$(path=$every_python clean "$store" bin/venvwrap python list | tail -n +2 | wc -l | tr -d ' ')
    cat <<FOOTER
Behind the prompt, and not in these figures: after \`mkvirtualenv\` the packages for the next one are copied,
$(sample refill middle) ms; back to back they are not always ready, and the slowest of all took $(sample burst last) ms.
\`rmvirtualenv\` renames; after seven days a later command has a process behind the prompt delete, here
$(sample rm-now last) ms for $many_files files. The binary has $(wc -c <bin/venvwrap | tr -d ' ') bytes.
\`python list\` and uv's list saw $pythons Pythons, and each had seen them before.
Medians over $round of $rounds rounds, made by \`make bench\`.
FOOTER
}

load() { uptime | sed 's/.*load average[s]*: *//; s/,* .*//'; }

load_before=$(load)
say "in $room ($place)"
make_everything
# What was done so far was done for the first time.
: >samples
round=0
# Done in four minutes, also on a machine or a disk where five rounds take longer.
while [ $round -lt $rounds ] && [ $((SECONDS + SECONDS / (round > 0 ? round : 1))) -lt 220 ]; do
    round=$((round + 1))
    say "round $round of $rounds"
    measure_creation
    measure_switching
    measure_lists_and_removal
    measure_copies
    measure_recipes
done
count_processes
measure 1 rm-now '' 'bin/venvwrap rmvirtualenv --now big'
sort -t '|' -k 2,2n samples >sorted
header
echo
awk -F '|' -f "$tools/bench-table.awk" sorted "$tools/bench-rows.txt"
echo
footer
