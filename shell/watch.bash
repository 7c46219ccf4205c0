# shellcheck shell=bash
# With `venvwrap init bash --auto`: begins to switch, in an interactive shell.

[[ $- != *i* || ${__venvwrap_watcher-} == "$$" ]] || __venvwrap_watch
