# shellcheck shell=bash
# What rc files and shell frameworks (oh-my-zsh, prezto, bash-it) look for under this name, for bash and zsh: it loads
# venvwrap's functions the way virtualenvwrapper's own script loads its. Installed by `make install SHIMS=1`.
#
# Beyond `venvwrap init` it says where the hooks are and makes the templates of those that are missing.

if ! \command -v venvwrap >/dev/null; then
    \builtin printf '%s\n' 'venvwrap: not on PATH; virtualenvwrapper.sh cannot load it' >&2
    \builtin return 1 2>/dev/null
fi
# In zsh, $0 is the file that is being sourced.
# shellcheck disable=SC2034 # for the command `virtualenvwrapper`
\builtin export VIRTUALENVWRAPPER_SCRIPT="${BASH_SOURCE[0]:-$0}"
if [[ -n ${ZSH_VERSION-} ]]; then
    \builtin eval "$(\command venvwrap init zsh)"
else
    \builtin eval "$(\command venvwrap init bash)"
fi
virtualenvwrapper_initialize
