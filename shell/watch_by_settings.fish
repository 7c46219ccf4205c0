# Comes last in the installed file of fish: begins to switch, in an interactive shell, if the settings
# say so. Without settings, the functions that read them are not loaded.

if builtin status is-interactive
    and test "$__venvwrap_watcher" != $fish_pid
    and test -e "$XDG_CONFIG_HOME/venvwrap/config.toml" -o -e $HOME/.config/venvwrap/config.toml -o -d "$HOME/Library/Application Support/venvwrap"
    __venvwrap_load automatic
    __venvwrap_is_automatic
    and __venvwrap_watch
end
