# shellcheck shell=bash
# Functions that let a story inspect bash. They change nothing and work in every mode. The line before
# this file sets __story_records.

# shellcheck disable=SC2154 # set by the line before this file
function __story_record { \builtin printf '%s\0' "$1" >>"$__story_records"; }
function __story_status { __story_record "$1: $2"; }
function __story_get {
    if [[ -z ${!1+x} ]]; then
        __story_record "unset $1"
        \builtin return 0
    fi
    \builtin local __story_flags
    __story_flags="$(\builtin declare -p "$1")"
    __story_flags="${__story_flags%%" $1="*}"
    case "$__story_flags" in
        *x*) __story_record "export $1=${!1}" ;;
        *) __story_record "$1=${!1}" ;;
    esac
}
# Functions that are loaded at first use are loaded, so that states before and after can be compared.
function __story_snapshot {
    ! \builtin declare -F __venvwrap_load >/dev/null || __venvwrap_load functions
    {
        \builtin declare -p
        \builtin declare -f
        \builtin alias -p
        \builtin set +o
        \builtin shopt -p || :
        \builtin trap -p
        \builtin umask
        \builtin pwd
    } >|"$1"
}
