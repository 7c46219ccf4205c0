# venvwrap's functions for zsh 5 and newer.
#
# Loaded at first use, after shared.sh (start.zsh). A command asks the binary for a plan, which
# arrives on descriptor 3 and consists of calls of the functions here; stdout and stderr stay the
# user's. Loading can be repeated; `deactivate` starts no process.
#
# Builtins are called as \builtin, past functions of the same name. zsh can expand an alias in any
# word: aliases are off while this is parsed (__venvwrap_load), and text in $(...), which is
# parsed when it runs, has no word that could be one. Functions that run no code of the user's reset
# all options (emulate -L); the others work under nounset, err_return, ksharrays, shwordsplit, and
# noglob.

# Calls the binary and carries out the plan it returns.
function __venvwrap_call {
    # A closed stdout cannot be duplicated, and a step that prints would end the script. (A trial
    # redirection would not tell, because it opens descriptors itself. In zsh, `/dev/fd/` with a
    # slash at the end is descriptor 0.)
    if [[ ! -e /dev/fd/1 && -d /dev/fd ]]; then
        __venvwrap_call "$@" >/dev/null
        \builtin return
    fi
    \builtin local __venvwrap_plan='' __venvwrap_status=0 __venvwrap_word="$$.${RANDOM-}.${RANDOM-}" __venvwrap_mode=''
    [[ ! -o interactive || -n ${ZSH_EXECUTION_STRING+x} ]] || __venvwrap_mode=/i
    {
        __venvwrap_plan="$(__venvwrap_run "--plan=zsh/2/$__venvwrap_word$__venvwrap_mode" \
            ${__venvwrap_previous:+"--previous=$__venvwrap_previous"} "$@" 3>&1 1>&4 4>&-)" ||
            __venvwrap_status=$?
    } 4>&1
    # A trap may write to descriptor 3 before the plan, and a killed binary may leave half a plan.
    if [[ $__venvwrap_status -lt 128 && $__venvwrap_plan == *"#<$__venvwrap_word"$'\n'*"#$__venvwrap_word>"* ]]; then
        __venvwrap_plan="${__venvwrap_plan#*"#<$__venvwrap_word"$'\n'}"
        __venvwrap_plan="${__venvwrap_plan%"#$__venvwrap_word>"*}"
        \builtin set --
        if [[ $__venvwrap_plan == *__venvwrap_[de]* ]] && ! __venvwrap_can_switch; then
            __venvwrap_status=1
        else
            # Also unset if Ctrl-C ends a hook.
            {
                \builtin eval "$__venvwrap_plan" || __venvwrap_status=$?
            } always {
                [[ $__venvwrap_plan != *__venvwrap_project_cd* ]] || \builtin unset VIRTUALENVWRAPPER_PROJECT_CD
            }
        fi
    fi
    [[ ${__venvwrap_drawn-} != + ]] || __venvwrap_drawn="=${PS1-}"
    # With automatic switching, what was asked for stays.
    [[ ${__venvwrap_watcher-} != "$$" || $__venvwrap_plan != *__venvwrap_[dec]* ]] || __venvwrap_choose
    \builtin return "$__venvwrap_status"
}

# Whether the variable $1 is readonly.
function __venvwrap_is_readonly {
    \builtin emulate -L zsh
    [[ ${(Pt)1-} == *readonly* ]]
}

# Whether this shell can switch environments; checked before anything changes.
function __venvwrap_can_switch {
    \builtin emulate -L zsh
    \builtin local __venvwrap_name
    for __venvwrap_name in VIRTUAL_ENV VIRTUAL_ENV_PROMPT PYTHONHOME VENVWRAP_UNDO PATH; do
        if __venvwrap_is_readonly $__venvwrap_name; then
            \builtin print -r -u2 -- "venvwrap: cannot switch environments: $__venvwrap_name is readonly in this shell"
            \builtin return 1
        fi
    done
}

