#!/usr/bin/env bash
# What bench.sh measures inside bash and zsh: the functions as a person calls them. Runs in either, with the clock of
# that shell, one call a sample. Owns no figures: appends lines of KEY|START|END (seconds) to $BENCH_CLOCK.
# Without `set -u`, which virtualenvwrapper does not survive.
# usage: bench-shell.sh TASK ROUNDS

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

# timed KEY COMMAND…
timed() {
    local key=$1 start end
    shift
    start=$EPOCHREALTIME
    "$@"
    end=$EPOCHREALTIME
    printf '%s|%s|%s\n' "$key" "$start" "$end" >>"$BENCH_CLOCK"
}

# Called through `timed` only.
# shellcheck disable=SC2317
{
    true_eval() { eval "$("$BENCH_TRUE")"; }
    empty_eval() { eval "$("$BENCH_EMPTY")"; }
    init_eval() { eval "$(venvwrap init "$this")"; }
    # shellcheck source=/dev/null
    init_static() { source "$BENCH_STATIC.$this"; }
    init_automatic() { eval "$(venvwrap init "$this" --auto)"; }
    # What happens before a prompt with automatic switching, a hundred times.
    prompts() { for ((j = 0; j < 100; j++)); do __venvwrap_automatic; done; }
    # The same after a change of directory that changes nothing.
    changes() {
        for ((j = 0; j < 50; j++)); do
            cd below && __venvwrap_automatic
            cd .. && __venvwrap_automatic
        done
    }
    # shellcheck source=/dev/null
    load_virtualenvwrapper() { source "$VIRTUALENVWRAPPER_SCRIPT"; }
}

task=$1
rounds=$2
case $task in
    # Loading is measured once in a shell: the second time is another matter.
    empty_eval | init_eval | init_static | load_virtualenvwrapper) timed "$this-$task" "$task" ;;
    switch)
        init_eval
        for ((i = 0; i < rounds; i++)); do
            timed "$this-true" true_eval
            timed "$this-workon" workon one
            timed "$this-true" true_eval
            timed "$this-workon" workon two
            timed "$this-deactivate" deactivate
            workon two
        done
        ;;
    switch-virtualenvwrapper)
        load_virtualenvwrapper
        workon one
        for ((i = 0; i < rounds; i++)); do
            timed "$this-virtualenvwrapper-workon" workon two
            timed "$this-virtualenvwrapper-workon" workon one
        done
        ;;
    remove)
        init_eval
        for ((i = 0; i < rounds; i++)); do
            # What `undo` and `rmvirtualenv` still do behind the prompt is not to fall on the next one.
            sleep 0.05
            timed "$this-empty" "$BENCH_EMPTY"
            sleep 0.05
            timed "$this-rmvirtualenv" rmvirtualenv big >/dev/null
            venvwrap undo big >/dev/null
        done
        ;;
    # Ten levels deep, outside of every project.
    stay)
        init_automatic
        mkdir -p "$HOME/1/2/3/4/5/6/7/8/9/below"
        cd "$HOME/1/2/3/4/5/6/7/8/9" || exit
        __venvwrap_automatic
        for ((i = 0; i < rounds; i++)); do
            timed "$this-idle" prompts
            timed "$this-stay" changes
        done
        ;;
    # The two differ by what nothing should be started for.
    automatic | automatic-and-stay)
        init_automatic
        mkdir -p "$HOME/1/below"
        cd "$HOME/1" || exit
        __venvwrap_automatic
        workon one
        cd "$HOME/1" || exit
        if [ "$task" = automatic-and-stay ]; then
            prompts
            changes
        fi
        ;;
    # The two differ by one `deactivate`; bench.sh counts processes.
    enter | enter-and-leave)
        init_eval
        workon one
        if [ "$task" = enter-and-leave ]; then deactivate; fi
        ;;
esac
