# shellcheck shell=bash
# How the functions that not every new shell reads come from the files of an installation. Every new
# shell reads this: it is short.

# load PART: defines the functions of a part. bash says where a file is missing; an empty one would
# load nothing, again and again.
# shellcheck disable=SC1090,SC2154 # set by the line before
function __venvwrap_load {
    [[ ! -e $__venvwrap_share/$1.bash || -s $__venvwrap_share/$1.bash ]] && \builtin source "$__venvwrap_share/$1.bash"
}
