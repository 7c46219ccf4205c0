# shellcheck shell=bash
# Has uv use the active environment in its project, in bash and zsh, to the letter the same in both.
# Not loaded with the functions: a plan brings it where an environment wants it, with uv.bash or
# uv.zsh behind it.
#
# UV_PROJECT_ENVIRONMENT names the environment as long as this shell is in the project. The record
# holds the project in the field `uv` and, meanwhile, the variable as it was before in the field
# `lent`.

# uv_enter PROJECT: begins. Without a project, the record has it.
function __venvwrap_uv_enter {
    if [[ -n $1 ]]; then
        [[ $VENVWRAP_UNDO != *";uv="* ]] || __venvwrap_uv_end
        __venvwrap_put_down uv "$1"
    fi
    ! __venvwrap_is_readonly UV_PROJECT_ENVIRONMENT || {
        \builtin printf '%s\n' 'venvwrap: uv does not use this environment: UV_PROJECT_ENVIRONMENT is readonly in this shell' >&2
        \builtin return 0
    }
    __venvwrap_uv_watch
    __venvwrap_uv_look
}

# uv_leave: a step of a plan. Ends, and leaves the functions as shared.sh defines them.
function __venvwrap_uv_leave {
    __venvwrap_uv_end
    __venvwrap_uv_unload
    \builtin unset -f __venvwrap_uv_enter __venvwrap_uv_end __venvwrap_uv_is_in __venvwrap_uv_lend __venvwrap_uv_give_back \
        __venvwrap_uv_drop __venvwrap_uv_watch __venvwrap_uv_unwatch __venvwrap_uv_unload
    # shellcheck disable=SC2317 # called as before
    function __venvwrap_uv_look { \builtin true; }
    # shellcheck disable=SC2317
    function __venvwrap_uv_leave { \builtin true; }
}

function __venvwrap_uv_end {
    __venvwrap_uv_give_back
    __venvwrap_uv_drop uv
    __venvwrap_uv_unwatch
}

# Sets or restores the variable, as the current directory wants it. Never fails.
function __venvwrap_uv_look {
    \builtin local '__venvwrap_value='
    __venvwrap_settle
    __venvwrap_recorded uv || \builtin return 0
    # shellcheck disable=SC2154 # set by __venvwrap_recorded
    if __venvwrap_is_inside && __venvwrap_uv_is_in "$__venvwrap_value"; then
        [[ "$VENVWRAP_UNDO;" == *";lent="* ]] || __venvwrap_uv_lend
    else
        __venvwrap_uv_give_back
    fi
}

# Whether uv would work on the project $1 here. Compares directories, not paths, and starts no
# process, except in a directory below the project that has a project of its own.
function __venvwrap_uv_is_in {
    \builtin local '__venvwrap_place=.' '__venvwrap_nested=' __venvwrap_level
    for ((__venvwrap_level = 0; __venvwrap_level < 64; __venvwrap_level++)); do
        if [[ $__venvwrap_place -ef $1 ]]; then
            [[ -n $__venvwrap_nested ]] || \builtin return 0
            __venvwrap_nested="$__venvwrap_nested ${PWD-}"
            if [[ ${__venvwrap_uv_answer-} != *" $__venvwrap_nested" ]]; then
                __venvwrap_uv_answer="no $__venvwrap_nested"
                ! (__venvwrap_run answer in-project -- "$1") || __venvwrap_uv_answer="yes $__venvwrap_nested"
            fi
            [[ $__venvwrap_uv_answer == yes* ]] || \builtin return 1
            \builtin return 0
        fi
        [[ -n $__venvwrap_nested || ! -e $__venvwrap_place/pyproject.toml ]] || __venvwrap_nested="$__venvwrap_place"
        [[ ! $__venvwrap_place -ef / ]] || \builtin return 1
        __venvwrap_place="$__venvwrap_place/.."
    done
    \builtin return 1
}

# Sets the variable.
function __venvwrap_uv_lend {
    ! __venvwrap_is_readonly UV_PROJECT_ENVIRONMENT || \builtin return 0
    __venvwrap_recorded root
    __venvwrap_set UV_PROJECT_ENVIRONMENT "$__venvwrap_value"
    VENVWRAP_UNDO="${VENVWRAP_UNDO%";set="*};lent=${VENVWRAP_UNDO##*";set="}"
    __venvwrap_record="$VENVWRAP_UNDO"
}

# Restores it, unless somebody else has set it since.
function __venvwrap_uv_give_back {
    \builtin local '__venvwrap_value=' '__venvwrap_field='
    __venvwrap_recorded lent || \builtin return 0
    [[ $__venvwrap_value != *=* ]] || __venvwrap_field="$__venvwrap_value"
    __venvwrap_uv_drop lent
    __venvwrap_recorded root
    [[ ${UV_PROJECT_ENVIRONMENT-} != "$__venvwrap_value" ]] || __venvwrap_is_readonly UV_PROJECT_ENVIRONMENT ||
        __venvwrap_restore UV_PROJECT_ENVIRONMENT "$__venvwrap_field"
}

# uv_drop FIELD: removes a field from the record.
function __venvwrap_uv_drop {
    \builtin local "__venvwrap_rest=${VENVWRAP_UNDO-};" __venvwrap_after
    [[ $__venvwrap_rest == *";$1="* ]] || \builtin return 0
    __venvwrap_after="${__venvwrap_rest#*";$1="}"
    __venvwrap_rest="${__venvwrap_rest%%";$1="*};${__venvwrap_after#*;}"
    VENVWRAP_UNDO="${__venvwrap_rest%;}"
    __venvwrap_record="$VENVWRAP_UNDO"
}
