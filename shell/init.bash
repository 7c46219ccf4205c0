# shellcheck shell=bash
# venvwrap's functions for bash 3.2 and newer.
#
# The line before these files sets __venvwrap_executable. Each command asks the binary for a plan, which comes on
# descriptor 3 and is made of calls of the functions below; stdout and stderr stay yours. Nothing here starts a process
# while it is loaded, and leaving an environment starts none at all. Loading it twice changes nothing.
#
# Builtins are called as \builtin, past aliases and functions of the same name. Holds under set -e, -u, -C, -f and in
# POSIX mode, whatever IFS and CDPATH are.

# Becomes the binary; only to be called in a subshell. The variables count as they are now, exported or not.
function __venvwrap_run {
    # shellcheck disable=SC2034 # for the binary
    \builtin export WORKON_HOME PROJECT_HOME VIRTUALENVWRAPPER_HOOK_DIR VIRTUALENVWRAPPER_PROJECT_FILENAME \
        VIRTUALENVWRAPPER_WORKON_CD VIRTUALENVWRAPPER_VIRTUALENV VIRTUALENVWRAPPER_VIRTUALENV_ARGS \
        VIRTUALENVWRAPPER_LOG_FILE VIRTUALENVWRAPPER_SCRIPT VIRTUALENVWRAPPER_PYTHON HOOK_VERBOSE_OPTION
    # shellcheck disable=SC2154 # set by the line before this file
    \builtin exec "$__venvwrap_executable" "$@"
}

# Runs a command of the binary and carries out its plan.
function __venvwrap_call {
    # A closed stdout cannot be handed on, and in the place of a closed stdin the binary would find the pipe for its plan.
    # (Trying it would not tell: the attempt itself opens descriptors. bash answers for these names itself, also where
    # there is no /dev/fd.)
    if [[ ! -e /dev/fd/0 ]]; then
        __venvwrap_call "$@" </dev/null
        \builtin return
    elif [[ ! -e /dev/fd/1 ]]; then
        __venvwrap_call "$@" >/dev/null
        \builtin return
    fi
    \builtin local '__venvwrap_plan=' '__venvwrap_status=0' __venvwrap_word '__venvwrap_mode='
    __venvwrap_word="$$.${RANDOM-}.${RANDOM-}"
    [[ $- != *i* || -n ${BASH_EXECUTION_STRING+x} ]] || __venvwrap_mode=/i
    {
        __venvwrap_plan="$(__venvwrap_run "--plan=bash/2/$__venvwrap_word$__venvwrap_mode" "$@" 3>&1 1>&4 4>&-)" ||
            __venvwrap_status=$?
    } 4>&1
    # What a trace or a trap of yours writes to descriptor 3 comes before the plan. A binary that was killed may have written
    # half of one.
    if [[ $__venvwrap_status -lt 128 && $__venvwrap_plan == *"#<$__venvwrap_word"$'\n'*"#$__venvwrap_word>"* ]]; then
        __venvwrap_plan="${__venvwrap_plan#*"#<$__venvwrap_word"$'\n'}"
        __venvwrap_plan="${__venvwrap_plan%"#$__venvwrap_word>"*}"
        \builtin set --
        # What hooks are told goes with this function, also when Ctrl-C ends one.
        # shellcheck disable=SC2034 # for the hooks
        \builtin local VIRTUALENVWRAPPER_PROJECT_CD
        \builtin unset VIRTUALENVWRAPPER_PROJECT_CD
        if [[ $__venvwrap_plan == *__venvwrap_[de]* ]] && ! __venvwrap_can_switch; then
            __venvwrap_status=1
        else
            __venvwrap_evaluate "$__venvwrap_plan" || __venvwrap_status=$?
        fi
    fi
    [[ ${__venvwrap_drawn-} != + ]] || __venvwrap_drawn="=${PS1-}"
    \builtin return "$__venvwrap_status"
}

# `builtin eval` would not know that a failing step is waited for: it would end the shell under set -e. Only `command` keeps
# a syntax error from ending it in POSIX mode, but that can be a function of yours.
function __venvwrap_evaluate {
    if \builtin declare -F command >/dev/null; then
        \eval "$1"
    else
        \command eval "$1"
    fi
}

# Whether the variable $1 cannot be set.
function __venvwrap_is_readonly {
    if [[ -z ${!1+x} ]]; then
        ! \builtin unset -v "$1" 2>/dev/null
    elif [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 ]]; then
        [[ ${!1@a} == *r* ]]
    else
        \builtin local __venvwrap_flags
        __venvwrap_flags="$(\builtin declare -p "$1")"
        __venvwrap_flags="${__venvwrap_flags#declare -}"
        [[ ${__venvwrap_flags%% *} == *r* ]]
    fi
}

# Whether an environment can be entered and left here; asked before anything is done.
function __venvwrap_can_switch {
    \builtin local __venvwrap_name
    for __venvwrap_name in VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME VENVWRAP_UNDO PATH; do
        ! __venvwrap_is_readonly "$__venvwrap_name" || {
            \builtin printf '%s\n' "venvwrap: cannot switch environments: $__venvwrap_name is readonly in this shell" >&2
            \builtin return 1
        }
    done
}

# Whether the variable $1, which is set, is exported. bash before 4.4 has to be asked in a subshell.
function __venvwrap_is_exported {
    if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 ]]; then
        [[ ${!1@a} == *x* ]]
    else
        \builtin local __venvwrap_flags
        __venvwrap_flags="$(\builtin declare -p "$1")"
        __venvwrap_flags="${__venvwrap_flags#declare -}"
        [[ ${__venvwrap_flags%% *} == *x* ]]
    fi
}

