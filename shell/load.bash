# shellcheck shell=bash
# How the functions that not every new shell reads come from the binary. (An installation has them
# as files: installed.bash.)

# load PART: defines the functions of a part.
function __venvwrap_load {
    \builtin local '__venvwrap_code='
    # shellcheck disable=SC2154 # set by the line before
    __venvwrap_code="$(\builtin exec "$__venvwrap_executable" init bash --part "$1")" || \builtin return
    # A trace may precede the text. Another program's text would load nothing, again and again.
    [[ $__venvwrap_code == *'#<venvwrap>'* ]] || \builtin return
    \builtin eval "${__venvwrap_code#*'#<venvwrap>'}"
}
