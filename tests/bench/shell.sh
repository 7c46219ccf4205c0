#!/usr/bin/env bash
# What the benchmark measures inside bash and zsh: the functions as you call them. Runs in either, with the clock of that
# shell. Owns no figures: appends lines of KEY|START|END|COUNT (seconds; COUNT things were done in between) to
# $BENCH_CLOCK. Without `set -u`, which virtualenvwrapper does not survive.
# usage: shell.sh TASK ROUNDS [HOOK]

if [ -n "${ZSH_VERSION-}" ]; then
    zmodload zsh/datetime
    this=zsh
else
    this=bash
fi
PS1='$ '
if [ -z "${EPOCHREALTIME-}" ]; then
    echo "$this has no clock that is fine enough (bash: 5.0 or newer)" >&2
    exit 1
fi

# timed KEY COUNT COMMAND…
timed() {
    local key=$1 count=$2 start end
    shift 2
    start=$EPOCHREALTIME
    "$@"
    end=$EPOCHREALTIME
    printf '%s|%s|%s|%s\n' "$key" "$start" "$end" "$count" >>"$BENCH_CLOCK"
}

# Called through `timed` only.
# shellcheck disable=SC2317
{
    true_eval() { eval "$("$BENCH_TRUE")"; }
    empty_eval() { eval "$("$BENCH_EMPTY")"; }
    init_eval() { eval "$(venvwrap init "$this")"; }
    # shellcheck source=/dev/null
    init_static() { source "$BENCH_STATIC.$this"; }
    # shellcheck source=/dev/null
    load_virtualenvwrapper() { source "$VIRTUALENVWRAPPER_SCRIPT"; }
    load_pyenv_virtualenv() {
        PATH=$BENCH_PYENV/bin:$PATH
        eval "$(pyenv init - bash)"
        eval "$(pyenv virtualenv-init - bash)"
    }
    # What happens before so many prompts.
    prompts() {
        local j
        for ((j = 0; j < $1; j++)); do $hook; done
    }
    # The same after twice so many changes of directory that change nothing.
    changes() {
        local j
        for ((j = 0; j < $1; j++)); do
            cd below && $hook
            cd .. && $hook
        done
    }
    # Into the project and out of it, so many times.
    enter_and_leave() {
        local j
        for ((j = 0; j < $1; j++)); do
            cd "$project" && $hook
            cd "$outside" && $hook
        done
    }
}

# Loads the automatic switching of a tool: sets hook, which is called before each prompt, and count, how often it is
# called for one sample.
load_hook() {
    count=5
    case $1 in
        venvwrap)
            eval "$(venvwrap init "$this" --auto)"
            hook=__venvwrap_automatic
            count=100
            ;;
        pyenv-virtualenv)
            load_pyenv_virtualenv
            hook=_pyenv_virtualenv_hook
            ;;
        direnv)
            eval "$(direnv hook bash)"
            hook=_direnv_hook
            ;;
        mise)
            PATH=$BENCH_PEERS:$PATH
            eval "$(mise activate bash)"
            hook=_mise_hook_prompt_command
            ;;
        scoop-uv)
            eval "$(scuv init bash)"
            hook=_scuv_hook
            ;;
    esac
    project=$HOME/projects/$1
    # Ten levels deep, outside of every project.
    outside=$HOME/1/2/3/4/5/6/7/8/9
    cd "$outside" || exit
    $hook
}

# A hook that does not switch would win every comparison.
check_hook() {
    cd "$project" && $hook
    if [ -z "${VIRTUAL_ENV-}" ]; then
        echo "$1 activated nothing in $project" >&2
        exit 1
    fi
    cd "$outside" && $hook
    if [ -n "${VIRTUAL_ENV-}" ]; then
        echo "$1 did not deactivate $VIRTUAL_ENV" >&2
        exit 1
    fi
}

task=$1
rounds=$2
case $task in
    # Loading is measured once in a shell: the second time is another matter.
    empty_eval | init_eval | init_static | load_virtualenvwrapper) timed "$this-$task" 1 "$task" ;;
    switch)
        init_eval
        for ((i = 0; i < rounds; i++)); do
            timed "$this-true" 1 true_eval
            timed "$this-workon" 1 workon one
            timed "$this-true" 1 true_eval
            timed "$this-workon" 1 workon two
            timed "$this-deactivate" 1 deactivate
            workon two
        done
        ;;
    switch-virtualenvwrapper)
        load_virtualenvwrapper
        workon one
        for ((i = 0; i < rounds; i++)); do
            timed virtualenvwrapper-workon 1 workon two
            timed virtualenvwrapper-workon 1 workon one
        done
        ;;
    create-virtualenvwrapper)
        load_virtualenvwrapper
        timed virtualenvwrapper-create 1 mkvirtualenv -p "$BENCH_PYTHON" new >/dev/null
        ;;
    list-virtualenvwrapper)
        load_virtualenvwrapper
        timed virtualenvwrapper-ls 1 lsvirtualenv -b
        ;;
    switch-pyenv-virtualenv)
        load_pyenv_virtualenv
        for ((i = 0; i < rounds; i++)); do
            timed pyenv-virtualenv-activate 1 pyenv activate benched
            pyenv deactivate
        done
        ;;
    switch-scoop-uv)
        eval "$(scuv init bash)"
        for ((i = 0; i < rounds; i++)); do
            timed scoop-uv-activate 1 scuv activate benched
            scuv deactivate
        done
        ;;
    remove)
        init_eval
        for ((i = 0; i < rounds; i++)); do
            # What `undo` and `rmvirtualenv` still do behind the prompt is not to fall on the next one.
            sleep 0.05
            timed "$this-empty" 1 "$BENCH_EMPTY"
            sleep 0.05
            timed "$this-rmvirtualenv" 1 rmvirtualenv big >/dev/null
            venvwrap undo big >/dev/null
        done
        ;;
    hook)
        load_hook "$3"
        check_hook "$3"
        [ "$this" = bash ] && prefix='' || prefix=$this-
        for ((i = 0; i < rounds; i++)); do
            timed "$prefix$3-idle" "$count" prompts "$count"
            timed "$prefix$3-stay" $((2 * count)) changes "$count"
            timed "$prefix$3-change" 4 enter_and_leave 2
        done
        ;;
    # bench counts the processes of a few of these.
    hook-idle | hook-stay | hook-change)
        load_hook "$3"
        case $task in
            hook-idle) prompts "$rounds" ;;
            hook-stay) changes "$rounds" ;;
            hook-change) enter_and_leave "$rounds" ;;
        esac
        ;;
    # The two differ by one `deactivate`, whose processes are counted.
    enter | enter-and-leave)
        init_eval
        workon one
        if [ "$task" = enter-and-leave ]; then deactivate; fi
        ;;
esac