# Adds to the caller's `__venvwrap_undo` what the variable $1 is now. One that is unset adds nothing; one that is not exported is
# marked by a `-`. `%`, `;` and newline are written as in a URL, for they end an escape, a field and a line.
function __venvwrap_keep {
    [[ -n ${!1+x} ]] || \builtin return 0
    \builtin local "__venvwrap_value=${!1//\%/%25}"
    __venvwrap_value=${__venvwrap_value//$'\n'/%0A}
    __venvwrap_undo="$__venvwrap_undo;"
    __venvwrap_is_exported "$1" || __venvwrap_undo="$__venvwrap_undo-"
    __venvwrap_undo="$__venvwrap_undo$1=${__venvwrap_value//;/%3B}"
}

# Puts the name of the environment before the prompt, if this shell has one. Characters that would run or change when
# the prompt is drawn (promptvars expands it each time) become `_`. A prompt that came with the name, from the shell that
# started this one, keeps it where it is.
function __venvwrap_prompt {
    [[ -n ${PS1+x} && -z ${VIRTUAL_ENV_DISABLE_PROMPT-} ]] && ! __venvwrap_is_readonly PS1 || \builtin return 0
    \builtin local __venvwrap_label __venvwrap_with
    __venvwrap_label="${VIRTUAL_ENV_PROMPT-${CONDA_DEFAULT_ENV-}}"
    __venvwrap_shown="(${__venvwrap_label//[\$\`\\\\![:cntrl:]]/_}) "
    __venvwrap_with="$__venvwrap_shown$PS1"
    if [[ ${1-} == inherited && $PS1 == *"$__venvwrap_shown"* ]]; then
        __venvwrap_with="$PS1"
        PS1="${PS1%%"$__venvwrap_shown"*}${PS1#*"$__venvwrap_shown"}"
    fi
    __venvwrap_lend PS1
    PS1="$__venvwrap_with"
    # To be noted when hooks have had their say.
    __venvwrap_drawn='+'
}

# Defines `deactivate`; one that is there already is put aside until we leave.
function __venvwrap_take_deactivate {
    if \builtin declare -F deactivate >/dev/null; then
        \builtin eval "__venvwrap_other_$(\builtin declare -f deactivate)"
    fi
    function deactivate { __venvwrap_deactivate "$@"; }
}

# Lends venv's scripts what they look for: one that is sourced over us takes `deactivate` for itself and calls nothing of
# ours, but puts PATH, prompt and PYTHONHOME back as these say. What they had lent already is put aside,
# marked `+` if it is exported.
function __venvwrap_lend {
    \builtin local "__venvwrap_lent=_OLD_VIRTUAL_$1"
    if [[ -n ${!__venvwrap_lent+x} ]]; then
        \builtin local '__venvwrap_mark=-'
        ! __venvwrap_is_exported "$__venvwrap_lent" || __venvwrap_mark='+'
        \builtin printf -v "__venvwrap_aside_$1" %s "$__venvwrap_mark${!__venvwrap_lent}"
        \builtin unset "$__venvwrap_lent"
    fi
    [[ -z ${!1+x} ]] || \builtin printf -v "$__venvwrap_lent" %s "${!1}"
}

# The way back.
function __venvwrap_take_back {
    \builtin local "__venvwrap_lent=_OLD_VIRTUAL_$1" "__venvwrap_aside=__venvwrap_aside_$1"
    \builtin unset "$__venvwrap_lent"
    case "${!__venvwrap_aside-}" in
        +*) \builtin export "$__venvwrap_lent=${!__venvwrap_aside#+}" ;;
        -*) \builtin printf -v "$__venvwrap_lent" %s "${!__venvwrap_aside#-}" ;;
    esac
    \builtin unset "$__venvwrap_aside"
}

# Takes back what another tool entered: entering replaces, as it does everywhere. That tool's own `deactivate` does it
# where this shell has one. Where VIRTUAL_ENV was only inherited, PATH, the prompt and the variables lose it here; one
# that names no environment (`/usr`, in some images) is only a variable, and stays below.
function __venvwrap_displace {
    ! __venvwrap_is_of_tool || __venvwrap_quit
    [[ ${VIRTUAL_ENV-} == /* && -f $VIRTUAL_ENV/pyvenv.cfg ]] || \builtin return 0
    \builtin local __venvwrap_label
    __venvwrap_without "$VIRTUAL_ENV/bin" || \builtin true
    for __venvwrap_label in "${VIRTUAL_ENV_PROMPT-}" "(${VIRTUAL_ENV_PROMPT-}) " "(${VIRTUAL_ENV##*/}) "; do
        if [[ $__venvwrap_label == "("?*") " && ${PS1-} == "$__venvwrap_label"* ]] && ! __venvwrap_is_readonly PS1; then
            PS1="${PS1#"$__venvwrap_label"}"
            \builtin break
        fi
    done
    \builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
}

# Whether `deactivate` is that of a script of venv, virtualenv, uv or ours.
function __venvwrap_is_of_tool {
    \builtin declare -F deactivate >/dev/null && [[ $(\builtin declare -f deactivate) == *_OLD_VIRTUAL_PATH* ]]
}

# Calls it. Older ones look at variables that need not be set.
function __venvwrap_quit {
    if [[ $- == *u* ]]; then
        \builtin set +u
        \deactivate '' || \builtin true
        \builtin set -u
    else
        \deactivate '' || \builtin true
    fi
}

