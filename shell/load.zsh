# How the functions that not every new shell reads come from the binary. (An installation has them
# as files: installed.zsh.)

# load PART: defines the functions of a part. Whatever options and global aliases there are, they are
# parsed without.
function __venvwrap_load {
    \builtin emulate '-L' 'zsh' '-o' 'no_aliases'
    \builtin local __venvwrap_code=''
    __venvwrap_code="$(\builtin 'exec' "$__venvwrap_executable" 'init' 'zsh' '--part' "$1")" || \builtin return
    # Another program's text would load nothing, again and again.
    [[ $__venvwrap_code == *'#<venvwrap>'* ]] || \builtin return
    \builtin eval "${__venvwrap_code#*'#<venvwrap>'}"
}
