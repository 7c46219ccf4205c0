# Completion for zsh, with or without compinit, loaded at the first Tab. Registered by start.zsh,
# whenever compinit runs.

# Each candidate is a line, with a description after a tab. One that ends in `/` is not complete.
# -V keeps their order.
function __venvwrap_complete {
    \builtin emulate -L zsh -o extendedglob
    \builtin local __venvwrap_line
    \builtin local -a __venvwrap_done __venvwrap_done_shown __venvwrap_open
    for __venvwrap_line in "${(@f)$(__venvwrap_run 'complete' 'zsh' '--' "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>'/dev/null')}"; do
        case $__venvwrap_line in
            '') ;;
            */) __venvwrap_open+=("$__venvwrap_line") ;;
            *)
                __venvwrap_done+=("${__venvwrap_line%%$'\t'*}")
                __venvwrap_done_shown+=("${__venvwrap_line/$'\t'/  -- }")
                ;;
        esac
    done
    (( $#__venvwrap_open + $#__venvwrap_done )) || \builtin return 1
    (( ! $#__venvwrap_open )) || compadd -S '' -- "${__venvwrap_open[@]}"
    (( ! $#__venvwrap_done )) || compadd -l -V venvwrap -d __venvwrap_done_shown -- "${__venvwrap_done[@]}"
}

# The same for zsh's old completion system (`compctl -K`), which passes the beginning of the word
# and its end.
function __venvwrap_complete_old {
    \builtin emulate -L zsh
    \builtin local __venvwrap_line
    \builtin local -a __venvwrap_words
    \builtin local -i __venvwrap_current
    \builtin read -Ac __venvwrap_words
    \builtin read -nc __venvwrap_current
    reply=()
    for __venvwrap_line in "${(@f)$(__venvwrap_run 'complete' 'zsh' '--' "${(@Q)__venvwrap_words[1,__venvwrap_current-1]}" "${(Q)1}" 2>'/dev/null')}"; do
        [[ -z $__venvwrap_line ]] || reply+=("${__venvwrap_line%%$'\t'*}")
    done
}

# Completes the command line that `allvirtualenv` runs, functions and builtins included.
function __venvwrap_complete_command {
    if [[ $CURRENT -eq 2 && $PREFIX == -* ]]; then
        __venvwrap_complete
    else
        \builtin shift words
        (( CURRENT-- ))
        _normal
    fi
}
