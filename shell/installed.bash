# shellcheck shell=bash
# How the functions that not every new shell reads come from the files of an installation. Every new
# shell reads this: it is short.

# load PART: defines the functions of a part. An empty file would load nothing, again and again.
# shellcheck disable=SC1090,SC2154 # set by the line before
function __venvwrap_load {
    [[ -s $__venvwrap_share/$1.bash ]] || {
        \builtin printf '%s\n' "venvwrap: $__venvwrap_share/$1.bash is missing or empty" 'hint: install venvwrap again' >&2
        \builtin return 1
    }
    \builtin source "$__venvwrap_share/$1.bash"
}
