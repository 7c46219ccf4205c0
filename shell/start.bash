# shellcheck shell=bash
# What every new bash reads after start.sh and load.bash or installed.bash: completion, and the
# variables that virtualenvwrapper's loader sets. Loading starts no process and can be repeated.

# Defined anew by the functions that they load.
function __venvwrap_call { __venvwrap_load functions && __venvwrap_call "$@"; }
function __venvwrap_as { __venvwrap_load functions && __venvwrap_as "$@"; }
function __venvwrap_complete { __venvwrap_load functions && __venvwrap_complete "$@"; }

# A separate function, because a hook may `return`. Only `command` keeps a syntax error in the hook
# from ending the shell under set -e and in POSIX mode.
function __venvwrap_read {
    \builtin local __venvwrap_file
    __venvwrap_file="$1"
    \builtin set --
    if \builtin declare -F command >/dev/null; then
        # shellcheck source=/dev/null
        \source "$__venvwrap_file"
    else
        \command source "$__venvwrap_file"
    fi
}

function virtualenvwrapper_cd { \builtin cd "$@" || \builtin return; }

# A bash without programmable completion has no `complete`. (bash 3.2 has no BASHOPTS.)
[[ :${BASHOPTS-progcomp}: != *:progcomp:* ]] || {
    \builtin complete -o nospace -F __venvwrap_complete deactivate mkvirtualenv mktmpenv mkproject \
        rmvirtualenv cpvirtualenv mvvirtualenv workon lsvirtualenv showvirtualenv cdvirtualenv \
        cdsitepackages cdproject setvirtualenvproject lssitepackages add2virtualenv toggleglobalsitepackages wipeenv \
        virtualenvwrapper venvwrap
    \builtin complete -o bashdefault -o default -F __venvwrap_complete allvirtualenv
}

# The name by which users attach this completion to functions of their own.
function _virtualenvs { __venvwrap_complete "$@"; }

# The variables that virtualenvwrapper's loader sets. Only a directory that must be expanded needs
# other functions. Hook templates that virtualenvwrapper made need VIRTUALENVWRAPPER_HOOK_DIR.
[[ -n ${WORKON_HOME-} ]] || WORKON_HOME="${HOME-}/.virtualenvs"
case "$WORKON_HOME:${VIRTUALENVWRAPPER_HOOK_DIR:-/}" in
    [!/]* | *:[!/]*) __venvwrap_load functions && __venvwrap_expand ;;
    *[~$]* | *//*)
        [[ -d $WORKON_HOME && -d ${VIRTUALENVWRAPPER_HOOK_DIR:-/} ]] ||
            { __venvwrap_load functions && __venvwrap_expand; }
        ;;
esac
# shellcheck disable=SC2034 # for hooks
VIRTUALENVWRAPPER_ENV_BIN_DIR=bin
[[ -n ${VIRTUALENVWRAPPER_PROJECT_FILENAME-} ]] || VIRTUALENVWRAPPER_PROJECT_FILENAME=.project
[[ -n ${VIRTUALENVWRAPPER_WORKON_CD-} ]] || VIRTUALENVWRAPPER_WORKON_CD=1
\builtin export WORKON_HOME VIRTUALENVWRAPPER_PROJECT_FILENAME VIRTUALENVWRAPPER_WORKON_CD
[[ -n ${VIRTUALENVWRAPPER_HOOK_DIR-} || ! -e $WORKON_HOME/initialize ]] || VIRTUALENVWRAPPER_HOOK_DIR="$WORKON_HOME"

# In an environment, or after one. (The others of the record are set with these.)
[[ -z ${VENVWRAP_UNDO-}${__venvwrap_record+x}${__venvwrap_shown+x}${__venvwrap_previous+x} ]] ||
    { __venvwrap_load functions && __venvwrap_resume; }
