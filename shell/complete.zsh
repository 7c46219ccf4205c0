# What Tab offers for venvwrap's commands in zsh: with compinit, whenever that comes, and without. `venvwrap init` prints
# it before init.zsh, which has __venvwrap_run.

# Each candidate is a line, with a description after a tab; one that ends in `/` can be gone on with.
function __venvwrap_complete {
    \builtin emulate -L zsh -o extendedglob
    \builtin local line
    \builtin local -a done done_shown open
    for line in "${(@f)$(__venvwrap_run complete zsh -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        case $line in
            '') ;;
            */) open+=("$line") ;;
            *)
                done+=("${line%%$'\t'*}")
                done_shown+=("${line/$'\t'/  -- }")
                ;;
        esac
    done
    (( $#open + $#done )) || \builtin return 1
    (( ! $#open )) || compadd -S '' -- "${open[@]}"
    (( ! $#done )) || compadd -l -d done_shown -- "${done[@]}"
}

# The same for zsh's old completion system (`compctl -K`), which hands over the beginning of the word and its end.
function __venvwrap_complete_old {
    \builtin emulate -L zsh
    \builtin local line
    \builtin local -a words
    \builtin local -i current
    \builtin read -Ac words
    \builtin read -nc current
    reply=()
    for line in "${(@f)$(__venvwrap_run complete zsh -- "${(@Q)words[1,current-1]}" "${(Q)1}" 2>/dev/null)}"; do
        [[ -z $line ]] || reply+=("${line%%$'\t'*}")
    done
}

# What `allvirtualenv` runs, functions and builtins included, and the words of that.
function __venvwrap_complete_command {
    if [[ $CURRENT -eq 2 && $PREFIX == -* ]]; then
        __venvwrap_complete
    else
        \builtin shift words
        (( CURRENT-- ))
        _normal
    fi
}

# Called while loading, and once more before the first prompt: compinit may come later in the rc file than this, or
# never.
function __venvwrap_register {
    \builtin emulate -L zsh
    \builtin local -a ours
    ours=(deactivate mkvirtualenv mktmpenv mkproject rmvirtualenv cpvirtualenv mvvirtualenv workon lsvirtualenv
        showvirtualenv cdvirtualenv cdsitepackages cdproject setvirtualenvproject lssitepackages add2virtualenv
        toggleglobalsitepackages wipeenv virtualenvwrapper venvwrap)
    \builtin typeset -ga precmd_functions
    precmd_functions=(${precmd_functions:#__venvwrap_register})
    if (( ${+functions[compdef]} )); then
        compdef __venvwrap_complete "${ours[@]}"
        compdef __venvwrap_complete_command allvirtualenv
    elif [[ ${1-} == loading ]]; then
        precmd_functions+=(__venvwrap_register)
    else
        compctl -K __venvwrap_complete_old "${ours[@]}"
        compctl -K __venvwrap_complete_old -S '' cdvirtualenv cdsitepackages
        compctl -l '' allvirtualenv
    fi
}
if [[ -o interactive ]]; then
    __venvwrap_register loading
fi

# Under these names people attach the completion to functions of their own: with compdef, and with compctl -K.
function _virtualenvs {
    if [[ $# -gt 0 ]]; then
        __venvwrap_complete_old "$@"
    else
        __venvwrap_complete
    fi
}
