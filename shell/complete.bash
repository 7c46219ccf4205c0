# shellcheck shell=bash
# Completion for bash 3.2 and newer, loaded at the first Tab.

# Candidates arrive ready to insert: quoted like the word being typed, with a space after a complete
# one.
function __venvwrap_complete {
    \builtin local __venvwrap_line
    if [[ $1 == allvirtualenv ]]; then
        __venvwrap_complete_command "$@"
        \builtin return
    fi
    COMPREPLY=()
    # In the order given, from bash 4.4 on.
    \builtin compopt -o nosort 2>/dev/null || \builtin true
    while IFS='' \builtin read -r __venvwrap_line; do
        COMPREPLY[${#COMPREPLY[@]}]="$__venvwrap_line"
    done <<<"$(__venvwrap_run complete bash -- "$1" "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)"
    [[ -n ${COMPREPLY[0]} ]] || COMPREPLY=()
}

# Completes the command line that `allvirtualenv` runs: bash-completion knows its words, bash itself
# the commands.
function __venvwrap_complete_command {
    \builtin local __venvwrap_line __venvwrap_words
    if [[ $COMP_CWORD -gt 1 || $2 != -* ]] && \builtin declare -F _command_offset >/dev/null; then
        _command_offset 1
        \builtin return
    fi
    COMPREPLY=()
    [[ $COMP_CWORD -eq 1 ]] || \builtin return 0
    if [[ $2 == -* ]]; then
        __venvwrap_words="$(\builtin compgen -W '--help -h' -- "$2")"
    else
        __venvwrap_words="$(\builtin compgen -c -- "$2")"
    fi
    while IFS='' \builtin read -r __venvwrap_line; do
        [[ -z $__venvwrap_line ]] || COMPREPLY[${#COMPREPLY[@]}]="$__venvwrap_line"
    done <<<"$__venvwrap_words"
}
