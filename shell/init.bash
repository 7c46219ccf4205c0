# shellcheck shell=bash
# venvwrap's functions for bash 3.2 and newer.
#
# Loaded at first use, after shared.sh (start.bash). A command asks the binary for a plan, which
# arrives on descriptor 3 and consists of calls of the functions here; stdout and stderr stay the
# user's. Loading can be repeated; `deactivate` starts no process.
#
# Builtins are called as \builtin, past aliases and functions of the same name. Works under set -e,
# -u, -C, -f, in POSIX mode, and with any IFS and CDPATH.

# Calls the binary and carries out the plan it returns.
function __venvwrap_call {
    # A closed stdout cannot be duplicated, and with a closed stdin the binary would read the pipe
    # of its own plan. (A trial redirection would not tell, because it opens descriptors itself.
    # bash answers for these names even without a /dev/fd.)
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
        __venvwrap_plan="$(__venvwrap_run "--plan=bash/2/$__venvwrap_word$__venvwrap_mode" \
            ${__venvwrap_previous:+"--previous=$__venvwrap_previous"} "$@" 3>&1 1>&4 4>&-)" ||
            __venvwrap_status=$?
    } 4>&1
    # A trace or a trap may write to descriptor 3 before the plan, and a killed binary may leave
    # half a plan.
    if [[ $__venvwrap_status -lt 128 && $__venvwrap_plan == *"#<$__venvwrap_word"$'\n'*"#$__venvwrap_word>"* ]]; then
        __venvwrap_plan="${__venvwrap_plan#*"#<$__venvwrap_word"$'\n'}"
        __venvwrap_plan="${__venvwrap_plan%"#$__venvwrap_word>"*}"
        \builtin set --
        # Local, so that Ctrl-C in a hook cannot leave it behind.
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
    # With automatic switching, what was asked for stays.
    [[ ${__venvwrap_watcher-} != "$$" || $__venvwrap_plan != *__venvwrap_[dec]* ]] || __venvwrap_choose
    \builtin return "$__venvwrap_status"
}

# `builtin eval` ignores the surrounding `||`: under set -e a failing step would end the shell. Only
# `command` keeps a syntax error from ending it in POSIX mode, but a user's function may have that
# name.
function __venvwrap_evaluate {
    if \builtin declare -F command >/dev/null; then
        \eval "$1"
    else
        \command eval "$1"
    fi
}

# has_attribute NAME LETTER: whether a set variable has that attribute of `declare`. bash before 4.4
# tells only in a subshell.
function __venvwrap_has_attribute {
    if [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 44 ]]; then
        [[ ${!1@a} == *"$2"* ]]
    else
        \builtin local __venvwrap_flags
        __venvwrap_flags="$(\builtin declare -p "$1")"
        __venvwrap_flags="${__venvwrap_flags#declare -}"
        [[ ${__venvwrap_flags%% *} == *"$2"* ]]
    fi
}

# Whether the variable $1, which is set, is exported.
function __venvwrap_is_exported {
    __venvwrap_has_attribute "$1" x
}

# Whether the variable $1 is readonly.
function __venvwrap_is_readonly {
    if [[ -z ${!1+x} ]]; then
        ! \builtin unset -v "$1" 2>/dev/null
    else
        __venvwrap_has_attribute "$1" r
    fi
}

# Whether this shell can switch environments; checked before anything changes.
function __venvwrap_can_switch {
    \builtin local __venvwrap_name
    for __venvwrap_name in VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME VENVWRAP_UNDO PATH; do
        ! __venvwrap_is_readonly "$__venvwrap_name" || {
            \builtin printf '%s\n' "venvwrap: cannot switch environments: $__venvwrap_name is readonly in this shell" >&2
            \builtin return 1
        }
    done
}

