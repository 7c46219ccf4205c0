# venvwrap's functions for zsh 5 and newer.
#
# The line before these files sets __venvwrap_executable. Each command asks the binary for a plan, which comes on
# descriptor 3 and is made of calls of the functions below; stdout and stderr stay yours. Nothing here starts a process
# while it is loaded, and leaving an environment starts none at all. Loading it twice changes nothing.
#
# Builtins are called as \builtin, past functions of the same name. Aliases, which zsh can expand in any word, are off while
# this is read (src/shell/init.rs); what stands in $(...) is read when it runs, and has no word that could be one. The
# functions that run none of your
# code set zsh's own options for themselves (emulate -L); the others hold under nounset, err_return, ksharrays,
# shwordsplit and noglob as they are.

# Becomes the binary; only to be called in a subshell. The variables count as they are now, exported or not.
function __venvwrap_run {
    \builtin export WORKON_HOME PROJECT_HOME VIRTUALENVWRAPPER_HOOK_DIR VIRTUALENVWRAPPER_PROJECT_FILENAME \
        VIRTUALENVWRAPPER_WORKON_CD VIRTUALENVWRAPPER_VIRTUALENV VIRTUALENVWRAPPER_VIRTUALENV_ARGS \
        VIRTUALENVWRAPPER_LOG_FILE VIRTUALENVWRAPPER_SCRIPT VIRTUALENVWRAPPER_PYTHON HOOK_VERBOSE_OPTION
    \builtin exec "$__venvwrap_executable" "$@"
}

# Runs a command of the binary and carries out its plan.
function __venvwrap_call {
    # A stdout that is closed cannot be handed on, and a step that prints would end the script. (Trying it would not
    # tell: the attempt itself opens descriptors. To zsh, `/dev/fd/` with a slash at its end is descriptor 0.)
    if [[ ! -e /dev/fd/1 && -d /dev/fd ]]; then
        __venvwrap_call "$@" >/dev/null
        \builtin return
    fi
    \builtin local __venvwrap_plan='' __venvwrap_status=0 __venvwrap_word="$$.${RANDOM-}.${RANDOM-}" __venvwrap_mode=''
    [[ ! -o interactive || -n ${ZSH_EXECUTION_STRING+x} ]] || __venvwrap_mode=/i
    {
        __venvwrap_plan="$(__venvwrap_run "--plan=zsh/2/$__venvwrap_word$__venvwrap_mode" "$@" 3>&1 1>&4 4>&-)" ||
            __venvwrap_status=$?
    } 4>&1
    # What a trap of yours writes to descriptor 3 comes before the plan. A binary that was killed may have written half of
    # one.
    if [[ $__venvwrap_status -lt 128 && $__venvwrap_plan == *"#<$__venvwrap_word"$'\n'*"#$__venvwrap_word>"* ]]; then
        __venvwrap_plan="${__venvwrap_plan#*"#<$__venvwrap_word"$'\n'}"
        __venvwrap_plan="${__venvwrap_plan%"#$__venvwrap_word>"*}"
        \builtin set --
        if [[ $__venvwrap_plan == *__venvwrap_[de]* ]] && ! __venvwrap_can_switch; then
            __venvwrap_status=1
        else
            # What hooks are told goes when it is over, also when Ctrl-C ends one.
            {
                \builtin eval "$__venvwrap_plan" || __venvwrap_status=$?
            } always {
                [[ $__venvwrap_plan != *__venvwrap_project_cd* ]] || \builtin unset VIRTUALENVWRAPPER_PROJECT_CD
            }
        fi
    fi
    [[ ${__venvwrap_drawn-} != + ]] || __venvwrap_drawn="=${PS1-}"
    \builtin return "$__venvwrap_status"
}

# Whether the variable $1 cannot be set.
function __venvwrap_is_readonly {
    \builtin emulate -L zsh
    [[ ${(Pt)1-} == *readonly* ]]
}

# Whether an environment can be entered and left here; asked before anything is done.
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

