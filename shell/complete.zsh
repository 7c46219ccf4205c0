# Completion for zsh, with or without compinit, whenever that runs. `venvwrap init` prints it before
# the functions, which have __venvwrap_run.

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

# Called on loading and once more before the first prompt, because compinit may come later in the rc
# file, or never.
function __venvwrap_register {
    \builtin emulate -L zsh
    \builtin local -a __venvwrap_ours
    __venvwrap_ours=(deactivate mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv workon lsvirtualenv
        showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject lssitepackages add2virtualenv
        toggleglobalsitepackages wipeenv virtualenvwrapper venvwrap)
    \builtin typeset -ga precmd_functions
    precmd_functions=(${precmd_functions:#__venvwrap_register})
    if (( ${+functions[compdef]} )); then
        compdef __venvwrap_complete "${__venvwrap_ours[@]}"
        compdef __venvwrap_complete_command allvirtualenv
    elif [[ ${1-} == loading ]]; then
        precmd_functions+=(__venvwrap_register)
    else
        compctl -K __venvwrap_complete_old "${__venvwrap_ours[@]}"
        compctl -K __venvwrap_complete_old -S '' cdvirtualenv cdsitepackages
        compctl -l '' allvirtualenv
    fi
}
if [[ -o interactive ]]; then
    __venvwrap_register loading
fi

# The names by which users attach the completion to functions of their own: with compdef, and with
# compctl -K.
function _virtualenvs {
    if [[ $# -gt 0 ]]; then
        __venvwrap_complete_old "$@"
    else
        __venvwrap_complete
    fi
}
