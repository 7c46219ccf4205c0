#!/usr/bin/env bash
# Draws docs/session.svg: what a real terminal shows after a real session in bash, in an empty home. Needs tmux, python3,
# and two Pythons. Each command is typed once the prompt is back.
# usage: picture.sh BINARY
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

columns=88 rows=34
scratch=$(mktemp -d)
tmux="tmux -L venvwrap-picture-$$ -f /dev/null"
trap '$tmux kill-server 2>/dev/null || true; rm -rf -- "$scratch"' EXIT
mkdir -p "$scratch/bin" "$scratch/me/.virtualenvs"
cp "$1" "$scratch/bin/venvwrap"
cat >"$scratch/rc" <<'RC'
PS1='$ ' HISTFILE=
eval "$(venvwrap init bash)"
cd
RC

steps=(
    'mkvirtualenv api'
    'mkvirtualenv -p 3.8 legacy'
    'workon api'
    'pip install -q "requests<2.32"'
    'lsvirtualenv'
    'venvwrap find "requests<2.32"'
    'rmvirtualenv legacy'
    'venvwrap undo legacy'
    'mvvirtualenv api shop'
    'deactivate'
)

# The home is shown as ~, and pyenv's Pythons are the reader's.
pythons=${PYENV_ROOT:-$HOME/.pyenv}
pip_settings=${XDG_CONFIG_HOME:-$HOME/.config}/pip
[ ! -d "$pip_settings" ] || { mkdir -p "$scratch/me/.config"; ln -s "$pip_settings" "$scratch/me/.config/pip"; }
$tmux new-session -d -x "$columns" -y "$rows" \
    "env -i HOME='$scratch/me' PATH='$scratch/bin:$PATH' PYENV_ROOT='$pythons' TERM=tmux-256color LC_ALL=C.UTF-8 \
     PIP_DISABLE_PIP_VERSION_CHECK=1 VENVWRAP_BACKGROUND=0 bash --noprofile --rcfile '$scratch/rc'"

# Waits for a prompt on the last line with text, which has nothing behind it.
prompt() {
    local line='' tries=0
    until [[ $line == *'$' ]]; do
        tries=$((tries + 1))
        [ "$tries" -lt 3000 ] || { $tmux capture-pane -p >&2; echo 'picture.sh: no prompt' >&2; exit 1; }
        line=$($tmux capture-pane -p | sed -e 's/ *$//' -e '/^$/d' | tail -n 1)
    done
}

prompt
$tmux send-keys clear Enter
prompt
for step in "${steps[@]}"; do
    $tmux send-keys -l "$step"
    # The line is drawn before it is run.
    until $tmux capture-pane -p | grep -qF -- "$step"; do :; done
    $tmux send-keys Enter
    prompt
done
$tmux capture-pane -e -p | python3 tests/tools/picture.py >"$scratch/session.svg"
cp "$scratch/session.svg" docs/session.svg
