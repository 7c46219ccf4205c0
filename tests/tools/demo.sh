#!/usr/bin/env bash
# Plays the main job in front of the reader, for real: one session of their own shell, everything it writes in one
# scratch directory. The steps are plain command lines that mean the same in bash, zsh and fish.
# usage: demo.sh BINARY
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

# Lines marked with ~ need the package index; they are left out once it turns out to be unreachable.
steps='mkvirtualenv projectx
~pip install cowsay
~cowsay -t "hello from projectx"
mkvirtualenv other
workon projectx
cdvirtualenv
pwd
lsvirtualenv -b
deactivate
rmvirtualenv other
lsvirtualenv -b'

shell=${SHELL:-}
case ${shell##*/} in
    bash | zsh | fish) command -v "$shell" >/dev/null || shell=bash ;;
    *) shell=bash ;;
esac
case ${shell##*/} in
    fish) load='venvwrap init fish | source' ;;
    *) load="eval \"\$(venvwrap init ${shell##*/})\"" ;;
esac

command -v python3 >/dev/null || tests/tools/prepare.sh python3

scratch=$(mktemp -d "${TMPDIR:-/tmp}/venvwrap-demo.XXXXXX")
trap 'rm -rf -- "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/config"
cp "$1" "$scratch/bin/venvwrap"
# The reader's pip keeps its index settings: they may be the only way to a package index from here.
pip_settings=${XDG_CONFIG_HOME:-${HOME:-}/.config}/pip
[ ! -d "$pip_settings" ] || ln -s "$pip_settings" "$scratch/config/pip"

# Neither their hooks and settings nor an environment they are in has a part in this.
unset "${!VENVWRAP_@}" "${!VIRTUALENVWRAPPER_@}" "${!VIRTUAL_ENV@}" PROJECT_HOME PYTHONHOME BASH_ENV
export PATH="$scratch/bin:$PATH" WORKON_HOME="$scratch/virtualenvs" DEMO_OFFLINE="$scratch/offline"
export XDG_CONFIG_HOME="$scratch/config" XDG_CACHE_HOME="$scratch/cache"
export XDG_DATA_HOME="$scratch/data" XDG_STATE_HOME="$scratch/state"
# Nothing may write behind the last prompt: the directory is removed then.
export VENVWRAP_BACKGROUND=0
export PIP_LOG="$scratch/pip.log" PIP_DISABLE_PIP_VERSION_CHECK=1

# After a failed `pip install`: succeeds when the reason is the network.
cat >"$scratch/bin/demo-offline" <<'SCRIPT'
#!/bin/sh
grep -s -q -E 'NewConnectionError|NameResolutionError|ConnectTimeout|ProxyError|Network is unreachable' "$PIP_LOG" || exit 1
echo 'No network here: the demo goes on without the package.'
: >"$DEMO_OFFLINE"
SCRIPT
chmod +x "$scratch/bin/demo-offline"

# `||` and single quotes mean the same in all three shells; no step contains a single quote or a backslash.
printf '%s\n' "$load" "$steps" | while read -r step; do
    guard=
    excuse=
    if [ "${step#\~}" != "$step" ]; then
        step=${step#\~}
        guard="test -e \"\$DEMO_OFFLINE\" || "
        excuse=' || demo-offline'
    fi
    printf "%sprintf '\\\\n\$ %%s\\\\n' '%s'\n" "$guard" "$step"
    printf '%s%s%s || exit 1\n' "$guard" "$step" "$excuse"
done >"$scratch/session"

printf 'The main job in %s, in a scratch directory that is removed at the end.\n' "${shell##*/}"
cd "$scratch"
case ${shell##*/} in
    zsh) "$shell" -f session </dev/null ;;
    *) "$shell" session </dev/null ;;
esac
