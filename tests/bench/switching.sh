# shellcheck shell=bash disable=SC2154 # run.sh has the variables
# Measures switching to an environment, loading the functions, and running a command inside.

measure_switching() {
    local shell task
    for shell in bash zsh fish; do inside "$shell" "$store" switch 8; done
    inside bash "$room/its-store" switch-virtualenvwrapper 1
    inside bash "$room/its-store" load_virtualenvwrapper 1
    if is_here virtualfish; then inside fish "$store" switch-virtualfish 2; fi
    if is_here pyenv-virtualenv; then inside bash "$store" switch-pyenv-virtualenv 1; fi
    if is_here scoop-uv; then inside bash "$store" switch-scoop-uv 2; fi
    for _ in 1 2 3 4; do
        for task in empty_eval init_eval init_static; do inside bash "$store" "$task" 1; done
    done
    for _ in 1 2 3 4; do
        measure 5 run '' 'bin/venvwrap run one true'
        measure 5 env-path '' 'env PATH=store/one/bin:/usr/bin:/bin true'
    done
    measure 2 uv-run '' "'$peers/uv' run --quiet --offline --no-project --python store/one/bin/python true"
    if is_here pew; then where=$room/pew-store measure 1 pew-run '' "'$more_peers/pew' in one true"; fi
    if [ "$round" -le 2 ]; then where=$room/pew-store measure 1 pipenv-run '' "sh -c 'cd piped && pipenv run true'"; fi
}

# Processes that `deactivate` starts in the three shells: with it less without it.
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
    count deactivate "$sum"
    count_hooks
    clean "$room/some" "${under[@]}" bin/venvwrap lsvirtualenv >/dev/null
    count ls-long-processes "$(forks)"
    path=$every_python clean "$store" "${under[@]}" bin/venvwrap python list >/dev/null
    count python-list-processes "$(forks)"
}