# Takes a directory out of PATH, once; fails where it is not there.
function __venvwrap_without {
    \builtin local "__venvwrap_path=:${PATH-}:"
    [[ $__venvwrap_path == *":$1:"* ]] || \builtin return 1
    __venvwrap_path="${__venvwrap_path%%":$1:"*}:${__venvwrap_path#*":$1:"}"
    __venvwrap_path="${__venvwrap_path#:}"
    PATH="${__venvwrap_path%:}"
}

# enter ROOT PROMPT HOOKS: a step of a plan.
function __venvwrap_enter {
    __venvwrap_displace
    \builtin local __venvwrap_undo __venvwrap_hooks
    __venvwrap_undo="${1//\%/%25}"
    __venvwrap_undo=${__venvwrap_undo//$'\n'/%0A}
    __venvwrap_hooks="${3//\%/%25}"
    __venvwrap_hooks=${__venvwrap_hooks//$'\n'/%0A}
    __venvwrap_undo="root=${__venvwrap_undo//;/%3B};hooks=${__venvwrap_hooks//;/%3B}"
    __venvwrap_keep VIRTUAL_ENV
    __venvwrap_keep VIRTUAL_ENV_PROMPT
    __venvwrap_keep PYTHONHOME
    if [[ -z ${PATH+x} ]]; then
        __venvwrap_undo="$__venvwrap_undo;PATH"
    elif ! __venvwrap_is_exported PATH; then
        __venvwrap_undo="$__venvwrap_undo;-PATH"
    fi
    __venvwrap_lend PYTHONHOME
    __venvwrap_lend PATH
    \builtin unset PYTHONHOME
    \builtin export "VIRTUAL_ENV=$1" "VIRTUAL_ENV_PROMPT=$2" "VENVWRAP_UNDO=$__venvwrap_undo" "PATH=$1/bin${PATH+:$PATH}"
    # Copies that no other program can change: of the record, and of what this shell itself has entered.
    \builtin export -n "__venvwrap_record=$VENVWRAP_UNDO" "__venvwrap_entered=$1" "__venvwrap_named=$2"
    __venvwrap_prompt
    __venvwrap_take_deactivate
    \builtin hash -r 2>/dev/null || \builtin true
}

# Settles which record counts. VENVWRAP_UNDO may have been taken away or replaced since this shell entered (direnv does
# both): it counts more than the copy only if it, and not the copy, is about the active environment.
function __venvwrap_settle {
    [[ -n ${__venvwrap_record-} && ${VENVWRAP_UNDO-} != "$__venvwrap_record" ]] || \builtin return 0
    if [[ -n ${VENVWRAP_UNDO-} ]] && __venvwrap_is_inside; then
        \builtin local __venvwrap_other
        __venvwrap_other="$VENVWRAP_UNDO"
        VENVWRAP_UNDO="$__venvwrap_record"
        __venvwrap_is_inside || VENVWRAP_UNDO="$__venvwrap_other"
    else
        \builtin export "VENVWRAP_UNDO=$__venvwrap_record"
    fi
}

# leave: a step of a plan. Takes back what is on record, also in a child of the shell that entered; PATH and prompt lose
# exactly what was added, wherever it stands now. Only the names written here are ever assigned, and those that the
# binary's rule for records lets through. Whatever others have changed meanwhile: no name before the prompt, no
# `deactivate` and no variable of ours is left.
function __venvwrap_leave {
    __venvwrap_settle
    [[ -n ${VENVWRAP_UNDO-} ]] || \builtin return 0
    \builtin local "__venvwrap_rest=$VENVWRAP_UNDO;" __venvwrap_field __venvwrap_name __venvwrap_value
    \builtin local '__venvwrap_stood=' '__venvwrap_root=' '__venvwrap_path_was=exported' '__venvwrap_whose=own'
    \builtin local '__venvwrap_virtual_env=' '__venvwrap_virtual_env_prompt=' '__venvwrap_pythonhome='
    while [[ -n $__venvwrap_rest ]]; do
        __venvwrap_field="${__venvwrap_rest%%;*}"
        __venvwrap_rest="${__venvwrap_rest#*;}"
        __venvwrap_name="${__venvwrap_field%%=*}"
        __venvwrap_value="${__venvwrap_field#*=}"
        __venvwrap_value="${__venvwrap_value//%3B/;}"
        __venvwrap_value=${__venvwrap_value//%0A/$'\n'}
        __venvwrap_value="${__venvwrap_value//\%25/%}"
        case "$__venvwrap_name" in
            root) __venvwrap_root="$__venvwrap_value" ;;
            stood) __venvwrap_stood="$__venvwrap_value" ;;
            PATH) __venvwrap_path_was='unset' ;;
            -PATH) __venvwrap_path_was='private' ;;
            VIRTUAL_ENV | -VIRTUAL_ENV) __venvwrap_virtual_env="$__venvwrap_name=$__venvwrap_value" ;;
            VIRTUAL_ENV_PROMPT | -VIRTUAL_ENV_PROMPT) __venvwrap_virtual_env_prompt="$__venvwrap_name=$__venvwrap_value" ;;
            PYTHONHOME | -PYTHONHOME) __venvwrap_pythonhome="$__venvwrap_name=$__venvwrap_value" ;;
        esac
    done
    if [[ -n $__venvwrap_root ]] && __venvwrap_without "$__venvwrap_root/bin"; then
        # A zsh with `typeset -U path` took yours from there.
        if [[ -n $__venvwrap_stood && $__venvwrap_stood != *[!0-9]* && ${#__venvwrap_stood} -lt 5 &&
            ":$PATH:" != *":$__venvwrap_root/bin:"* ]]; then
            __venvwrap_stood=$((10#$__venvwrap_stood))
            __venvwrap_value=''
            __venvwrap_rest="$PATH:"
            while [[ -n $__venvwrap_rest && $__venvwrap_stood -gt 0 ]]; do
                __venvwrap_value="$__venvwrap_value${__venvwrap_rest%%:*}:"
                __venvwrap_rest="${__venvwrap_rest#*:}"
                __venvwrap_stood=$((__venvwrap_stood - 1))
            done
            __venvwrap_value="$__venvwrap_value$__venvwrap_root/bin:$__venvwrap_rest"
            PATH="${__venvwrap_value%:}"
        fi
    fi
    case "$__venvwrap_path_was" in
        private) \builtin export -n PATH ;;
        unset) [[ -n ${PATH-} ]] || \builtin unset PATH ;;
    esac
    # Another tool may have entered another environment since: then the variables are its own. So may a conda that went on.
    if [[ ${VIRTUAL_ENV:-${CONDA_PREFIX-}} == "$__venvwrap_root" ]]; then
        [[ $VENVWRAP_UNDO != *";set="* ]] || __venvwrap_call answer record || \builtin true
    elif [[ -n ${VIRTUAL_ENV-} ]]; then
        __venvwrap_whose='other'
    elif [[ $VENVWRAP_UNDO == *";set=CONDA_PREFIX"* ]]; then
        __venvwrap_whose='conda'
    else
        __venvwrap_whose='nobody'
    fi
    if [[ $__venvwrap_whose == own || $__venvwrap_whose == nobody ]]; then
        __venvwrap_restore VIRTUAL_ENV "$__venvwrap_virtual_env"
    fi
    if [[ $__venvwrap_whose != other || ${VIRTUAL_ENV_PROMPT-} == "${__venvwrap_named-${__venvwrap_root##*/}}" ]]; then
        __venvwrap_restore VIRTUAL_ENV_PROMPT "$__venvwrap_virtual_env_prompt"
    fi
    if __venvwrap_is_deactivate_ours; then
        \builtin unset -f deactivate
        if \builtin declare -F __venvwrap_other_deactivate >/dev/null; then
            # A trace may come before it.
            __venvwrap_field=$'\n'"$(\builtin declare -f __venvwrap_other_deactivate)"
            \builtin eval "${__venvwrap_field#*$'\n'__venvwrap_other_}"
            \builtin unset -f __venvwrap_other_deactivate
        fi
    elif __venvwrap_is_of_tool; then
        # A script has been sourced over ours: of this environment, and goes with it, or of another, which stays.
        if [[ $__venvwrap_whose == own ]]; then \builtin unset -f deactivate; else __venvwrap_whose='script'; fi
    elif \builtin declare -F __venvwrap_other_deactivate >/dev/null; then
        # Defined anew by the person.
        \builtin unset -f __venvwrap_other_deactivate
    fi
    if [[ -n ${__venvwrap_shown-} ]] && ! __venvwrap_is_readonly PS1; then
        # As it was when the plan was through: then what hooks made of it goes with us. Else only the name goes.
        if [[ ${__venvwrap_drawn-} == "=${PS1-}" && -n ${_OLD_VIRTUAL_PS1+x} ]]; then
            PS1="$_OLD_VIRTUAL_PS1"
        elif [[ ${PS1-} == *"$__venvwrap_shown"* ]]; then
            PS1="${PS1%%"$__venvwrap_shown"*}${PS1#*"$__venvwrap_shown"}"
        fi
    fi
    if [[ $__venvwrap_whose != script ]]; then
        __venvwrap_take_back PATH
        __venvwrap_take_back PYTHONHOME
        [[ -z ${__venvwrap_shown-} ]] || __venvwrap_take_back PS1
    fi
    # What was put aside belongs to a script that another one has replaced since.
    \builtin unset __venvwrap_aside_PATH __venvwrap_aside_PYTHONHOME __venvwrap_aside_PS1
    [[ -n ${PYTHONHOME+x} ]] || __venvwrap_restore PYTHONHOME "$__venvwrap_pythonhome"
    \builtin unset __venvwrap_shown __venvwrap_drawn __venvwrap_record __venvwrap_entered __venvwrap_named VENVWRAP_UNDO
    \builtin hash -r 2>/dev/null || \builtin true
}

