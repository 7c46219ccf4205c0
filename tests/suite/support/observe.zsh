# Functions that let a story inspect zsh. They change nothing and work in every mode. The line before
# this file sets __story_records.

# Beforehand, for the first use of it makes variables appear.
zmodload zsh/parameter
function __story_record { \builtin printf '%s\0' "$1" >>"$__story_records"; }
function __story_status { __story_record "$1: $2"; }
function __story_get {
    \builtin emulate -L zsh
    if [[ -z ${(P)1+x} ]]; then
        __story_record "unset $1"
    elif [[ ${(Pt)1} == *export* ]]; then
        __story_record "export $1=${(P)1}"
    else
        __story_record "$1=${(P)1}"
    fi
}
# Functions that are loaded at first use are loaded, so that states before and after can be compared.
function __story_snapshot {
    (( ! ${+functions[__venvwrap_load]} )) || __venvwrap_load functions
    {
        \builtin typeset -p
        \builtin functions
        \builtin alias -L
        \builtin set +o
        \builtin trap
        \builtin umask
        \builtin pwd
    } >|"$1"
}
