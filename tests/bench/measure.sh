# shellcheck shell=bash disable=SC2034,SC2154 # run.sh has the variables
# How something is measured: a process by hyperfine, a function inside its shell. A sample is ROUND|KEY|MILLISECONDS.

# clean STORE COMMAND…: runs it in an environment where no setting of the caller's changes a figure (PIP_*,
# PYTHONDONTWRITEBYTECODE), with all caches beside the environments.
clean() {
    local store=$1
    shift
    env -i HOME="$room/home" TMPDIR="$room" \
        PATH="$room/bin:${path-}$(dirname -- "$python"):$peers:/usr/local/bin:/usr/bin:/bin" \
        LC_ALL=C.UTF-8 TERM=dumb WORKON_HOME="$store" XDG_CACHE_HOME="${cache:-$room/cache}" \
        VENVWRAP_BACKGROUND="${background-}" UV_CACHE_DIR="$room/uv-cache" UV_PYTHON_DOWNLOADS=never \
        VIRTUAL_ENV_DISABLE_PROMPT=1 VIRTUALENV_NO_PERIODIC_UPDATE=1 VIRTUALENVWRAPPER_PYTHON="$peers/python" \
        VIRTUALENVWRAPPER_SCRIPT="$peers/virtualenvwrapper.sh" VIRTUALFISH_HOME="$room/fish-store" \
        PYENV_ROOT="$room/pyenv" SCUV_HOME="$room/scuv" PIPENV_IGNORE_VIRTUALENVS=1 PIPENV_VERBOSITY=-1 \
        BENCH_CLOCK="$room/clock" BENCH_TRUE="$true_binary" BENCH_EMPTY="$room/bin/empty" BENCH_STATIC="$room/share/venvwrap/init" \
        BENCH_PYTHON="$python" BENCH_ROOM="$room" BENCH_PEERS="$more_peers" BENCH_PYENV="$pyenv_root" "$@"
}

failed() { say "$1 failed: $(tail -n 1 log)"; }

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
        awk -v round="$round" -v key="$key" '/"times"/ { on = 1; next } /\]/ { on = 0 }
            on { printf "%s|%s|%.4f\n", round, key, $1 * 1000 }' times >>samples
    else
        failed "$key"
    fi
}

# inside SHELL STORE TASK ROUNDS [HOOK]: what shell.sh and bench-shell.fish do. Under the command in `under`, if set.
inside() {
    local shell=$1 store=$2 task=$3 script=$bench/shell.sh
    shift 2
    echo "== $shell $*" >>log
    case $shell in
        bash) set -- --norc "$script" "$@" ;;
        zsh) set -- -f "$script" "$@" ;;
        fish) set -- --no-config "$bench/../tools/bench-shell.fish" "$@" ;;
    esac
    if ! clean "$store" ${under[@]+"${under[@]}"} "$(command -v "$shell")" "$@" >>log 2>clock.stderr; then
        cat clock.stderr >>log
        failed "$shell, $task ${*: -1}"
    fi
    awk -v round="$round" '{ unit["micros"] = 0.001; unit["millis"] = 1; unit["secs"] = 1000 } $1 == "key" { key = $2 }
        /^Executed in/ { printf "%s|%s|%.4f\n", round, key, $3 * unit[$4] }' clock.stderr >>samples
    if [ -e clock ]; then
        awk -F '|' -v round="$round" '{ printf "%s|%s|%.5f\n", round, $1, ($3 - $2) * 1000 / $4 }' clock >>samples
    fi
    rm -f clock
}

# The processes that the last thing under strace started. Threads are none.
forks() { grep -s -E '(clone3?|fork)\(' calls | grep -c -v CLONE_THREAD || true; }

# count KEY NUMBER
count() { printf '%s|%s|%s\n' "$round" "$1" "$2" >>samples; }