# Whether `deactivate` is ours. Where it is what called us, nothing has to be asked, and no subshell started.
function __venvwrap_is_deactivate_ours {
    [[ ${FUNCNAME[4]-} == deactivate && ${FUNCNAME[3]-} == __venvwrap_deactivate ]] && \builtin return 0
    \builtin declare -F deactivate >/dev/null && [[ $(\builtin declare -f deactivate) == *__venvwrap_deactivate* ]]
}

# put_back NAME HOW VALUE: a step of a plan. What a variable was before entering: unset, exported or private.
function __venvwrap_put_back {
    \builtin unset "$1"
    case "$2" in
        exported) \builtin export "$1=$3" ;;
        private) \builtin printf -v "$1" %s "$3" ;;
    esac
}

# restore NAME FIELD: what FIELD, from the record, says of the variable; unset where it says nothing.
function __venvwrap_restore {
    \builtin unset "$1"
    case "$2" in
        '') ;;
        -*) \builtin printf -v "$1" %s "${2#*=}" ;;
        *) \builtin export "$1=${2#*=}" ;;
    esac
}

# cd DIRECTORY: a step of a plan.
function __venvwrap_cd {
    \builtin cd -- "$1" || \builtin return
}

# recorded NAME: puts what VENVWRAP_UNDO says of it into the caller's __venvwrap_value. Hooks see the variables of the
# function that sources them: no name that they may use themselves.
function __venvwrap_recorded {
    [[ ";${VENVWRAP_UNDO-};" == *";$1="* ]] || \builtin return 1
    __venvwrap_value=";$VENVWRAP_UNDO;"
    __venvwrap_value="${__venvwrap_value#*";$1="}"
    __venvwrap_decode "${__venvwrap_value%%;*}"
}

