# Automatic switching for zsh: when it yields, and how it is called.

# Whether something else in this shell switches environments by directory: sets the caller's
# __venvwrap_rival to its name. direnv does so in some directories only, which the binary decides.
function __venvwrap_yields {
    \builtin emulate -L zsh
    __venvwrap_rival=''
    __venvwrap_beside=''
    (( ! ${+functions[_direnv_hook]} )) || __venvwrap_beside='--beside-direnv'
    (( ! ${+functions[_pyenv_virtualenv_hook]} )) || __venvwrap_rival='pyenv-virtualenv'
    (( ! ${+functions[workon_cwd]} )) || [[ -n ${DISABLE_VENV_CD-} ]] || __venvwrap_rival='the plugin virtualenvwrapper'
    (( ! ${+functions[check_venv]} )) || [[ -z ${AUTOSWITCH_VERSION-} ]] || __venvwrap_rival='zsh-autoswitch-virtualenv'
    [[ -n $__venvwrap_rival ]]
}

# Sets the caller's __venvwrap_line to the first line of a file, at most 4096 characters.
function __venvwrap_first_line {
    IFS='' \builtin read -r -k 4096 -u 0 __venvwrap_line <"$1" || \builtin true
    __venvwrap_line="${__venvwrap_line%%$'\n'*}"
}

# After a change of directory. In a subshell, its output may be captured; while a plan is carried
# out, the command that asked for it has the choice.
function __venvwrap_moved {
    [[ ${ZSH_SUBSHELL-} != 0 || -n ${__venvwrap_plan+x} ]] || __venvwrap_automatic
}

function __venvwrap_watch {
    \builtin emulate -L zsh
    \builtin typeset -g +x __venvwrap_watcher="$$" __venvwrap_seen='' __venvwrap_project=/ __venvwrap_reported='' \
        __venvwrap_listed='' __venvwrap_worktree='' __venvwrap_foreign=''
    \builtin typeset -ga chpwd_functions precmd_functions
    chpwd_functions=("${(@)chpwd_functions:#__venvwrap_moved}" __venvwrap_moved)
    # The first prompt, and a `cd -q`.
    precmd_functions=("${(@)precmd_functions:#__venvwrap_automatic}" __venvwrap_automatic)
}
