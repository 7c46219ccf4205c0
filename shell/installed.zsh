# How the functions that not every new shell reads come from the files of an installation. Every new
# shell reads this: it is short.

# load PART: defines the functions of a part. Whatever options and global aliases there are, they are
# parsed without. An empty file would load nothing, again and again.
function __venvwrap_load {
    \builtin emulate '-L' 'zsh' '-o' 'no_aliases'
    [[ -s $__venvwrap_share/$1.zsh ]] || {
        \builtin printf '%s\n' "venvwrap: $__venvwrap_share/$1.zsh is missing or empty" 'hint: install venvwrap again' >&2
        \builtin return 1
    }
    \builtin source "$__venvwrap_share/$1.zsh"
}
