# shellcheck shell=bash
# virtualenvwrapper's lazy loader put its work off because loading took a tenth of a second. Loading venvwrap takes the
# start of one small process, so this is the same as virtualenvwrapper.sh, under the name that frameworks try first.

if ! \command -v venvwrap >/dev/null; then
    \builtin printf '%s\n' 'venvwrap: not on PATH; virtualenvwrapper_lazy.sh cannot load it' >&2
    \builtin return 1 2>/dev/null
fi
if [[ -n ${ZSH_VERSION-} ]]; then
    \builtin eval "$(\command venvwrap init zsh)"
else
    \builtin eval "$(\command venvwrap init bash)"
fi
virtualenvwrapper_initialize