# Appends the value of the variable $1 to the caller's __venvwrap_undo. An unset variable adds
# nothing, and `-` marks one that is not exported. `%`, `;`, and newline are percent-encoded,
# because they end an escape, a field, and a line.
function __venvwrap_keep {
    \builtin emulate -L zsh
    [[ -n ${(P)1+x} ]] || \builtin return 0
    \builtin local __venvwrap_value=${(P)1} __venvwrap_mark=''
    __venvwrap_value=${${__venvwrap_value//\%/%25}//$'\n'/%0A}
    [[ ${(Pt)1} == *export* ]] || __venvwrap_mark=-
    __venvwrap_undo="$__venvwrap_undo;$__venvwrap_mark$1=${__venvwrap_value//;/%3B}"
}

# Puts the environment's name before the prompt, if this shell has one. Characters that run or
# change when the prompt is drawn (prompt_subst, prompt_bang) become `_`, and `%` is doubled. A
# prompt inherited with the name in it keeps the name where it is.
function __venvwrap_prompt {
    \builtin emulate -L zsh
    [[ -n ${PS1+x} && -o interactive && -z ${VIRTUAL_ENV_DISABLE_PROMPT-} ]] || \builtin return 0
    ! __venvwrap_is_readonly PS1 || \builtin return 0
    \builtin local __venvwrap_label=${VIRTUAL_ENV_PROMPT-${CONDA_DEFAULT_ENV-}}
    \builtin local __venvwrap_text=${__venvwrap_label//[\$\`\\![:cntrl:]]/_}
    \builtin typeset -g +x __venvwrap_shown="(${__venvwrap_text//\%/%%}) "
    \builtin local __venvwrap_with="$__venvwrap_shown$PS1"
    if [[ ${1-} == inherited && $PS1 == *"$__venvwrap_shown"* ]]; then
        __venvwrap_with=$PS1
        PS1="${PS1%%"$__venvwrap_shown"*}${PS1#*"$__venvwrap_shown"}"
    fi
    __venvwrap_lend PS1
    PS1=$__venvwrap_with
    # Recorded after the hooks, which may change the prompt.
    \builtin typeset -g +x __venvwrap_drawn='+'
}

# Defines `deactivate`; an existing function of that name is kept until deactivation.
function __venvwrap_take_deactivate {
    \builtin emulate -L zsh
    if (( ${+functions[deactivate]} )); then
        functions[__venvwrap_other_deactivate]=${functions[deactivate]}
    fi
    function deactivate { __venvwrap_deactivate "$@"; }
}

# Sets the variables that venv's scripts restore from: a script sourced over this environment
# replaces `deactivate`, calls none of these functions, and resets PATH, the prompt, and PYTHONHOME
# from these values. Existing values are kept, marked `+` if exported.
function __venvwrap_lend {
    \builtin emulate -L zsh
    \builtin local __venvwrap_lent=_OLD_VIRTUAL_$1
    if [[ -n ${(P)__venvwrap_lent+x} ]]; then
        \builtin local __venvwrap_mark='-'
        [[ ${(Pt)__venvwrap_lent} != *export* ]] || __venvwrap_mark='+'
        \builtin typeset -g "__venvwrap_aside_$1=$__venvwrap_mark${(P)__venvwrap_lent}"
        \builtin unset $__venvwrap_lent
    fi
    [[ -z ${(P)1+x} ]] || \builtin typeset -g "$__venvwrap_lent=${(P)1}"
}

# Undoes __venvwrap_lend.
function __venvwrap_take_back {
    \builtin emulate -L zsh
    \builtin local __venvwrap_lent=_OLD_VIRTUAL_$1 __venvwrap_aside=__venvwrap_aside_$1
    \builtin unset $__venvwrap_lent
    \builtin local __venvwrap_was=${(P)__venvwrap_aside-}
    case $__venvwrap_was in
        +*) \builtin export "$__venvwrap_lent=${__venvwrap_was#+}" ;;
        -*) \builtin typeset -g "$__venvwrap_lent=${__venvwrap_was#-}" ;;
    esac
    \builtin unset $__venvwrap_aside
}

# Deactivates another tool's environment: activation replaces, as in every tool. If this shell has
# that tool's own `deactivate`, that is called. If VIRTUAL_ENV was only inherited, PATH, the prompt,
# and the variables lose it here. A value that is no environment (`/usr` in some images) is an
# ordinary variable and stays.
function __venvwrap_displace {
    \builtin emulate -L zsh
    ! __venvwrap_is_of_tool || \deactivate '' || \builtin true
    [[ ${VIRTUAL_ENV-} == /* && -f $VIRTUAL_ENV/pyvenv.cfg ]] || \builtin return 0
    \builtin local __venvwrap_label
    __venvwrap_without "$VIRTUAL_ENV/bin" || \builtin true
    for __venvwrap_label in "${VIRTUAL_ENV_PROMPT-}" "(${VIRTUAL_ENV_PROMPT-}) " "(${VIRTUAL_ENV##*/}) "; do
        if [[ $__venvwrap_label == "("?*") " && ${PS1-} == "$__venvwrap_label"* ]] && ! __venvwrap_is_readonly PS1; then
            PS1=${PS1#"$__venvwrap_label"}
            \builtin break
        fi
    done
    \builtin unset VIRTUAL_ENV VIRTUAL_ENV_PROMPT
}

# Whether `deactivate` comes from a script of venv, virtualenv, uv, or venvwrap.
function __venvwrap_is_of_tool {
    \builtin emulate -L zsh
    [[ ${functions[deactivate]-} == *_OLD_VIRTUAL_PATH* ]]
}

# Removes a directory from PATH, once; fails if it is not there.
function __venvwrap_without {
    \builtin emulate -L zsh
    \builtin local __venvwrap_search=":${PATH-}:"
    [[ $__venvwrap_search == *":$1:"* ]] || \builtin return 1
    __venvwrap_search="${__venvwrap_search%%":$1:"*}:${__venvwrap_search#*":$1:"}"
    __venvwrap_search=${__venvwrap_search#:}
    PATH=${__venvwrap_search%:}
}

# enter ROOT PROMPT HOOKS: a step of a plan. Activates an environment. zsh itself forgets hashed
# commands when PATH is set.
function __venvwrap_enter {
    \builtin emulate -L zsh
    __venvwrap_displace
    \builtin local __venvwrap_undo=${${1//\%/%25}//$'\n'/%0A} __venvwrap_hooks=${${3//\%/%25}//$'\n'/%0A}
    __venvwrap_undo="root=${__venvwrap_undo//;/%3B};hooks=${__venvwrap_hooks//;/%3B}"
    __venvwrap_keep VIRTUAL_ENV
    __venvwrap_keep VIRTUAL_ENV_PROMPT
    __venvwrap_keep PYTHONHOME
    if [[ -z ${PATH+x} ]]; then
        __venvwrap_undo="$__venvwrap_undo;PATH"
    elif [[ ${(t)PATH} != *export* ]]; then
        __venvwrap_undo="$__venvwrap_undo;-PATH"
    fi
    # With `typeset -U path` the user's own entry vanishes when ours is added, or with the next
    # change.
    if [[ ${(t)path} == *unique* || ${(t)PATH} == *unique* ]] && (( ${path[(Ie)$1/bin]} )); then
        __venvwrap_undo="$__venvwrap_undo;stood=$((${path[(Ie)$1/bin]} - 1))"
    fi
    __venvwrap_lend PYTHONHOME
    __venvwrap_lend PATH
    \builtin unset PYTHONHOME
    \builtin export VIRTUAL_ENV="$1" VIRTUAL_ENV_PROMPT="$2" VENVWRAP_UNDO="$__venvwrap_undo" PATH="$1/bin${PATH+:$PATH}"
    # Copies that no other program can change: of the record, and of what this shell itself
    # activated.
    \builtin typeset -g +x __venvwrap_record="$VENVWRAP_UNDO" __venvwrap_entered="$1" __venvwrap_named="$2"
    # An environment that is activated again is not the one before itself.
    [[ $1 != "${__venvwrap_previous-}" ]] || __venvwrap_previous="${__venvwrap_earlier-}"
    __venvwrap_prompt
    __venvwrap_take_deactivate
}

# Decides which record counts. VENVWRAP_UNDO may have been removed or replaced since this shell
# activated (direnv does both). It counts more than the copy only if it describes the active
# environment and the copy does not.
function __venvwrap_settle {
    \builtin emulate -L zsh
    [[ -n ${__venvwrap_record-} && ${VENVWRAP_UNDO-} != "$__venvwrap_record" ]] || \builtin return 0
    if [[ -n ${VENVWRAP_UNDO-} ]] && __venvwrap_is_inside; then
        \builtin local __venvwrap_other=$VENVWRAP_UNDO
        VENVWRAP_UNDO=$__venvwrap_record
        __venvwrap_is_inside || VENVWRAP_UNDO=$__venvwrap_other
    else
        \builtin typeset -gx VENVWRAP_UNDO="$__venvwrap_record"
    fi
}

# leave: a step of a plan. Undoes what is on record, also in a child of the shell that activated.
# PATH and the prompt lose exactly what was added, wherever it is now. Assigns only the names
# written here and those that the binary's rule for records allows. Whatever others changed
# meanwhile, no name in the prompt, no `deactivate`, and no variable of venvwrap's remains.
function __venvwrap_leave {
    \builtin emulate -L zsh
    __venvwrap_settle
    [[ -n ${VENVWRAP_UNDO-} ]] || \builtin return 0
    __venvwrap_uv_leave
    \builtin local __venvwrap_rest="$VENVWRAP_UNDO;" __venvwrap_field __venvwrap_name __venvwrap_value
    \builtin local __venvwrap_stood='' __venvwrap_root='' __venvwrap_path_was='exported' __venvwrap_whose='own'
    \builtin local __venvwrap_virtual_env='' __venvwrap_virtual_env_prompt='' __venvwrap_pythonhome=''
    while [[ -n $__venvwrap_rest ]]; do
        __venvwrap_field=${__venvwrap_rest%%;*}
        __venvwrap_rest=${__venvwrap_rest#*;}
        __venvwrap_name=${__venvwrap_field%%\=*}
        __venvwrap_value=${__venvwrap_field#*\=}
        __venvwrap_value=${${__venvwrap_value//\%3B/;}//\%0A/$'\n'}
        __venvwrap_value=${__venvwrap_value//\%25/%}
        case $__venvwrap_name in
            root) __venvwrap_root=$__venvwrap_value ;;
            stood) __venvwrap_stood=$__venvwrap_value ;;
            PATH) __venvwrap_path_was='unset' ;;
            -PATH) __venvwrap_path_was='private' ;;
            VIRTUAL_ENV | -VIRTUAL_ENV) __venvwrap_virtual_env="$__venvwrap_name=$__venvwrap_value" ;;
            VIRTUAL_ENV_PROMPT | -VIRTUAL_ENV_PROMPT) __venvwrap_virtual_env_prompt="$__venvwrap_name=$__venvwrap_value" ;;
            PYTHONHOME | -PYTHONHOME) __venvwrap_pythonhome="$__venvwrap_name=$__venvwrap_value" ;;
        esac
    done
    if [[ -n $__venvwrap_root ]] && __venvwrap_without "$__venvwrap_root/bin"; then
        if [[ -n $__venvwrap_stood && $__venvwrap_stood != *[!0-9]* && $#__venvwrap_stood -lt 5 ]] &&
            (( ! ${path[(Ie)$__venvwrap_root/bin]} )); then
            path=("${(@)path[1,__venvwrap_stood]}" "$__venvwrap_root/bin" "${(@)path[__venvwrap_stood+1,-1]}")
        fi
    fi
    case $__venvwrap_path_was in
        private) \builtin typeset -g +x PATH ;;
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
    if [[ ${functions[deactivate]-} == *__venvwrap_deactivate* ]]; then
        \builtin unset -f deactivate
        if (( ${+functions[__venvwrap_other_deactivate]} )); then
            functions[deactivate]=${functions[__venvwrap_other_deactivate]}
            \builtin unset -f __venvwrap_other_deactivate
        fi
    elif __venvwrap_is_of_tool; then
        # A script was sourced over ours. If it is this environment's, it is undone, too; if
        # another's, it stays.
        if [[ $__venvwrap_whose == own ]]; then \builtin unset -f deactivate; else __venvwrap_whose='script'; fi
    elif (( ${+functions[__venvwrap_other_deactivate]} )); then
        # The user has redefined the function.
        \builtin unset -f __venvwrap_other_deactivate
    fi
    if [[ -n ${__venvwrap_shown-} ]] && ! __venvwrap_is_readonly PS1; then
        # If the prompt is as it was after the plan, restore the earlier one, without any changes by
        # hooks. Otherwise remove only the name.
        if [[ ${__venvwrap_drawn-} == "=${PS1-}" && -n ${_OLD_VIRTUAL_PS1+x} ]]; then
            PS1=$_OLD_VIRTUAL_PS1
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
}

# put_back NAME HOW VALUE: a step of a plan. Restores a variable: unset, exported, or private.
function __venvwrap_put_back {
    \builtin emulate -L zsh
    \builtin unset "$1"
    case $2 in
        exported) \builtin typeset -gx "$1=$3" ;;
        private) \builtin typeset -g "$1=$3" ;;
    esac
}

# restore NAME FIELD: restores a variable from FIELD of the record, or unsets it if FIELD is empty.
function __venvwrap_restore {
    \builtin emulate -L zsh
    \builtin unset "$1"
    case $2 in
        '') ;;
        -*) \builtin typeset -g "$1=${2#*\=}" ;;
        *) \builtin typeset -gx "$1=${2#*\=}" ;;
    esac
}