# Appends the value of the variable $1 to the caller's __venvwrap_undo. An unset variable adds
# nothing, and `-` marks one that is not exported. `%`, `;`, and newline are percent-encoded,
# because they end an escape, a field, and a line.
function __venvwrap_keep {
    [[ -n ${!1+x} ]] || \builtin return 0
    \builtin local "__venvwrap_value=${!1//\%/%25}"
    __venvwrap_value=${__venvwrap_value//$'\n'/%0A}
    __venvwrap_undo="$__venvwrap_undo;"
    __venvwrap_is_exported "$1" || __venvwrap_undo="$__venvwrap_undo-"
    __venvwrap_undo="$__venvwrap_undo$1=${__venvwrap_value//;/%3B}"
}

# Puts the environment's name before the prompt, if this shell has one. Characters that run or
# change when the prompt is drawn (promptvars expands it each time) become `_`. A prompt inherited
# with the name in it keeps the name where it is.
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
    # Recorded after the hooks, which may change the prompt.
    __venvwrap_drawn='+'
}

# Defines `deactivate`; an existing function of that name is kept until deactivation.
function __venvwrap_take_deactivate {
    if \builtin declare -F deactivate >/dev/null; then
        \builtin eval "__venvwrap_other_$(\builtin declare -f deactivate)"
    fi
    # shellcheck disable=SC2317 # called by the user
    function deactivate { __venvwrap_deactivate "$@"; }
}

# Sets the variables that venv's scripts restore from: a script sourced over this environment
# replaces `deactivate`, calls none of these functions, and resets PATH, the prompt, and PYTHONHOME
# from these values. Existing values are kept, marked `+` if exported.
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

# Undoes __venvwrap_lend.
function __venvwrap_take_back {
    \builtin local "__venvwrap_lent=_OLD_VIRTUAL_$1" "__venvwrap_aside=__venvwrap_aside_$1"
    \builtin unset "$__venvwrap_lent"
    case "${!__venvwrap_aside-}" in
        +*) \builtin export "$__venvwrap_lent=${!__venvwrap_aside#+}" ;;
        -*) \builtin printf -v "$__venvwrap_lent" %s "${!__venvwrap_aside#-}" ;;
    esac
    \builtin unset "$__venvwrap_aside"
}

# Deactivates another tool's environment: activation replaces, as in every tool. If this shell has
# that tool's own `deactivate`, that is called. If VIRTUAL_ENV was only inherited, PATH, the prompt,
# and the variables lose it here. A value that is no environment (`/usr` in some images) is an
# ordinary variable and stays.
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

# Whether `deactivate` comes from a script of venv, virtualenv, uv, or venvwrap.
function __venvwrap_is_of_tool {
    \builtin declare -F deactivate >/dev/null && [[ $(\builtin declare -f deactivate) == *_OLD_VIRTUAL_PATH* ]]
}

# Calls that `deactivate`. Older ones use variables that may be unset.
function __venvwrap_quit {
    if [[ $- == *u* ]]; then
        \builtin set +u
        \deactivate '' || \builtin true
        \builtin set -u
    else
        \deactivate '' || \builtin true
    fi
}

# Removes a directory from PATH, once; fails if it is not there.
function __venvwrap_without {
    \builtin local "__venvwrap_path=:${PATH-}:"
    [[ $__venvwrap_path == *":$1:"* ]] || \builtin return 1
    __venvwrap_path="${__venvwrap_path%%":$1:"*}:${__venvwrap_path#*":$1:"}"
    __venvwrap_path="${__venvwrap_path#:}"
    PATH="${__venvwrap_path%:}"
}

# enter ROOT PROMPT HOOKS: a step of a plan. Activates an environment.
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
    # Copies that no other program can change: of the record, and of what this shell itself
    # activated.
    \builtin export -n "__venvwrap_record=$VENVWRAP_UNDO" "__venvwrap_entered=$1" "__venvwrap_named=$2"
    # An environment that is activated again is not the one before itself.
    [[ $1 != "${__venvwrap_previous-}" ]] || __venvwrap_previous="${__venvwrap_earlier-}"
    __venvwrap_prompt
    __venvwrap_take_deactivate
    \builtin hash -r 2>/dev/null || \builtin true
}

