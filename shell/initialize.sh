# shellcheck shell=bash
# The user's hook for loading, in bash and zsh. It comes after start.bash or start.zsh, so that it
# finds everything in place. virtualenvwrapper.sh fires it later.

[[ -n ${__venvwrap_initialize-} ]] ||
    __venvwrap_source "${VIRTUALENVWRAPPER_HOOK_DIR:-$WORKON_HOME}/initialize"
