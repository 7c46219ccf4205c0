# shellcheck shell=bash
# The user's hook for loading, in bash and zsh. It comes after start.bash or start.zsh, so that it
# finds everything in place: the directory is set if there is a hook. virtualenvwrapper.sh fires it
# later. As in __venvwrap_source, a failing hook fails nothing.

[[ -z ${VIRTUALENVWRAPPER_HOOK_DIR-} ]] || {
    \builtin export VIRTUALENVWRAPPER_HOOK_DIR
    [[ -n ${__venvwrap_initialize-} || ! -f $VIRTUALENVWRAPPER_HOOK_DIR/initialize ]] ||
        __venvwrap_read "$VIRTUALENVWRAPPER_HOOK_DIR/initialize" || \builtin true
}