# Decides which record counts. VENVWRAP_UNDO may have been removed or replaced since this shell
# activated (direnv does both). It counts more than the copy only if it describes the active
# environment and the copy does not.
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

# leave: a step of a plan. Undoes what is on record, also in a child of the shell that activated.
# PATH and the prompt lose exactly what was added, wherever it is now. Assigns only the names
# written here and those that the binary's rule for records allows. Whatever others changed
# meanwhile, no name in the prompt, no `deactivate`, and no variable of venvwrap's remains.
function __venvwrap_leave {
    __venvwrap_settle
    [[ -n ${VENVWRAP_UNDO-} ]] || \builtin return 0
    __venvwrap_uv_leave
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
        # zsh with `typeset -U path` dropped the user's own entry.
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
    # If another tool activated another environment since, the variables are that tool's. The same
    # holds for a conda that went on.
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
            # A trace may precede the text.
            __venvwrap_field=$'\n'"$(\builtin declare -f __venvwrap_other_deactivate)"
            \builtin eval "${__venvwrap_field#*$'\n'__venvwrap_other_}"
            \builtin unset -f __venvwrap_other_deactivate
        fi
    elif __venvwrap_is_of_tool; then
        # A script was sourced over ours. If it is this environment's, it is undone, too; if
        # another's, it stays.
        if [[ $__venvwrap_whose == own ]]; then \builtin unset -f deactivate; else __venvwrap_whose='script'; fi
    elif \builtin declare -F __venvwrap_other_deactivate >/dev/null; then
        # The user has redefined the function.
        \builtin unset -f __venvwrap_other_deactivate
    fi
    if [[ -n ${__venvwrap_shown-} ]] && ! __venvwrap_is_readonly PS1; then
        # If the prompt is as it was after the plan, restore the earlier one, without any changes by
        # hooks. Otherwise remove only the name.
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
    # The kept values belong to a script that another script has replaced since.
    \builtin unset __venvwrap_aside_PATH __venvwrap_aside_PYTHONHOME __venvwrap_aside_PS1
    [[ -n ${PYTHONHOME+x} ]] || __venvwrap_restore PYTHONHOME "$__venvwrap_pythonhome"
    \builtin unset __venvwrap_shown __venvwrap_drawn __venvwrap_record __venvwrap_entered __venvwrap_named VENVWRAP_UNDO
    \builtin hash -r 2>/dev/null || \builtin true
}

# Whether `deactivate` is ours. If it called this function, that is certain and needs no subshell.
function __venvwrap_is_deactivate_ours {
    [[ ${FUNCNAME[4]-} == deactivate && ${FUNCNAME[3]-} == __venvwrap_deactivate ]] && \builtin return 0
    \builtin declare -F deactivate >/dev/null && [[ $(\builtin declare -f deactivate) == *__venvwrap_deactivate* ]]
}

# put_back NAME HOW VALUE: a step of a plan. Restores a variable: unset, exported, or private.
function __venvwrap_put_back {
    \builtin unset "$1"
    case "$2" in
        exported) \builtin export "$1=$3" ;;
        private) \builtin printf -v "$1" %s "$3" ;;
    esac
}

# restore NAME FIELD: restores a variable from FIELD of the record, or unsets it if FIELD is empty.
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
    __venvwrap_uv_look
}

# recorded NAME: sets the caller's __venvwrap_value to that field of VENVWRAP_UNDO. Hooks see the
# variables of the function that sources them, hence the long names.
function __venvwrap_recorded {
    [[ ";${VENVWRAP_UNDO-};" == *";$1="* ]] || \builtin return 1
    __venvwrap_value=";$VENVWRAP_UNDO;"
    __venvwrap_value="${__venvwrap_value#*";$1="}"
    __venvwrap_decode "${__venvwrap_value%%;*}"
}

# Whether the environment on record is active: nothing else was activated over it.
function __venvwrap_is_inside {
    \builtin local '__venvwrap_value='
    __venvwrap_recorded root && [[ ${VIRTUAL_ENV:-${CONDA_PREFIX-}} == "$__venvwrap_value" ]]
}

