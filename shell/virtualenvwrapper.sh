# shellcheck shell=bash
# The file that rc files and shell frameworks (oh-my-zsh, prezto, bash-it) source, for bash and zsh:
# loads venvwrap's functions in place of virtualenvwrapper's. Installed by `make install SHIMS=1`.
#
# In addition to `venvwrap init`, it sets the hook directory and creates missing hook templates.

# zsh can expand an alias in any word: off while this file is parsed.
# shellcheck disable=SC2016 # for eval
\builtin 'eval' ${ZSH_VERSION:+'\builtin \typeset \-g __venvwrap_aliases_were="${options[aliases]}"; \builtin \setopt \no_aliases'}

if [[ -n ${ZSH_VERSION-} ]]; then
    # %x is the sourced file, whatever $0 is. Evaluated, because bash cannot parse it.
    \builtin eval '\builtin export VIRTUALENVWRAPPER_SCRIPT="${(%):-%x}"'
else
    \builtin export "VIRTUALENVWRAPPER_SCRIPT=${BASH_SOURCE[0]}"
fi
[[ $VIRTUALENVWRAPPER_SCRIPT == /* ]] || \builtin export VIRTUALENVWRAPPER_SCRIPT="$PWD/$VIRTUALENVWRAPPER_SCRIPT"

# The binary installed with this file, which may not be on PATH. The hook for loading runs below,
# once the hook directory is set. (-g: frameworks source this file in a function.)
if [[ -n ${ZSH_VERSION-} ]]; then
    \builtin typeset -g __venvwrap_initialize=later __venvwrap_executable="${VIRTUALENVWRAPPER_SCRIPT%/*}/venvwrap"
else
    __venvwrap_initialize=later __venvwrap_executable="${VIRTUALENVWRAPPER_SCRIPT%/*}/venvwrap"
fi
[[ -x $__venvwrap_executable ]] || __venvwrap_executable=venvwrap
# The file on PATH: a function of that name may exist from an earlier load.
if [[ -n ${ZSH_VERSION-} ]]; then
    \builtin whence -p "$__venvwrap_executable" >/dev/null
else
    \builtin type -P "$__venvwrap_executable" >/dev/null
fi || {
    \builtin printf '%s\n' 'venvwrap: not on PATH; virtualenvwrapper.sh cannot load it' >&2
    \builtin unset __venvwrap_executable __venvwrap_initialize
    if [[ -n ${ZSH_VERSION-} ]]; then
        [[ ${__venvwrap_aliases_were-} == off ]] || \builtin setopt aliases
        \builtin unset __venvwrap_aliases_were
    fi
    \builtin return 1
}
if [[ -n ${ZSH_VERSION-} ]]; then
    \builtin eval "$(\builtin 'command' "$__venvwrap_executable" 'init' 'zsh')"
else
    \builtin eval "$(\builtin exec "$__venvwrap_executable" init bash)"
fi
\builtin unset __venvwrap_initialize
if [[ -n ${ZSH_VERSION-} ]]; then
    [[ ${__venvwrap_aliases_were-} == off ]] || \builtin setopt aliases
    \builtin unset __venvwrap_aliases_were
fi
virtualenvwrapper_initialize