# Adds to the caller's `__venvwrap_undo` what the variable $1 is now. One that is unset adds nothing; one that is not exported is
# marked by a `-`. `%`, `;` and newline are written as in a URL, for they end an escape, a field and a line.
function __venvwrap_keep {
    \builtin emulate -L zsh
    [[ -n ${(P)1+x} ]] || \builtin return 0
    \builtin local __venvwrap_value=${(P)1} __venvwrap_mark=''
    __venvwrap_value=${${__venvwrap_value//\%/%25}//$'\n'/%0A}
    [[ ${(Pt)1} == *export* ]] || __venvwrap_mark=-
    __venvwrap_undo="$__venvwrap_undo;$__venvwrap_mark$1=${__venvwrap_value//;/%3B}"
}

# Puts the name of the environment before the prompt, if this shell has one. Characters that would run or change when
# the prompt is drawn (prompt_subst, prompt_bang) become `_`; `%` is doubled. A prompt that came with the name, from the
# shell that started this one, keeps it where it is.
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
    # To be noted when hooks have had their say.
    \builtin typeset -g +x __venvwrap_drawn='+'
}

# Defines `deactivate`; one that is there already is put aside until we leave.
function __venvwrap_take_deactivate {
    \builtin emulate -L zsh
    if (( ${+functions[deactivate]} )); then
        functions[__venvwrap_other_deactivate]=${functions[deactivate]}
    fi
    function deactivate { __venvwrap_deactivate "$@"; }
}

# Lends venv's scripts what they look for: one that is sourced over us takes `deactivate` for itself and calls nothing of
# ours, but puts PATH, prompt and PYTHONHOME back as these say. What they had lent already is put aside,
# marked `+` if it is exported.
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

# The way back.
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

# Takes back what another tool entered: entering replaces, as it does everywhere. That tool's own `deactivate` does it
# where this shell has one. Where VIRTUAL_ENV was only inherited, PATH, the prompt and the variables lose it here; one
# that names no environment (`/usr`, in some images) is only a variable, and stays below.
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

# Whether `deactivate` is that of a script of venv, virtualenv, uv or ours.
function __venvwrap_is_of_tool {
    \builtin emulate -L zsh
    [[ ${functions[deactivate]-} == *_OLD_VIRTUAL_PATH* ]]
}

# Takes a directory out of PATH, once; fails where it is not there.
function __venvwrap_without {
    \builtin emulate -L zsh
    \builtin local __venvwrap_search=":${PATH-}:"
    [[ $__venvwrap_search == *":$1:"* ]] || \builtin return 1
    __venvwrap_search="${__venvwrap_search%%":$1:"*}:${__venvwrap_search#*":$1:"}"
    __venvwrap_search=${__venvwrap_search#:}
    PATH=${__venvwrap_search%:}
}

# enter ROOT PROMPT HOOKS: a step of a plan. zsh itself forgets where commands are when PATH is set.
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
    # With `typeset -U path` the entry that you had yourself goes when ours comes, or with the next change.
    if [[ ${(t)path} == *unique* || ${(t)PATH} == *unique* ]] && (( ${path[(Ie)$1/bin]} )); then
        __venvwrap_undo="$__venvwrap_undo;stood=$((${path[(Ie)$1/bin]} - 1))"
    fi
    __venvwrap_lend PYTHONHOME
    __venvwrap_lend PATH
    \builtin unset PYTHONHOME
    \builtin export VIRTUAL_ENV="$1" VIRTUAL_ENV_PROMPT="$2" VENVWRAP_UNDO="$__venvwrap_undo" PATH="$1/bin${PATH+:$PATH}"
    # Copies that no other program can change: of the record, and of what this shell itself has entered.
    \builtin typeset -g +x __venvwrap_record="$VENVWRAP_UNDO" __venvwrap_entered="$1" __venvwrap_named="$2"
    __venvwrap_prompt
    __venvwrap_take_deactivate
}

# Settles which record counts. VENVWRAP_UNDO may have been taken away or replaced since this shell entered (direnv does
# both): it counts more than the copy only if it, and not the copy, is about the active environment.
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

# leave: a step of a plan. Takes back what is on record, also in a child of the shell that entered; PATH and prompt lose
# exactly what was added, wherever it stands now. Only the names written here are ever assigned, and those that the
# binary's rule for records lets through. Whatever others have changed meanwhile: no name before the prompt, no
# `deactivate` and no variable of ours is left.
function __venvwrap_leave {
    \builtin emulate -L zsh
    __venvwrap_settle
    [[ -n ${VENVWRAP_UNDO-} ]] || \builtin return 0
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
    if [[ ${functions[deactivate]-} == *__venvwrap_deactivate* ]]; then
        \builtin unset -f deactivate
        if (( ${+functions[__venvwrap_other_deactivate]} )); then
            functions[deactivate]=${functions[__venvwrap_other_deactivate]}
            \builtin unset -f __venvwrap_other_deactivate
        fi
    elif __venvwrap_is_of_tool; then
        # A script has been sourced over ours: of this environment, and goes with it, or of another, which stays.
        if [[ $__venvwrap_whose == own ]]; then \builtin unset -f deactivate; else __venvwrap_whose='script'; fi
    elif (( ${+functions[__venvwrap_other_deactivate]} )); then
        # Defined anew by the person.
        \builtin unset -f __venvwrap_other_deactivate
    fi
    if [[ -n ${__venvwrap_shown-} ]] && ! __venvwrap_is_readonly PS1; then
        # As it was when the plan was through: then what hooks made of it goes with us. Else only the name goes.
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
    # What was put aside belongs to a script that another one has replaced since.
    \builtin unset __venvwrap_aside_PATH __venvwrap_aside_PYTHONHOME __venvwrap_aside_PS1
    [[ -n ${PYTHONHOME+x} ]] || __venvwrap_restore PYTHONHOME "$__venvwrap_pythonhome"
    \builtin unset __venvwrap_shown __venvwrap_drawn __venvwrap_record __venvwrap_entered __venvwrap_named VENVWRAP_UNDO
}

# put_back NAME HOW VALUE: a step of a plan. What a variable was before entering: unset, exported or private.
function __venvwrap_put_back {
    \builtin emulate -L zsh
    \builtin unset "$1"
    case $2 in
        exported) \builtin typeset -gx "$1=$3" ;;
        private) \builtin typeset -g "$1=$3" ;;
    esac
}