# Whether an environment's hooks are the user's own: this shell activated it, or it is a direct
# child of WORKON_HOME.
function __venvwrap_is_own {
    [[ $1 == /* ]] || \builtin return 1
    [[ $1 == "${__venvwrap_entered-}" ]] && \builtin return 0
    \builtin local "__venvwrap_name=${1##*/}"
    [[ -n $__venvwrap_name && $__venvwrap_name != . && $__venvwrap_name != .. && ${1%/*} -ef ${WORKON_HOME-} ]]
}

# depart: a step of a plan. Deactivates with hooks: the project's, the environment's, the global one
# before; the environment's, the global one after.
function __venvwrap_depart {
    __venvwrap_settle
    \builtin local '__venvwrap_root=' '__venvwrap_hooks=' '__venvwrap_project=' '__venvwrap_value=' '__venvwrap_own=source'
    \builtin local __venvwrap_rest
    ! __venvwrap_recorded root || __venvwrap_root="$__venvwrap_value"
    if [[ -z $__venvwrap_root || ${VIRTUAL_ENV:-${CONDA_PREFIX-}} != "$__venvwrap_root" ]]; then
        __venvwrap_leave
        \builtin return
    fi
    # For `workon -`.
    [[ ${__venvwrap_previous-} == "$__venvwrap_root" ]] ||
        \builtin export -n "__venvwrap_earlier=${__venvwrap_previous-}" "__venvwrap_previous=$__venvwrap_root"
    # Anybody can write a record, so it decides neither where global hooks are nor whose an
    # environment is.
    __venvwrap_hooks="${VIRTUALENVWRAPPER_HOOK_DIR:-${WORKON_HOME-}}"
    ! __venvwrap_is_short "$__venvwrap_hooks" || __venvwrap_hooks="$(__venvwrap_run answer hook-directory)"
    __venvwrap_is_own "$__venvwrap_root" || __venvwrap_own=source_trusted
    if __venvwrap_recorded elsewhere; then
        __venvwrap_project="$__venvwrap_value"
        __venvwrap_own=source_trusted
    fi
    __venvwrap_value="$__venvwrap_root/${VIRTUALENVWRAPPER_PROJECT_FILENAME:-.project}"
    if [[ -f $__venvwrap_value ]]; then
        # The first line of a file that may be anything. -d '' stops at a NUL, which bash would
        # otherwise skip.
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
    # Local, so that Ctrl-C in a hook cannot leave it behind.
    \builtin local VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV
    # shellcheck disable=SC2034 # for the hooks
    VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV="$__venvwrap_root"
    "__venvwrap_$__venvwrap_own" "$__venvwrap_root/bin/postdeactivate"
    __venvwrap_source "$__venvwrap_hooks/postdeactivate"
}

# put_down FIELD VALUE: adds a field to the record.
function __venvwrap_put_down {
    \builtin local "__venvwrap_value=${2//\%/%25}"
    __venvwrap_value=${__venvwrap_value//$'\n'/%0A}
    VENVWRAP_UNDO="$VENVWRAP_UNDO;$1=${__venvwrap_value//;/%3B}"
    __venvwrap_record="$VENVWRAP_UNDO"
}

# conda ROOT NAME [VARIABLE VALUE]...: a step of a plan, after `enter`, for a conda environment.
# Sets what `conda activate --stack` would set, so that conda can go on from there and come back.
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
        # `conda deactivate` restores the variable from this.
        [[ -z ${!1+x} ]] || __venvwrap_set "__CONDA_SHLVL_${__venvwrap_level}_$1" "${!1}"
        __venvwrap_set "$1" "$2"
        \builtin shift 2
    done
}

# set NAME VALUE: sets and exports a variable, and records its earlier value.
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

# uv CODE PROJECT: a step of a plan, after `enter`. Loads the functions of uv.sh and begins.
function __venvwrap_uv {
    \builtin eval "$1"
    __venvwrap_uv_enter "$2"
}

# path DIRECTORY...: a step of a plan, after `enter`. Puts directories into PATH behind that of the
# environment, and records them.
function __venvwrap_path {
    \builtin local "__venvwrap_rest=${PATH#"$VIRTUAL_ENV/bin"}" "__venvwrap_new=$VIRTUAL_ENV/bin"
    while [[ $# -gt 0 ]]; do
        __venvwrap_put_down set "+PATH=$1"
        __venvwrap_new="$__venvwrap_new:$1"
        \builtin shift
    done
    PATH="$__venvwrap_new$__venvwrap_rest"
    \builtin hash -r 2>/dev/null || \builtin true
}

# Decodes a value of the record into the caller's __venvwrap_value.
function __venvwrap_decode {
    __venvwrap_value="${1//%3B/;}"
    __venvwrap_value=${__venvwrap_value//%0A/$'\n'}
    __venvwrap_value="${__venvwrap_value//\%25/%}"
}

# A separate function, like __venvwrap_read.
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

# The body of `venvwrap doctor`. The binary sees files and exported variables; this tells it what a
# command is in this shell, as NAME KIND TEXT.
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
    if [[ ${__venvwrap_watcher-} == "$$" ]]; then
        \builtin local '__venvwrap_rival=' '__venvwrap_beside='
        \builtin set -- --told 'automatic on' "$@"
        # shellcheck disable=SC2154 # set by __venvwrap_yields
        ! __venvwrap_yields || \builtin set -- --told "automatic left to $__venvwrap_rival" "$@"
    fi
    __venvwrap_call doctor --told 'functions of bash' "$@"
}

# Expands WORKON_HOME and VIRTUALENVWRAPPER_HOOK_DIR; starts a process for one that must be expanded.
function __venvwrap_expand {
    if __venvwrap_is_short "$WORKON_HOME" && ! __venvwrap_is_readonly WORKON_HOME; then
        WORKON_HOME="$(__venvwrap_run answer workon-home)"
        # A trace may precede the answer.
        [[ -z ${BASH_XTRACEFD-} ]] || WORKON_HOME="${WORKON_HOME##*$'\n'}"
    fi
    if [[ -n ${VIRTUALENVWRAPPER_HOOK_DIR-} ]] && __venvwrap_is_short "$VIRTUALENVWRAPPER_HOOK_DIR" &&
        ! __venvwrap_is_readonly VIRTUALENVWRAPPER_HOOK_DIR; then
        VIRTUALENVWRAPPER_HOOK_DIR="$(__venvwrap_run answer hook-directory)"
        [[ -z ${BASH_XTRACEFD-} ]] || VIRTUALENVWRAPPER_HOOK_DIR="${VIRTUALENVWRAPPER_HOOK_DIR##*$'\n'}"
    fi
}

# For a shell started inside an environment, or one that reads its start-up files again: moves the
# environment to the front of PATH, behind which those files (/etc/profile, pyenv's line) put it,
# and undoes an activate script that they sourced. A removed environment gets no name in the prompt,
# and can be deactivated all the same.
function __venvwrap_resume {
    \builtin local __venvwrap_name
    # Private to a shell, so an exported one comes from elsewhere.
    for __venvwrap_name in __venvwrap_record __venvwrap_entered __venvwrap_named __venvwrap_shown __venvwrap_drawn \
        __venvwrap_previous __venvwrap_earlier; do
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
        # Some tools include the parentheses.
        [[ $__venvwrap_label != "("*") " ]] || __venvwrap_label="${__venvwrap_label:1:${#__venvwrap_label}-3}"
        \builtin export "VIRTUAL_ENV=$__venvwrap_value" "VIRTUAL_ENV_PROMPT=$__venvwrap_label"
        __venvwrap_drawn=''
    fi
    if [[ -z ${__venvwrap_record-} ]]; then
        \builtin export -n "__venvwrap_record=$VENVWRAP_UNDO" "__venvwrap_named=$__venvwrap_label"
    fi
    \builtin declare -F deactivate >/dev/null || __venvwrap_take_deactivate
    [[ $VENVWRAP_UNDO != *";uv="* ]] || __venvwrap_call answer uv || \builtin true
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
