# With `venvwrap init fish --auto`: begins to switch, in an interactive shell.

if builtin status is-interactive; and test "$__venvwrap_watcher" != $fish_pid
    __venvwrap_watch
end
