# shellcheck shell=bash
# What rc files and shell frameworks (oh-my-zsh, prezto, bash-it) look for under this name, for bash and zsh: it loads
# venvwrap's functions the way virtualenvwrapper's own script loads its. Installed by `make install SHIMS=1`.
#
# Beyond `venvwrap init` it says where the hooks are and makes the templates of those that are missing.

# zsh can expand an alias in any word: off while this file is read.
# shellcheck disable=SC2016 # for eval
\builtin 'eval' ${ZSH_VERSION:+'\builtin \typeset \-g __venvwrap_aliases_were="${options[aliases]}"; \builtin \setopt \no_aliases'}

if [[ -n ${ZSH_VERSION-} ]]; then
    # %x is the file that is being sourced, whatever $0 is. bash could not read these words.
    \builtin eval '\builtin export VIRTUALENVWRAPPER_SCRIPT="${(%):-%x}"'
else
    \builtin export "VIRTUALENVWRAPPER_SCRIPT=${BASH_SOURCE[0]}"
fi
[[ $VIRTUALENVWRAPPER_SCRIPT == /* ]] || \builtin export VIRTUALENVWRAPPER_SCRIPT="$PWD/$VIRTUALENVWRAPPER_SCRIPT"

# The binary that it was installed with, which need not be on PATH. The hook of loading is fired below, once the others
# have their directory. (-g: frameworks load this in a function.)
if [[ -n ${ZSH_VERSION-} ]]; then
    \builtin typeset -g __venvwrap_initialize=later __venvwrap_executable="${VIRTUALENVWRAPPER_SCRIPT%/*}/venvwrap"
else
    __venvwrap_initialize=later __venvwrap_executable="${VIRTUALENVWRAPPER_SCRIPT%/*}/venvwrap"
fi
[[ -x $__venvwrap_executable ]] || __venvwrap_executable=venvwrap
# A file: the function of that name may be there from before.
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
