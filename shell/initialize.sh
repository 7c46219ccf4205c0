# shellcheck shell=bash
# The user's hook for loading, in bash and zsh. It comes after start.bash or start.zsh, so that it
# finds everything in place: the directory is set if there is a hook. virtualenvwrapper.sh fires it
# later.

[[ -z ${VIRTUALENVWRAPPER_HOOK_DIR-} || -n ${__venvwrap_initialize-} ]] ||
    __venvwrap_source "$VIRTUALENVWRAPPER_HOOK_DIR/initialize"
