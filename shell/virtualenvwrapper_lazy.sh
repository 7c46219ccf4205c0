# shellcheck shell=bash
# The file that rc files and shell frameworks look for first, for bash and zsh: functions that load
# virtualenvwrapper.sh when one of them is first called or completed. Sourcing it starts no process.
#
# Loads VIRTUALENVWRAPPER_SCRIPT; if that is unset, the script beside this one, else the one on
# PATH. _VIRTUALENVWRAPPER_API may list more commands, which exist once that script is loaded.

# zsh can expand an alias in any word: off while this file is parsed.
# shellcheck disable=SC2016 # for eval
\builtin 'eval' ${ZSH_VERSION:+'\builtin \typeset \-g __venvwrap_aliases_were="${options[aliases]}"; \builtin \setopt \no_aliases'}

# virtualenvwrapper's own commands, and the newer ones.
if [[ -n ${ZSH_VERSION-} ]]; then
    # -g: frameworks source this file in a function.
    \builtin typeset -g __venvwrap_lazy_names='' VIRTUALENVWRAPPER_LAZY_LOADED=''
fi
__venvwrap_lazy_names="mkvirtualenv rmvirtualenv lsvirtualenv showvirtualenv workon add2virtualenv cdsitepackages \
cdvirtualenv lssitepackages toggleglobalsitepackages cpvirtualenv setvirtualenvproject mkproject cdproject mktmpenv \
wipeenv allvirtualenv mvvirtualenv ${_VIRTUALENVWRAPPER_API-}"
VIRTUALENVWRAPPER_LAZY_LOADED=''

# Calls `define` or `forget` for each name, whatever IFS is and whether or not this shell splits
# words.
function __venvwrap_lazy {
    \builtin local "__venvwrap_rest=$__venvwrap_lazy_names " __venvwrap_name
    while [[ -n $__venvwrap_rest ]]; do
        __venvwrap_name="${__venvwrap_rest%% *}"
        __venvwrap_rest="${__venvwrap_rest#* }"
        # From the environment, so only names are evaluated.
        [[ -n $__venvwrap_name && $__venvwrap_name != *[!A-Za-z0-9_-]* ]] || \builtin continue
        if [[ $1 == define ]]; then
            \builtin eval "function $__venvwrap_name { virtualenvwrapper_load || \\builtin return; \\$__venvwrap_name \"\$@\"; }"
        else
            # A name may be listed twice: virtualenvwrapper's own loader exports its list.
            \builtin unset -f "$__venvwrap_name" 2>/dev/null || \builtin true
        fi
        __venvwrap_lazy_completion "$1" "$__venvwrap_name"
    done
}

# zsh's old completion system serves these commands until the new one is loaded, which frameworks do
# first or last.
function __venvwrap_lazy_completion {
    if [[ -z ${ZSH_VERSION-} ]]; then
        if [[ $1 == define ]]; then
            \builtin complete -o nospace -F __venvwrap_lazy_complete "$2" 2>/dev/null || \builtin true
        else
            \builtin complete -r "$2" 2>/dev/null || \builtin true
        fi
    elif [[ ! -o interactive ]]; then
        \builtin true
    elif \builtin typeset -f compdef >/dev/null; then
        if [[ $1 == define ]]; then compdef __venvwrap_lazy_complete "$2"; else compdef -d "$2"; fi
    else
        if [[ $1 == define ]]; then compctl -K __venvwrap_lazy_complete "$2"; else compctl + "$2"; fi
    fi
}

# The first Tab loads the functions and then completes. Output while loading would appear in the
# middle of the line.
function __venvwrap_lazy_complete {
    virtualenvwrapper_load >/dev/null 2>&1 || \builtin return 1
    if [[ -z ${ZSH_VERSION-} ]]; then
        \builtin return 124
    elif ! \builtin typeset -f __venvwrap_register >/dev/null; then
        # VIRTUALENVWRAPPER_SCRIPT was set by another tool.
        \builtin return 1
    elif [[ $# -eq 0 ]]; then
        _normal
    else
        __venvwrap_register
        __venvwrap_complete_old "$@"
    fi
}

function virtualenvwrapper_load {
    [[ -z ${VIRTUALENVWRAPPER_LAZY_LOADED-} ]] || \builtin return 0
    if [[ ! -f $VIRTUALENVWRAPPER_SCRIPT ]]; then
        \builtin printf '%s\n' "venvwrap: VIRTUALENVWRAPPER_SCRIPT: '$VIRTUALENVWRAPPER_SCRIPT' is not there" >&2
        \builtin return 1
    fi
    # A name that the script does not define must not call itself forever.
    __venvwrap_lazy forget
    # shellcheck source=/dev/null
    if ! \builtin source "$VIRTUALENVWRAPPER_SCRIPT"; then
        __venvwrap_lazy define
        \builtin return 1
    fi
    VIRTUALENVWRAPPER_LAZY_LOADED=1
    \builtin unset __venvwrap_lazy_names
    \builtin unset -f __venvwrap_lazy __venvwrap_lazy_completion __venvwrap_lazy_complete
}

if [[ -z ${VIRTUALENVWRAPPER_SCRIPT-} ]]; then
    if [[ -n ${ZSH_VERSION-} ]]; then
        # %x is the sourced file, whatever $0 is. Evaluated, because bash cannot parse it.
        \builtin eval '\builtin export VIRTUALENVWRAPPER_SCRIPT="${(%):-%x}"'
    else
        \builtin export "VIRTUALENVWRAPPER_SCRIPT=${BASH_SOURCE[0]}"
    fi
    [[ $VIRTUALENVWRAPPER_SCRIPT == /* ]] || VIRTUALENVWRAPPER_SCRIPT="$PWD/$VIRTUALENVWRAPPER_SCRIPT"
    VIRTUALENVWRAPPER_SCRIPT="${VIRTUALENVWRAPPER_SCRIPT%/*}/virtualenvwrapper.sh"
    if [[ ! -f $VIRTUALENVWRAPPER_SCRIPT ]]; then
        if [[ -n ${ZSH_VERSION-} ]]; then
            VIRTUALENVWRAPPER_SCRIPT="$(\builtin 'whence' '-p' 'virtualenvwrapper.sh')"
        else
            VIRTUALENVWRAPPER_SCRIPT="$(\builtin type -P virtualenvwrapper.sh)"
        fi || VIRTUALENVWRAPPER_SCRIPT=virtualenvwrapper.sh
    fi
fi
# Frameworks read WORKON_HOME before any command is called.
\builtin export VIRTUALENVWRAPPER_SCRIPT "WORKON_HOME=${WORKON_HOME:-${HOME-}/.virtualenvs}"
__venvwrap_lazy define
# Parsed as a whole while aliases are still off. `deactivate` is not on the list, but a shell
# started inside an environment needs it.
{
    if [[ -n ${ZSH_VERSION-} ]]; then
        [[ ${__venvwrap_aliases_were-} == off ]] || \builtin setopt aliases
        \builtin unset __venvwrap_aliases_were
    fi
    [[ -z ${VENVWRAP_UNDO-} ]] || virtualenvwrapper_load
}
