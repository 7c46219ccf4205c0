# shellcheck shell=bash
# Automatic switching for bash: when it yields, and how it is called before each prompt.

# Whether something else in this shell switches environments by directory: sets the caller's
# __venvwrap_rival to its name. direnv does so in some directories only, which the binary decides.
function __venvwrap_yields {
    __venvwrap_rival=''
    __venvwrap_beside=''
    ! \builtin declare -F _direnv_hook >/dev/null || __venvwrap_beside='--beside-direnv'
    ! \builtin declare -F _pyenv_virtualenv_hook >/dev/null || __venvwrap_rival='pyenv-virtualenv'
    [[ -n $__venvwrap_rival ]]
}

# Sets the caller's __venvwrap_line to the first line of a file, at most 4096 characters. It ends at
# a NUL, which bash would skip without counting it: a sparse file would hold the prompt for minutes.
function __venvwrap_first_line {
    IFS='' \builtin read -r -d '' -n 4096 __venvwrap_line <"$1" || \builtin true
    __venvwrap_line="${__venvwrap_line%%$'\n'*}"
}

# Adds the call behind what is in PROMPT_COMMAND, whoever put it there. An array keeps the string of
# others as its first element, which they go on setting. bash-preexec has a list of its own.
function __venvwrap_watch {
    \builtin export -n "__venvwrap_watcher=$$" '__venvwrap_seen=' '__venvwrap_project=/' '__venvwrap_reported=' \
        '__venvwrap_listed=' '__venvwrap_worktree=' '__venvwrap_foreign='
    if [[ -n ${bash_preexec_imported-}${__bp_imported-} ]]; then
        [[ " ${precmd_functions[*]-} " == *" __venvwrap_automatic "* ]] || precmd_functions+=(__venvwrap_automatic)
    elif [[ "${PROMPT_COMMAND[*]-}" == *__venvwrap_automatic* ]]; then
        \builtin true
    elif [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 51 ]]; then
        # The first element is for others, also where there is none yet.
        [[ -n ${PROMPT_COMMAND+x} ]] || PROMPT_COMMAND=('')
        PROMPT_COMMAND+=(__venvwrap_automatic)
    else
        # shellcheck disable=SC2128,SC2178 # a string: older versions have no array here
        PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__venvwrap_automatic"
    fi
}
