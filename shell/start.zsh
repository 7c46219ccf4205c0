# What every new zsh reads after start.sh and load.zsh or installed.zsh: completion, and the
# variables that virtualenvwrapper's loader sets. Loading starts no process and can be repeated.
#
# `autoload` would not do for the public functions: a copy of one under another name could not be
# loaded.

# Defined anew by the functions that they load.
function __venvwrap_call { __venvwrap_load functions && __venvwrap_call "$@"; }
function __venvwrap_as { __venvwrap_load functions && __venvwrap_as "$@"; }
function __venvwrap_complete { __venvwrap_load functions && __venvwrap_complete "$@"; }
function __venvwrap_complete_old { __venvwrap_load functions && __venvwrap_complete_old "$@"; }
function __venvwrap_complete_command { __venvwrap_load functions && __venvwrap_complete_command "$@"; }

# A separate function, because a hook may `return`.
function __venvwrap_read {
    \builtin local __venvwrap_file="$1"
    \builtin set --
    \builtin source "$__venvwrap_file"
}

function virtualenvwrapper_cd { \builtin cd -q "$@"; }

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
    if \builtin typeset -f compdef >/dev/null; then
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

# The variables that virtualenvwrapper's loader sets. Only a directory that must be expanded needs
# other functions. Hook templates that virtualenvwrapper made need VIRTUALENVWRAPPER_HOOK_DIR.
[[ -n ${WORKON_HOME-} ]] || \builtin typeset -g WORKON_HOME="${HOME-}/.virtualenvs"
case "$WORKON_HOME:${VIRTUALENVWRAPPER_HOOK_DIR:-/}" in
    [!/]* | *:[!/]*) __venvwrap_load functions && __venvwrap_expand ;;
    *[~$]* | *//*)
        [[ -d $WORKON_HOME && -d ${VIRTUALENVWRAPPER_HOOK_DIR:-/} ]] ||
            { __venvwrap_load functions && __venvwrap_expand; }
        ;;
esac
\builtin typeset -g VIRTUALENVWRAPPER_ENV_BIN_DIR=bin
[[ -n ${VIRTUALENVWRAPPER_PROJECT_FILENAME-} ]] || \builtin typeset -g VIRTUALENVWRAPPER_PROJECT_FILENAME=.project
[[ -n ${VIRTUALENVWRAPPER_WORKON_CD-} ]] || \builtin typeset -g VIRTUALENVWRAPPER_WORKON_CD=1
\builtin export WORKON_HOME VIRTUALENVWRAPPER_PROJECT_FILENAME VIRTUALENVWRAPPER_WORKON_CD
[[ -n ${VIRTUALENVWRAPPER_HOOK_DIR-} || ! -e $WORKON_HOME/initialize ]] ||
    \builtin typeset -g VIRTUALENVWRAPPER_HOOK_DIR="$WORKON_HOME"

# In an environment, or after one. (The others of the record are set with these.)
[[ -z ${VENVWRAP_UNDO-}${__venvwrap_record+x}${__venvwrap_shown+x}${__venvwrap_previous+x} ]] ||
    { __venvwrap_load functions && __venvwrap_resume; }
