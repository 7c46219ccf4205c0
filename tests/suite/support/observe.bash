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
function __story_snapshot {
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