# restore NAME FIELD: what FIELD, from the record, says of the variable; unset where it says nothing.
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
    \builtin cd -q -- "$1"
}

# recorded NAME: puts what VENVWRAP_UNDO says of it into the caller's __venvwrap_value. Hooks see the variables of the
# function that sources them: no name that they may use themselves.
function __venvwrap_recorded {
    \builtin emulate -L zsh
    [[ ";${VENVWRAP_UNDO-};" == *";$1="* ]] || \builtin return 1
    __venvwrap_value=";$VENVWRAP_UNDO;"
    __venvwrap_value="${__venvwrap_value#*";$1="}"
    __venvwrap_decode "${__venvwrap_value%%;*}"
}

# Whether the environment on record is the active one: none has been entered over it by other means.
function __venvwrap_is_inside {
    \builtin emulate -L zsh
    \builtin local __venvwrap_value=''
    __venvwrap_recorded root && [[ ${VIRTUAL_ENV:-${CONDA_PREFIX-}} == "$__venvwrap_value" ]]
}

# Whether the hooks in an environment are the person's own: this shell entered it, or it is a direct child of the store.
function __venvwrap_is_own {
    \builtin emulate -L zsh
    [[ $1 == /* ]] || \builtin return 1
    [[ $1 == "${__venvwrap_entered-}" ]] && \builtin return 0
    \builtin local __venvwrap_name=${1##*/}
    [[ -n $__venvwrap_name && $__venvwrap_name != . && $__venvwrap_name != .. && ${1%/*} -ef ${WORKON_HOME-} ]]
}

# depart: a step of a plan. Leaves, with the hooks of leaving: project, local, global before; local, global after.
function __venvwrap_depart {
    __venvwrap_settle
    \builtin local __venvwrap_root='' __venvwrap_hooks='' __venvwrap_project='' __venvwrap_value='' __venvwrap_own=source
    \builtin local __venvwrap_rest=''
    ! __venvwrap_recorded root || __venvwrap_root="$__venvwrap_value"
    if [[ -z $__venvwrap_root || ${VIRTUAL_ENV:-${CONDA_PREFIX-}} != "$__venvwrap_root" ]]; then
        __venvwrap_leave
        \builtin return
    fi
    # A record could have been written by anybody: it says neither where global hooks lie nor whose an environment is.
    __venvwrap_hooks="${VIRTUALENVWRAPPER_HOOK_DIR:-${WORKON_HOME-}}"
    ! __venvwrap_is_short "$__venvwrap_hooks" || __venvwrap_hooks="$(__venvwrap_run 'answer' 'hook-directory')"
    __venvwrap_is_own "$__venvwrap_root" || __venvwrap_own=source_trusted
    if __venvwrap_recorded elsewhere; then
        __venvwrap_project="$__venvwrap_value"
        __venvwrap_own=source_trusted
    fi
    __venvwrap_value="$__venvwrap_root/${VIRTUALENVWRAPPER_PROJECT_FILENAME:-.project}"
    if [[ -f $__venvwrap_value ]]; then
        # The first line, of a file that may be anything.
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

# Puts a FIELD with a VALUE on record.
function __venvwrap_put_down {
    \builtin emulate -L zsh
    \builtin local __venvwrap_value=${${2//\%/%25}//$'\n'/%0A}
    VENVWRAP_UNDO="$VENVWRAP_UNDO;$1=${__venvwrap_value//;/%3B}"
    \builtin typeset -g +x __venvwrap_record="$VENVWRAP_UNDO"
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
        # `conda deactivate` puts this back.
        [[ -z ${(P)1+x} ]] || __venvwrap_set "__CONDA_SHLVL_${__venvwrap_level}_$1" "${(P)1}"
        __venvwrap_set "$1" "$2"
        \builtin shift 2
    done
}

# Sets and exports a variable, and puts on record what it was.
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

# Puts a value as it stands in the record into the caller's __venvwrap_value, as it was.
function __venvwrap_decode {
    \builtin emulate -L zsh
    __venvwrap_value=${${1//\%3B/;}//\%0A/$'\n'}
    __venvwrap_value=${__venvwrap_value//\%25/%}
}

# Runs a file that is not the person's own, if they trust it as it is: what was looked at, not what has its name then.
function __venvwrap_source_trusted {
    # Asking costs a process; only who has such a hook pays for it.
    [[ ! -f $1 ]] || __venvwrap_call trust --check "$1" || \builtin true
}

# text CODE: a step of a plan. What a trusted hook says.
function __venvwrap_text {
    __venvwrap_evaluate "$1" || \builtin true
}

# source FILE: a step of a plan. A hook; whatever becomes of it, the command goes on.
function __venvwrap_source {
    [[ ! -f $1 ]] || __venvwrap_read "$1" || \builtin true
}

# A function of its own, for the hook may return.
function __venvwrap_read {
    \builtin local __venvwrap_file="$1"
    \builtin set --
    \builtin source "$__venvwrap_file"
}

# run_hooks EVENT NAME: a step of a plan. The binary runs them, now.
function __venvwrap_run_hooks {
    (__venvwrap_run hook "$@") || \builtin true
}

# project_cd [1|0]: a step of a plan. Tells hooks, and what they start, whether entering changes to the project.
function __venvwrap_project_cd {
    if [[ $# -gt 0 ]]; then
        \builtin export VIRTUALENVWRAPPER_PROJECT_CD="$1"
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
    __venvwrap_evaluate "$1" || \builtin true
}

# A function of its own, for the lines may return.
function __venvwrap_evaluate {
    \builtin local __venvwrap_lines="$1"
    \builtin set --
    \builtin eval "$__venvwrap_lines"
}

# What `deactivate` does. Under your own options, for the hooks run in it.
function __venvwrap_deactivate {
    case "${1-}" in
        -h | --help) __venvwrap_call deactivate "$1" ;;
        *)
            __venvwrap_settle
            if [[ -z ${VENVWRAP_UNDO-} ]]; then
                \builtin print -r -u2 -- 'venvwrap: no virtualenv active'
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
    __venvwrap_call doctor --told 'functions of zsh' "${__venvwrap_told[@]}" "$@"
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
    \builtin cd -q "$@"
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
    \builtin export VIRTUALENVWRAPPER_HOOK_DIR="${VIRTUALENVWRAPPER_HOOK_DIR:-$WORKON_HOME}"
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
    \builtin typeset -g WORKON_HOME="${HOME-}/.virtualenvs"
elif __venvwrap_is_short "$WORKON_HOME" && ! __venvwrap_is_readonly WORKON_HOME; then
    \builtin typeset -g WORKON_HOME="$(__venvwrap_run 'answer' 'workon-home')"
fi
\builtin typeset -g VIRTUALENVWRAPPER_ENV_BIN_DIR=bin
[[ -n ${VIRTUALENVWRAPPER_PROJECT_FILENAME-} ]] || \builtin typeset -g VIRTUALENVWRAPPER_PROJECT_FILENAME=.project
[[ -n ${VIRTUALENVWRAPPER_WORKON_CD-} ]] || \builtin typeset -g VIRTUALENVWRAPPER_WORKON_CD=1
\builtin export WORKON_HOME VIRTUALENVWRAPPER_PROJECT_FILENAME VIRTUALENVWRAPPER_WORKON_CD

if [[ -n ${VIRTUALENVWRAPPER_HOOK_DIR-} ]]; then
    if __venvwrap_is_short "$VIRTUALENVWRAPPER_HOOK_DIR" && ! __venvwrap_is_readonly VIRTUALENVWRAPPER_HOOK_DIR; then
        \builtin typeset -g VIRTUALENVWRAPPER_HOOK_DIR="$(__venvwrap_run 'answer' 'hook-directory')"
    fi
    \builtin export VIRTUALENVWRAPPER_HOOK_DIR
elif [[ -e $WORKON_HOME/initialize ]]; then
    \builtin export VIRTUALENVWRAPPER_HOOK_DIR="$WORKON_HOME"
fi

# A shell that was started inside an environment, or reads its start-up files again, is in it: what these put before it in
# PATH (pyenv's line, path_helper) comes after it again, and an activate script that they sourced is taken back. No name
# is shown for an environment that is gone; it can be left all the same.
function __venvwrap_resume {
    \builtin emulate -L zsh
    \builtin local __venvwrap_name
    # Others can hand down variables, but not those that a shell has for itself.
    for __venvwrap_name in __venvwrap_record __venvwrap_entered __venvwrap_named __venvwrap_shown __venvwrap_drawn; do
        [[ ${(Pt)__venvwrap_name-} != *export* ]] || \builtin unset "$__venvwrap_name"
    done
    __venvwrap_settle
    __venvwrap_is_inside || \builtin return 0
    \builtin local __venvwrap_value='' __venvwrap_label=${VIRTUAL_ENV_PROMPT-}
    __venvwrap_recorded root
    if [[ -n ${VIRTUAL_ENV-} ]] && __venvwrap_is_of_tool; then
        \deactivate '' || \builtin true
        # Some have it with the brackets.
        [[ $__venvwrap_label != "("*") " ]] || __venvwrap_label=${${__venvwrap_label#\(}%\) }
        \builtin export VIRTUAL_ENV="$__venvwrap_value" VIRTUAL_ENV_PROMPT="$__venvwrap_label"
        \builtin typeset -g +x __venvwrap_drawn=''
    fi
    if [[ -z ${__venvwrap_record-} ]]; then
        \builtin typeset -g +x __venvwrap_record="$VENVWRAP_UNDO" __venvwrap_named="$__venvwrap_label"
    fi
    (( ${+functions[deactivate]} )) || __venvwrap_take_deactivate
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
__venvwrap_resume

# The hook of loading, where the person has one. virtualenvwrapper.sh fires it later.
[[ -n ${__venvwrap_initialize-} ]] ||
    __venvwrap_source "${VIRTUALENVWRAPPER_HOOK_DIR:-$WORKON_HOME}/initialize"
