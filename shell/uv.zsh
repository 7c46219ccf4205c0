# uv for zsh: looks after each change of directory, and before each prompt, because `uv init` can
# make a project of this directory.

function __venvwrap_uv_watch {
    \builtin emulate -L zsh
    \builtin typeset -g +x __venvwrap_uv_answer='' __venvwrap_uv_made="${__venvwrap_uv_made-}"
    [[ -n ${chpwd_functions+x} ]] || __venvwrap_uv_made="$__venvwrap_uv_made chpwd"
    [[ -n ${precmd_functions+x} ]] || __venvwrap_uv_made="$__venvwrap_uv_made precmd"
    \builtin typeset -ga chpwd_functions precmd_functions
    chpwd_functions=("${(@)chpwd_functions:#__venvwrap_uv_look}" __venvwrap_uv_look)
    precmd_functions=("${(@)precmd_functions:#__venvwrap_uv_look}" __venvwrap_uv_look)
}

function __venvwrap_uv_unwatch {
    \builtin emulate -L zsh
    chpwd_functions=("${(@)chpwd_functions:#__venvwrap_uv_look}")
    precmd_functions=("${(@)precmd_functions:#__venvwrap_uv_look}")
    [[ ${__venvwrap_uv_made-} != *chpwd* || $#chpwd_functions -gt 0 ]] || \builtin unset chpwd_functions
    [[ ${__venvwrap_uv_made-} != *precmd* || $#precmd_functions -gt 0 ]] || \builtin unset precmd_functions
    \builtin unset __venvwrap_uv_answer __venvwrap_uv_made
}

function __venvwrap_uv_unload { \builtin true; }
