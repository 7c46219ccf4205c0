# shellcheck shell=bash
# Comes last in the installed file of bash and zsh: begins to switch, in an interactive shell, if the
# settings say so. Without settings, the functions that read them are not loaded.

[[ $- != *i* || ${__venvwrap_watcher-} == "$$" ]] || [[ ! -e ${XDG_CONFIG_HOME-}/venvwrap/config.toml &&
    ! -e ${HOME-}/.config/venvwrap/config.toml && ! -d ${HOME-}/Library/Application\ Support/venvwrap ]] ||
    ! __venvwrap_load automatic || ! __venvwrap_is_automatic || __venvwrap_watch