# cd DIRECTORY: a step of a plan. -q: no chpwd hook.
function __venvwrap_cd {
    \builtin cd -q -- "$1" || \builtin return
    __venvwrap_uv_look
}

# recorded NAME: sets the caller's __venvwrap_value to that field of VENVWRAP_UNDO. Hooks see the
# variables of the function that sources them, hence the long names.
function __venvwrap_recorded {
    \builtin emulate -L zsh
    [[ ";${VENVWRAP_UNDO-};" == *";$1="* ]] || \builtin return 1
    __venvwrap_value=";$VENVWRAP_UNDO;"
    __venvwrap_value="${__venvwrap_value#*";$1="}"
    __venvwrap_decode "${__venvwrap_value%%;*}"
}

# Whether the environment on record is active: nothing else was activated over it.
function __venvwrap_is_inside {
    \builtin emulate -L zsh
    \builtin local __venvwrap_value=''
    __venvwrap_recorded root && [[ ${VIRTUAL_ENV:-${CONDA_PREFIX-}} == "$__venvwrap_value" ]]
}

# Whether an environment's hooks are the user's own: this shell activated it, or it is a direct
# child of WORKON_HOME.
function __venvwrap_is_own {
    \builtin emulate -L zsh
    [[ $1 == /* ]] || \builtin return 1
    [[ $1 == "${__venvwrap_entered-}" ]] && \builtin return 0
    \builtin local __venvwrap_name=${1##*/}
    [[ -n $__venvwrap_name && $__venvwrap_name != . && $__venvwrap_name != .. && ${1%/*} -ef ${WORKON_HOME-} ]]
}

# depart: a step of a plan. Deactivates with hooks: the project's, the environment's, the global one
# before; the environment's, the global one after.
function __venvwrap_depart {
    __venvwrap_settle
    \builtin local __venvwrap_root='' __venvwrap_hooks='' __venvwrap_project='' __venvwrap_value='' __venvwrap_own=source
    \builtin local __venvwrap_rest=''
    ! __venvwrap_recorded root || __venvwrap_root="$__venvwrap_value"
    if [[ -z $__venvwrap_root || ${VIRTUAL_ENV:-${CONDA_PREFIX-}} != "$__venvwrap_root" ]]; then
        __venvwrap_leave
        \builtin return
    fi
    # For `workon -`.
    [[ ${__venvwrap_previous-} == "$__venvwrap_root" ]] ||
        \builtin typeset -g +x __venvwrap_earlier="${__venvwrap_previous-}" __venvwrap_previous="$__venvwrap_root"
    # Anybody can write a record, so it decides neither where global hooks are nor whose an
    # environment is.
    __venvwrap_hooks="${VIRTUALENVWRAPPER_HOOK_DIR:-${WORKON_HOME-}}"
    ! __venvwrap_is_short "$__venvwrap_hooks" || __venvwrap_hooks="$(__venvwrap_run 'answer' 'hook-directory')"
    __venvwrap_is_own "$__venvwrap_root" || __venvwrap_own=source_trusted
    if __venvwrap_recorded elsewhere; then
        __venvwrap_project="$__venvwrap_value"
        __venvwrap_own=source_trusted
    fi
    __venvwrap_value="$__venvwrap_root/${VIRTUALENVWRAPPER_PROJECT_FILENAME:-.project}"
    if [[ -f $__venvwrap_value ]]; then
        # The first line of a file that may be anything.
        IFS='' \builtin read -r -k 4096 -u 0 __venvwrap_value <"$__venvwrap_value" || \builtin true
        __venvwrap_project="${__venvwrap_value%%$'\n'*}"
        __venvwrap_project="${__venvwrap_project%%$'\0'*}"
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
    {
        \builtin typeset -g VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV="$__venvwrap_root"
        "__venvwrap_$__venvwrap_own" "$__venvwrap_root/bin/postdeactivate"
        __venvwrap_source "$__venvwrap_hooks/postdeactivate"
    } always {
        \builtin unset VIRTUALENVWRAPPER_LAST_VIRTUAL_ENV
    }
}

# put_down FIELD VALUE: adds a field to the record.
function __venvwrap_put_down {
    \builtin emulate -L zsh
    \builtin local __venvwrap_value=${${2//\%/%25}//$'\n'/%0A}
    VENVWRAP_UNDO="$VENVWRAP_UNDO;$1=${__venvwrap_value//;/%3B}"
    \builtin typeset -g +x __venvwrap_record="$VENVWRAP_UNDO"
}

# conda ROOT NAME [VARIABLE VALUE]...: a step of a plan, after `enter`, for a conda environment.
# Sets what `conda activate --stack` would set, so that conda can go on from there and come back.
function __venvwrap_conda {
    \builtin emulate -L zsh
    \builtin local __venvwrap_level=${CONDA_SHLVL-}
    [[ -n ${CONDA_PREFIX-} && $__venvwrap_level != *[!0-9]* && $#__venvwrap_level -lt 4 ]] || __venvwrap_level=''
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
        [[ -z ${(P)1+x} ]] || __venvwrap_set "__CONDA_SHLVL_${__venvwrap_level}_$1" "${(P)1}"
        __venvwrap_set "$1" "$2"
        \builtin shift 2
    done
}

# set NAME VALUE: sets and exports a variable, and records its earlier value.
function __venvwrap_set {
    \builtin emulate -L zsh
    if [[ -z ${(P)1+x} ]]; then
        __venvwrap_put_down set "$1"
    elif [[ ${(Pt)1} == *export* ]]; then
        __venvwrap_put_down set "$1=${(P)1}"
    else
        __venvwrap_put_down set "-$1=${(P)1}"
    fi
    \builtin typeset -gx "$1=$2"
}

# uv CODE PROJECT: a step of a plan, after `enter`. Loads the functions of uv.sh and begins.
function __venvwrap_uv {
    \builtin emulate -L zsh
    \builtin setopt no_aliases
    \builtin eval "$1"
    __venvwrap_uv_enter "$2"
}

# path DIRECTORY...: a step of a plan, after `enter`. Puts directories into PATH behind that of the
# environment, and records them.
function __venvwrap_path {
    \builtin emulate -L zsh
    \builtin local __venvwrap_rest="${PATH#"$VIRTUAL_ENV/bin"}" __venvwrap_new="$VIRTUAL_ENV/bin"
    while [[ $# -gt 0 ]]; do
        # With `typeset -U path`, the user's own entry would vanish.
        if [[ "${(t)PATH} ${(t)path}" != *unique* || ":$PATH:" != *":$1:"* ]]; then
            __venvwrap_put_down set "+PATH=$1"
            __venvwrap_new="$__venvwrap_new:$1"
        fi
        \builtin shift
    done
    \builtin typeset -gx PATH="$__venvwrap_new$__venvwrap_rest"
}

# Decodes a value of the record into the caller's __venvwrap_value.
function __venvwrap_decode {
    \builtin emulate -L zsh
    __venvwrap_value=${${1//\%3B/;}//\%0A/$'\n'}
    __venvwrap_value=${__venvwrap_value//\%25/%}
}

# A separate function, because the lines may `return`.
function __venvwrap_read_lines {
    \builtin local __venvwrap_lines="$1"
    \builtin set --
    \builtin eval "$__venvwrap_lines"
}

# The body of `venvwrap doctor`. The binary sees files and exported variables; this tells it what a
# command is in this shell, as NAME KIND TEXT.
function __venvwrap_doctor {
    \builtin emulate -L zsh
    \builtin local __venvwrap_name __venvwrap_text
    \builtin local -a __venvwrap_told
    for __venvwrap_name in python pip; do
        if (( ${+aliases[$__venvwrap_name]} )); then
            __venvwrap_told+=(--told "$__venvwrap_name alias ${aliases[$__venvwrap_name]}")
        elif (( ${+functions[$__venvwrap_name]} )); then
            __venvwrap_told+=(--told "$__venvwrap_name function")
        elif __venvwrap_text=$(\builtin \whence "$__venvwrap_name"); then
            __venvwrap_told+=(--told "$__venvwrap_name hashed $__venvwrap_text")
        fi
    done
    [[ ${functions[workon]-} == *__venvwrap_call* ]] || __venvwrap_told+=(--told 'workon other')
    (( ! ${+functions[virtualenvwrapper_workon_help]} )) || __venvwrap_told+=(--told 'virtualenvwrapper loaded')
    if [[ ${__venvwrap_watcher-} == "$$" ]]; then
        \builtin local __venvwrap_rival='' __venvwrap_beside=''
        __venvwrap_told+=(--told 'automatic on')
        ! __venvwrap_yields || __venvwrap_told+=(--told "automatic left to $__venvwrap_rival")
    fi
    __venvwrap_call doctor --told 'functions of zsh' "${__venvwrap_told[@]}" "$@"
}

# Expands WORKON_HOME and VIRTUALENVWRAPPER_HOOK_DIR; starts a process for one that must be expanded.
function __venvwrap_expand {
    if __venvwrap_is_short "$WORKON_HOME" && ! __venvwrap_is_readonly WORKON_HOME; then
        \builtin typeset -g WORKON_HOME="$(__venvwrap_run 'answer' 'workon-home')"
    fi
    if [[ -n ${VIRTUALENVWRAPPER_HOOK_DIR-} ]] && __venvwrap_is_short "$VIRTUALENVWRAPPER_HOOK_DIR" &&
        ! __venvwrap_is_readonly VIRTUALENVWRAPPER_HOOK_DIR; then
        \builtin typeset -g VIRTUALENVWRAPPER_HOOK_DIR="$(__venvwrap_run 'answer' 'hook-directory')"
    fi
}

# For a shell started inside an environment, or one that reads its start-up files again: moves the
# environment to the front of PATH, behind which those files (pyenv's line, path_helper) put it, and
# undoes an activate script that they sourced. A removed environment gets no name in the prompt, and
# can be deactivated all the same.
function __venvwrap_resume {
    \builtin emulate -L zsh
    \builtin local __venvwrap_name
    # Private to a shell, so an exported one comes from elsewhere.
    for __venvwrap_name in __venvwrap_record __venvwrap_entered __venvwrap_named __venvwrap_shown __venvwrap_drawn \
        __venvwrap_previous __venvwrap_earlier; do
        [[ ${(Pt)__venvwrap_name-} != *export* ]] || \builtin unset "$__venvwrap_name"
    done
    __venvwrap_settle
    __venvwrap_is_inside || \builtin return 0
    \builtin local __venvwrap_value='' __venvwrap_label=${VIRTUAL_ENV_PROMPT-}
    __venvwrap_recorded root
    if [[ -n ${VIRTUAL_ENV-} ]] && __venvwrap_is_of_tool; then
        \deactivate '' || \builtin true
        # Some tools include the parentheses.
        [[ $__venvwrap_label != "("*") " ]] || __venvwrap_label=${${__venvwrap_label#\(}%\) }
        \builtin export VIRTUAL_ENV="$__venvwrap_value" VIRTUAL_ENV_PROMPT="$__venvwrap_label"
        \builtin typeset -g +x __venvwrap_drawn=''
    fi
    if [[ -z ${__venvwrap_record-} ]]; then
        \builtin typeset -g +x __venvwrap_record="$VENVWRAP_UNDO" __venvwrap_named="$__venvwrap_label"
    fi
    (( ${+functions[deactivate]} )) || __venvwrap_take_deactivate
    [[ $VENVWRAP_UNDO != *";uv="* ]] || __venvwrap_call answer uv || \builtin true
    [[ -d $__venvwrap_value/bin && ( -f $__venvwrap_value/pyvenv.cfg || -d $__venvwrap_value/conda-meta ) ]] ||
        \builtin return 0
    if [[ ${PATH-} != "$__venvwrap_value/bin" && ${PATH-} != "$__venvwrap_value/bin:"* ]]; then
        __venvwrap_without "$__venvwrap_value/bin" || \builtin true
        PATH="$__venvwrap_value/bin${PATH+:$PATH}"
    fi
    # For an activate script that is sourced next.
    if [[ -z ${_OLD_VIRTUAL_PATH+x} ]]; then
        \builtin typeset -g _OLD_VIRTUAL_PATH="${${PATH#"$__venvwrap_value/bin"}#:}"
    fi
    if [[ -z ${__venvwrap_shown-} || ${PS1-} != *"$__venvwrap_shown"* ]]; then
        [[ -z ${__venvwrap_shown-} ]] || __venvwrap_take_back PS1
        __venvwrap_prompt inherited
        [[ ${__venvwrap_drawn-} != + ]] || __venvwrap_drawn="=${PS1-}"
    fi
}