# Whether the environment on record is the active one: none has been entered over it by other means.
function __venvwrap_is_inside {
    \builtin local '__venvwrap_value='
    __venvwrap_recorded root && [[ ${VIRTUAL_ENV:-${CONDA_PREFIX-}} == "$__venvwrap_value" ]]
}

# Whether the hooks in an environment are the person's own: this shell entered it, or it is a direct child of the store.
function __venvwrap_is_own {
    [[ $1 == /* ]] || \builtin return 1
    [[ $1 == "${__venvwrap_entered-}" ]] && \builtin return 0
    \builtin local "__venvwrap_name=${1##*/}"
    [[ -n $__venvwrap_name && $__venvwrap_name != . && $__venvwrap_name != .. && ${1%/*} -ef ${WORKON_HOME-} ]]
}

# depart: a step of a plan. Leaves, with the hooks of leaving: project, local, global before; local, global after.
function __venvwrap_depart {
    __venvwrap_settle
    \builtin local '__venvwrap_root=' '__venvwrap_hooks=' '__venvwrap_project=' '__venvwrap_value=' '__venvwrap_own=source'
    \builtin local __venvwrap_rest
    ! __venvwrap_recorded root || __venvwrap_root="$__venvwrap_value"
    if [[ -z $__venvwrap_root || ${VIRTUAL_ENV:-${CONDA_PREFIX-}} != "$__venvwrap_root" ]]; then
        __venvwrap_leave
        \builtin return
    fi
    # A record could have been written by anybody: it says neither where global hooks lie nor whose an environment is.
    __venvwrap_hooks="${VIRTUALENVWRAPPER_HOOK_DIR:-${WORKON_HOME-}}"
    ! __venvwrap_is_short "$__venvwrap_hooks" || __venvwrap_hooks="$(__venvwrap_run answer hook-directory)"
    __venvwrap_is_own "$__venvwrap_root" || __venvwrap_own=source_trusted
    if __venvwrap_recorded elsewhere; then
        __venvwrap_project="$__venvwrap_value"
        __venvwrap_own=source_trusted
    fi
    __venvwrap_value="$__venvwrap_root/${VIRTUALENVWRAPPER_PROJECT_FILENAME:-.project}"
    if [[ -f $__venvwrap_value ]]; then
        # The first line, of a file that may be anything: it ends at a NUL, which bash would go on reading past.
        IFS='' \builtin read -r -d '' -n 4096 __venvwrap_value <"$__venvwrap_value" || \builtin true
        __venvwrap_project="${__venvwrap_value%%$'\n'*}"
    fi
    [[ -z $__venvwrap_project ]] || __venvwrap_source_trusted "$__venvwrap_project/.virtualenvwrapper/predeactivate"
    "__venvwrap_$__venvwrap_own" "$__venvwrap_root/bin/predeactivate"
    __venvwrap_source "$__venvwrap_hooks/predeactivate"
    __venvwrap_rest=";$VENVWRAP_UNDO;"
    while [[ $__venvwrap_rest == *";later="* ]]; do
        __venvwrap_rest="${__venvwrap_rest#*";later="}"
        __venvwrap_decode "${__venvwrap_rest%%;*}"
        __venvwrap_source_trusted "$__venvwrap_value"
    done
    __venvwrap_leave
    # Goes with this function, also when Ctrl-C ends a hook.
    \builtin local VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV
    # shellcheck disable=SC2034 # for the hooks
    VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV="$__venvwrap_root"
    "__venvwrap_$__venvwrap_own" "$__venvwrap_root/bin/postdeactivate"
    __venvwrap_source "$__venvwrap_hooks/postdeactivate"
}

# Puts a FIELD with a VALUE on record.
function __venvwrap_put_down {
    \builtin local "__venvwrap_value=${2//\%/%25}"
    __venvwrap_value=${__venvwrap_value//$'\n'/%0A}
    VENVWRAP_UNDO="$VENVWRAP_UNDO;$1=${__venvwrap_value//;/%3B}"
    __venvwrap_record="$VENVWRAP_UNDO"
}

# elsewhere PROJECT: a step of a plan, after `enter`. Another tool keeps the environment, for that project if it is known;
# its own hooks are sourced only if they are trusted.
function __venvwrap_elsewhere {
    __venvwrap_put_down elsewhere "$1"
}

# later FILE: a step of a plan, after `enter`. To be sourced on leaving, if it is trusted then.
function __venvwrap_later {
    __venvwrap_put_down later "$1"
}

# conda ROOT NAME [VARIABLE VALUE]...: a step of a plan, after `enter`. It is a conda environment, and conda is told what
# `conda activate --stack` would tell it, so that conda can go on from there and come back.
function __venvwrap_conda {
    \builtin local "__venvwrap_level=${CONDA_SHLVL-}"
    [[ -n ${CONDA_PREFIX-} && $__venvwrap_level != *[!0-9]* && ${#__venvwrap_level} -lt 4 ]] || __venvwrap_level=''
    __venvwrap_level=$((10#${__venvwrap_level:-0}))
    \builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
    if [[ $__venvwrap_level -gt 0 ]]; then
        __venvwrap_set "CONDA_PREFIX_$__venvwrap_level" "$CONDA_PREFIX"
        __venvwrap_set "CONDA_STACKED_$((__venvwrap_level + 1))" true
    fi
    __venvwrap_set CONDA_PREFIX "$1"
    __venvwrap_set CONDA_SHLVL "$((__venvwrap_level + 1))"
    __venvwrap_set CONDA_DEFAULT_ENV "$2"
    __venvwrap_set CONDA_PROMPT_MODIFIER "($2) "
    \builtin shift 2
    while [[ $# -gt 1 ]]; do
        # `conda deactivate` puts this back.
        [[ -z ${!1+x} ]] || __venvwrap_set "__CONDA_SHLVL_${__venvwrap_level}_$1" "${!1}"
        __venvwrap_set "$1" "$2"
        \builtin shift 2
    done
}

# Sets and exports a variable, and puts on record what it was.
function __venvwrap_set {
    if [[ -z ${!1+x} ]]; then
        __venvwrap_put_down set "$1"
    elif __venvwrap_is_exported "$1"; then
        __venvwrap_put_down set "$1=${!1}"
    else
        __venvwrap_put_down set "-$1=${!1}"
    fi
    \builtin export "$1=$2"
}

# Puts a value as it stands in the record into the caller's __venvwrap_value, as it was.
function __venvwrap_decode {
    __venvwrap_value="${1//%3B/;}"
    __venvwrap_value=${__venvwrap_value//%0A/$'\n'}
    __venvwrap_value="${__venvwrap_value//\%25/%}"
}

# Runs a file that is not the person's own, if they trust it as it is: what was looked at, not what has its name then.
function __venvwrap_source_trusted {
    # Asking costs a process; only who has such a hook pays for it.
    [[ ! -f $1 ]] || __venvwrap_call trust --check "$1" || \builtin true
}

# text CODE: a step of a plan. What a trusted hook says.
function __venvwrap_text {
    __venvwrap_read_lines "$1" || \builtin true
}

# source FILE: a step of a plan. A hook; whatever becomes of it, the command goes on.
function __venvwrap_source {
    [[ ! -f $1 ]] || __venvwrap_read "$1" || \builtin true
}

# A function of its own, for the hook may return. Only `command` keeps a syntax error in it from ending the shell under
# set -e and in POSIX mode.
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

# run_hooks EVENT NAME: a step of a plan. The binary runs them, now.
function __venvwrap_run_hooks {
    (__venvwrap_run hook "$@") || \builtin true
}

# project_cd [1|0]: a step of a plan. Tells hooks, and what they start, whether entering changes to the project.
function __venvwrap_project_cd {
    if [[ $# -gt 0 ]]; then
        # shellcheck disable=SC2034 # for the hooks
        \builtin export "VIRTUALENVWRAPPER_PROJECT_CD=$1"
    else
        \builtin unset VIRTUALENVWRAPPER_PROJECT_CD
    fi
}

# continue WORDS: a step of a plan. Its failure is that of the whole command: the caller's variable.
function __venvwrap_continue {
    __venvwrap_call "$@" || __venvwrap_status=$?
}

# each HEADING ROOT PROMPT HOOKS WORDS: a step of a plan. Runs a command in an environment, in a subshell, without hooks.
function __venvwrap_each {
    __venvwrap_in_each "$@" || \builtin true
    \builtin printf '\n'
}

# each_told: a step of a plan. The same; a failure is told, and is that of the whole command: the caller's variable.
function __venvwrap_each_told {
    __venvwrap_in_each "$@" || {
        \builtin printf '%s\n' "venvwrap: status $? in \`$1\`" >&2
        __venvwrap_status=1
    }
    \builtin printf '\n'
}

function __venvwrap_in_each {
    \builtin printf '%s\n%s\n' "$1" "${1//?/=}"
    (
        __venvwrap_leave
        __venvwrap_enter "$2" "$3" "$4"
        __venvwrap_cd "$2" || \builtin exit
        \builtin shift 4
        [[ $# -eq 0 ]] || "$@"
    )
}

# appended LINES: a step of a plan. Lines that you added to the environment's own bin/activate; whatever becomes of them,
# the environment is entered.
function __venvwrap_appended {
    __venvwrap_read_lines "$1" || \builtin true
}

# A function of its own, as that for hooks.
function __venvwrap_read_lines {
    \builtin local __venvwrap_lines
    __venvwrap_lines="$1"
    \builtin set --
    if \builtin declare -F command >/dev/null; then
        \eval "$__venvwrap_lines"
    else
        \command eval "$__venvwrap_lines"
    fi
}

# What `deactivate` does.
function __venvwrap_deactivate {
    case "${1-}" in
        -h | --help) __venvwrap_call deactivate "$1" ;;
        *)
            __venvwrap_settle
            if [[ -z ${VENVWRAP_UNDO-} ]]; then
                \builtin printf '%s\n' 'venvwrap: no virtualenv active' >&2
                \builtin return 1
            fi
            __venvwrap_can_switch || \builtin return
            __venvwrap_depart
            # As venv's scripts have it: there is still something to call.
            [[ ${1-} != nondestructive ]] || __venvwrap_take_deactivate
            ;;
    esac
}

# What `venvwrap doctor` does: the binary sees files and exported variables; what a command is to this shell is told in
# words, NAME KIND TEXT.
function __venvwrap_doctor {
    \builtin local __venvwrap_name __venvwrap_text
    for __venvwrap_name in python pip; do
        __venvwrap_text="$(\builtin type -t "$__venvwrap_name")" || __venvwrap_text=''
        case "$__venvwrap_text" in
            alias)
                __venvwrap_text="$(\builtin alias "$__venvwrap_name")"
                __venvwrap_text="${__venvwrap_text#*\'}"
                \builtin set -- --told "$__venvwrap_name alias ${__venvwrap_text%\'}" "$@"
                ;;
            function) \builtin set -- --told "$__venvwrap_name function" "$@" ;;
            file)
                __venvwrap_text="$(\builtin hash -t "$__venvwrap_name" 2>/dev/null)" || __venvwrap_text=''
                [[ -z $__venvwrap_text ]] || \builtin set -- --told "$__venvwrap_name hashed $__venvwrap_text" "$@"
                ;;
        esac
    done
    __venvwrap_text="$(\builtin declare -f workon)" || __venvwrap_text=''
    [[ $__venvwrap_text == *__venvwrap_call* ]] || \builtin set -- --told 'workon other' "$@"
    ! \builtin declare -F virtualenvwrapper_workon_help >/dev/null ||
        \builtin set -- --told 'virtualenvwrapper loaded' "$@"
    __venvwrap_call doctor --told 'functions of bash' "$@"
}

# Every command by its long name (`venvwrap workon x`), and those that have no other. What changes nothing here runs as
# if there were no function: a program that `run` becomes has the terminal.
function venvwrap {
    case "${1-}" in
        doctor)
            \builtin shift
            __venvwrap_doctor "$@"
            ;;
        run | env | which | init | completions | man) (__venvwrap_run "$@") ;;
        *) __venvwrap_call "$@" ;;
    esac
}

function mkvirtualenv { __venvwrap_call mkvirtualenv "$@"; }
function mktmpenv { __venvwrap_call mktmpenv "$@"; }
function mkproject { __venvwrap_call mkproject "$@"; }
function rmvirtualenv { __venvwrap_call rmvirtualenv "$@"; }
function cpvirtualenv { __venvwrap_call cpvirtualenv "$@"; }
function mvvirtualenv { __venvwrap_call mvvirtualenv "$@"; }
function workon { __venvwrap_call workon "$@"; }
function lsvirtualenv { __venvwrap_call lsvirtualenv "$@"; }
function showvirtualenv { __venvwrap_call showvirtualenv "$@"; }
function allvirtualenv { __venvwrap_call allvirtualenv "$@"; }
function cdvirtualenv { __venvwrap_call cdvirtualenv "$@"; }
function cdsitepackages { __venvwrap_call cdsitepackages "$@"; }
function cdproject { __venvwrap_call cdproject "$@"; }
function setvirtualenvproject { __venvwrap_call setvirtualenvproject "$@"; }
function lssitepackages { __venvwrap_call lssitepackages "$@"; }
function add2virtualenv { __venvwrap_call add2virtualenv "$@"; }
function toggleglobalsitepackages { __venvwrap_call toggleglobalsitepackages "$@"; }
function wipeenv { __venvwrap_call wipeenv "$@"; }
function virtualenvwrapper { __venvwrap_call virtualenvwrapper "$@"; }

# What virtualenvwrapper's hooks, plugins and their users call by these names.
function virtualenvwrapper_verify_active_environment {
    [[ -n ${VIRTUAL_ENV-} && -d $VIRTUAL_ENV ]] && \builtin return 0
    \builtin printf '%s\n' 'venvwrap: no virtualenv active' >&2
    \builtin return 1
}
function virtualenvwrapper_cd {
    \builtin cd "$@" || \builtin return
}
function virtualenvwrapper_show_workon_options { __venvwrap_call lsvirtualenv -b; }
function virtualenvwrapper_derive_workon_home { __venvwrap_call answer workon-home; }
function virtualenvwrapper_verify_workon_home {
    if [[ ${1-} == -q ]]; then
        __venvwrap_call answer verify-workon-home 2>/dev/null
    else
        __venvwrap_call answer verify-workon-home
    fi
}
function virtualenvwrapper_verify_workon_environment { __venvwrap_call answer verify-environment -- "$@"; }
function virtualenvwrapper_get_site_packages_dir { __venvwrap_call answer site-packages; }
function virtualenvwrapper_get_python_version { __venvwrap_call answer python-version; }
function virtualenvwrapper_verify_project_home {
    [[ -d ${PROJECT_HOME-} ]] && \builtin return 0
    \builtin printf '%s\n' "venvwrap: PROJECT_HOME: directory '${PROJECT_HOME-}' does not exist" >&2
    \builtin return 1
}
function virtualenvwrapper_run_hook {
    # A single plugin can be named there; there are none here.
    [[ ${1-} != --name ]] || \builtin shift 2
    __venvwrap_call hook "$@"
}
function virtualenvwrapper_initialize {
    \builtin export "VIRTUALENVWRAPPER_HOOK_DIR=${VIRTUALENVWRAPPER_HOOK_DIR:-$WORKON_HOME}"
    __venvwrap_call hook initialize
}
function virtualenvwrapper_load { \builtin true; }

# Whether a directory is not written out: relative, or with a `~` or variable in it that has to be expanded.
function __venvwrap_is_short {
    [[ $1 != /* || ( $1 == *[~$]* || $1 == *//* ) && ! -d $1 ]]
}

# What virtualenvwrapper's loader sets for others. A directory that has to be expanded is the only reason to start a
# process here. Hooks of virtualenvwrapper's making are told where they are.
if [[ -z ${WORKON_HOME-} ]]; then
    WORKON_HOME="${HOME-}/.virtualenvs"
elif __venvwrap_is_short "$WORKON_HOME" && ! __venvwrap_is_readonly WORKON_HOME; then
    WORKON_HOME="$(__venvwrap_run answer workon-home)"
    # A trace comes before it.
    [[ -z ${BASH_XTRACEFD-} ]] || WORKON_HOME="${WORKON_HOME##*$'\n'}"
fi
# shellcheck disable=SC2034 # for hooks
VIRTUALENVWRAPPER_ENV_BIN_DIR=bin
[[ -n ${VIRTUALENVWRAPPER_PROJECT_FILENAME-} ]] || VIRTUALENVWRAPPER_PROJECT_FILENAME=.project
[[ -n ${VIRTUALENVWRAPPER_WORKON_CD-} ]] || VIRTUALENVWRAPPER_WORKON_CD=1
\builtin export WORKON_HOME VIRTUALENVWRAPPER_PROJECT_FILENAME VIRTUALENVWRAPPER_WORKON_CD

if [[ -n ${VIRTUALENVWRAPPER_HOOK_DIR-} ]]; then
    if __venvwrap_is_short "$VIRTUALENVWRAPPER_HOOK_DIR" && ! __venvwrap_is_readonly VIRTUALENVWRAPPER_HOOK_DIR; then
        VIRTUALENVWRAPPER_HOOK_DIR="$(__venvwrap_run answer hook-directory)"
        [[ -z ${BASH_XTRACEFD-} ]] || VIRTUALENVWRAPPER_HOOK_DIR="${VIRTUALENVWRAPPER_HOOK_DIR##*$'\n'}"
    fi
    \builtin export VIRTUALENVWRAPPER_HOOK_DIR
elif [[ -e $WORKON_HOME/initialize ]]; then
    \builtin export "VIRTUALENVWRAPPER_HOOK_DIR=$WORKON_HOME"
fi

# A shell that was started inside an environment, or reads its start-up files again, is in it: what these put before it in
# PATH (/etc/profile, pyenv's line) comes after it again, and an activate script that they sourced is taken back. No name
# is shown for an environment that is gone; it can be left all the same.
function __venvwrap_resume {
    \builtin local __venvwrap_name
    # Others can hand down variables, but not those that a shell has for itself.
    for __venvwrap_name in __venvwrap_record __venvwrap_entered __venvwrap_named __venvwrap_shown __venvwrap_drawn; do
        if [[ -n ${!__venvwrap_name+x} ]] && __venvwrap_is_exported "$__venvwrap_name"; then
            \builtin unset "$__venvwrap_name"
        fi
    done
    __venvwrap_settle
    __venvwrap_is_inside || \builtin return 0
    \builtin local '__venvwrap_value=' "__venvwrap_label=${VIRTUAL_ENV_PROMPT-}"
    __venvwrap_recorded root
    if [[ -n ${VIRTUAL_ENV-} ]] && __venvwrap_is_of_tool; then
        __venvwrap_quit
        # Some have it with the brackets.
        [[ $__venvwrap_label != "("*") " ]] || __venvwrap_label="${__venvwrap_label:1:${#__venvwrap_label}-3}"
        \builtin export "VIRTUAL_ENV=$__venvwrap_value" "VIRTUAL_ENV_PROMPT=$__venvwrap_label"
        __venvwrap_drawn=''
    fi
    if [[ -z ${__venvwrap_record-} ]]; then
        \builtin export -n "__venvwrap_record=$VENVWRAP_UNDO" "__venvwrap_named=$__venvwrap_label"
    fi
    \builtin declare -F deactivate >/dev/null || __venvwrap_take_deactivate
    [[ -d $__venvwrap_value/bin ]] && [[ -f $__venvwrap_value/pyvenv.cfg || -d $__venvwrap_value/conda-meta ]] ||
        \builtin return 0
    if [[ ${PATH-} != "$__venvwrap_value/bin" && ${PATH-} != "$__venvwrap_value/bin:"* ]]; then
        __venvwrap_without "$__venvwrap_value/bin" || \builtin true
        PATH="$__venvwrap_value/bin${PATH+:$PATH}"
        \builtin hash -r 2>/dev/null || \builtin true
    fi
    # For an activate script that is sourced next.
    if [[ -z ${_OLD_VIRTUAL_PATH+x} ]]; then
        _OLD_VIRTUAL_PATH="${PATH#"$__venvwrap_value/bin"}"
        _OLD_VIRTUAL_PATH="${_OLD_VIRTUAL_PATH#:}"
    fi
    if [[ -z ${__venvwrap_shown-} || ${PS1-} != *"$__venvwrap_shown"* ]]; then
        [[ -z ${__venvwrap_shown-} ]] || __venvwrap_take_back PS1
        __venvwrap_prompt inherited
        [[ ${__venvwrap_drawn-} != + ]] || __venvwrap_drawn="=${PS1-}"
    fi
}
__venvwrap_resume

# The hook of loading, where the person has one. virtualenvwrapper.sh fires it later.
[[ -n ${__venvwrap_initialize-} ]] ||
    __venvwrap_source "${VIRTUALENVWRAPPER_HOOK_DIR:-$WORKON_HOME}/initialize"
