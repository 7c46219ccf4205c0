# With `venvwrap init zsh --auto`: begins to switch, in an interactive shell.

[[ ! -o interactive || ${__venvwrap_watcher-} == "$$" ]] || __venvwrap_watch
