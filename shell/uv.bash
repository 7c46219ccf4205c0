# shellcheck shell=bash
# uv for bash, which has no hook for a change of directory: `cd`, `pushd`, `popd`, and `uv` are
# functions while such an environment is active, and the prompt looks, too, for a `\builtin cd`.

# Functions of these names that are there are kept.
function __venvwrap_uv_watch {
    \builtin local __venvwrap_name __venvwrap_text
    \builtin export -n '__venvwrap_uv_answer='
    for __venvwrap_name in cd pushd popd uv; do
        if \builtin declare -F "$__venvwrap_name" >/dev/null; then
            # A trace may precede the text.
            __venvwrap_text=$'\n'"$(\builtin declare -f "$__venvwrap_name")"
            [[ $__venvwrap_text != *__venvwrap_uv_around* ]] || \builtin continue
            \builtin eval "function __venvwrap_other_$__venvwrap_name ${__venvwrap_text#*$'\n'"$__venvwrap_name"}"
        fi
        \builtin eval "function $__venvwrap_name { __venvwrap_uv_around $__venvwrap_name \"\$@\"; }"
    done
    [[ $- != *i* ]] || __venvwrap_uv_watch_prompt
}

function __venvwrap_uv_unwatch {
    \builtin local __venvwrap_name __venvwrap_ours __venvwrap_text
    __venvwrap_ours="$(\builtin declare -f cd pushd popd uv)" || \builtin true
    for __venvwrap_name in cd pushd popd uv; do
        # A function that the user has defined meanwhile stays.
        if [[ $__venvwrap_ours == *"__venvwrap_uv_around $__venvwrap_name "* ]]; then
            \builtin unset -f "$__venvwrap_name"
            if \builtin declare -F "__venvwrap_other_$__venvwrap_name" >/dev/null; then
                __venvwrap_text=$'\n'"$(\builtin declare -f "__venvwrap_other_$__venvwrap_name")"
                \builtin eval "function $__venvwrap_name ${__venvwrap_text#*$'\n'"__venvwrap_other_$__venvwrap_name"}"
            fi
        fi
        ! \builtin declare -F "__venvwrap_other_$__venvwrap_name" >/dev/null ||
            \builtin unset -f "__venvwrap_other_$__venvwrap_name"
    done
    [[ $- != *i* ]] || __venvwrap_uv_unwatch_prompt
    \builtin unset __venvwrap_uv_answer
}

# around NAME WORDS: runs what NAME was before, and looks before and after it.
function __venvwrap_uv_around {
    \builtin local '__venvwrap_status=0'
    __venvwrap_uv_look
    if \builtin declare -F "__venvwrap_other_$1" >/dev/null; then
        "__venvwrap_other_$1" "${@:2}" || __venvwrap_status=$?
    elif [[ $1 == uv ]]; then
        \builtin command "$@" || __venvwrap_status=$?
    else
        \builtin "$@" || __venvwrap_status=$?
    fi
    __venvwrap_uv_look
    \builtin return "$__venvwrap_status"
}

# As in automatic.bash: behind what others have in PROMPT_COMMAND, or in the list of bash-preexec.
function __venvwrap_uv_watch_prompt {
    if [[ -n ${bash_preexec_imported-}${__bp_imported-} ]]; then
        [[ " ${precmd_functions[*]-} " == *" __venvwrap_uv_look "* ]] || precmd_functions+=(__venvwrap_uv_look)
    elif [[ "${PROMPT_COMMAND[*]-}" == *__venvwrap_uv_look* ]]; then
        \builtin true
    elif [[ ${BASH_VERSINFO[0]}${BASH_VERSINFO[1]} -ge 51 ]]; then
        \builtin export -n '__venvwrap_uv_prompt=array'
        if [[ -z ${PROMPT_COMMAND+x} && ${#PROMPT_COMMAND[@]} -eq 0 ]]; then
            __venvwrap_uv_prompt='unset'
            # The first element is for others.
            PROMPT_COMMAND=('')
        elif ! __venvwrap_has_attribute PROMPT_COMMAND a; then
            __venvwrap_uv_prompt='text'
        fi
        PROMPT_COMMAND+=(__venvwrap_uv_look)
    else
        \builtin export -n '__venvwrap_uv_prompt=text'
        [[ -n ${PROMPT_COMMAND+x} ]] || __venvwrap_uv_prompt='unset'
        # shellcheck disable=SC2128,SC2178 # a string: older versions have no array here
        PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__venvwrap_uv_look"
    fi
}

# Leaves what others have put there meanwhile, and the variable as it was where nobody has.
function __venvwrap_uv_unwatch_prompt {
    \builtin local __venvwrap_index __venvwrap_text
    for __venvwrap_index in "${!precmd_functions[@]}"; do
        [[ ${precmd_functions[__venvwrap_index]} != __venvwrap_uv_look ]] ||
            \builtin unset "precmd_functions[$__venvwrap_index]"
    done
    for __venvwrap_index in "${!PROMPT_COMMAND[@]}"; do
        __venvwrap_text="${PROMPT_COMMAND[__venvwrap_index]}"
        if [[ $__venvwrap_text == __venvwrap_uv_look ]]; then
            \builtin unset "PROMPT_COMMAND[$__venvwrap_index]"
        elif [[ $__venvwrap_text == *$'\n'__venvwrap_uv_look* ]]; then
            PROMPT_COMMAND[__venvwrap_index]="${__venvwrap_text/$'\n'__venvwrap_uv_look/}"
        fi
    done
    if [[ ${#PROMPT_COMMAND[@]} -eq 1 ]]; then
        # shellcheck disable=SC2128,SC2178 # its first element
        case "${__venvwrap_uv_prompt-} ${PROMPT_COMMAND-}" in
            'unset ') \builtin unset PROMPT_COMMAND ;;
            'text '*)
                __venvwrap_text="${PROMPT_COMMAND-}"
                \builtin unset PROMPT_COMMAND
                PROMPT_COMMAND="$__venvwrap_text"
                ;;
        esac
    fi
    \builtin unset __venvwrap_uv_prompt
}

function __venvwrap_uv_unload {
    \builtin unset -f __venvwrap_uv_around __venvwrap_uv_watch_prompt __venvwrap_uv_unwatch_prompt
}
