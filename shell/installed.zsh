# How the functions that not every new shell reads come from the files of an installation. Every new
# shell reads this: it is short.

# load PART: defines the functions of a part. Whatever options and global aliases there are, they are
# parsed without. zsh says where a file is missing; an empty one would load nothing, again and again.
function __venvwrap_load {
    \builtin emulate '-L' 'zsh' '-o' 'no_aliases'
    [[ ! -e $__venvwrap_share/$1.zsh || -s $__venvwrap_share/$1.zsh ]] && \builtin source "$__venvwrap_share/$1.zsh"
}
