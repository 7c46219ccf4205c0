# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # see run.sh; backticks are Markdown
# The tools that venvwrap is measured beside: where they are, and why one is missing. prepare.sh installs those that a
# package registry has.

# absent PEER WHY: its rows say so instead of a figure.
absent() { printf '%s|%s\n' "$1" "$2" >>absent; }

# is_here PEER: whether it takes part.
is_here() { ! grep -q "^$1|" absent; }

# The newest Python that can make environments by itself. It is asked where it really is: a shim of pyenv would cost
# each peer 70 ms.
newest_python() {
    local python
    for python in python3 /usr/bin/python3 "$pyenv_root"/versions/*/bin/python3; do
        "$python" -I -c 'import ensurepip, sys, venv
base = getattr(sys, "_base_executable", sys.executable)
if sys.version_info.releaselevel == "final": print("%d\t%s" % (sys.version_info.minor, base))' 2>/dev/null || true
    done | sort -n | tail -n 1 | cut -f 2
}

find_peers() {
    : >absent
    peers=$checkout/target/peers/bin
    more_peers=$checkout/target/bench-peers/bin
    pyenv_root=${PYENV_ROOT:-${HOME:-}/.pyenv}
    python=$(newest_python)
    [ -n "$python" ] || { say 'no Python that can make environments'; exit 1; }
    # The directories of all that pyenv has, for PATH.
    every_python=$(printf '%s:' "$pyenv_root"/versions/*/bin)
    hyperfine=$(command -v hyperfine)
    strace=$(command -v strace || true)
    valgrind=$(command -v valgrind || true)
    true_binary=/bin/true
    [ -x "$true_binary" ] || true_binary=/usr/bin/true
    direnv=$(command -v direnv || true)
    scuv=$(command -v scuv || true)
    [ -n "$direnv" ] || absent direnv 'not installed'
    [ -n "$scuv" ] || absent scoop-uv 'not installed'
    [ -x "$more_peers/mise" ] || absent mise 'not installed'
    [ -x "$more_peers/pew" ] || absent pew 'not installed'
    "$more_peers/python" -c 'import virtualfish' 2>/dev/null || absent virtualfish 'not installed'
    if [ ! -x "$pyenv_root/bin/pyenv" ] || [ ! -d "$pyenv_root/plugins/pyenv-virtualenv" ]; then
        absent pyenv-virtualenv 'not installed'
    fi
}

pip_of() {
    set -- "$1"/lib/python*/site-packages/pip-*.dist-info
    if [ -e "$1" ]; then basename "$1" .dist-info | tr - ' '; else echo 'no pip'; fi
}

# version_in PYTHON PACKAGE
version_in() { "$1" -c 'import sys; from importlib.metadata import version; print(version(sys.argv[1]))' "$2"; }

# One line for the tables: who took part, by version.
versions() {
    local name
    printf '%s with %s' "$("$python" -V)" "$(pip_of store/one)"
    printf ', %s with %s' "$("$peers/uv" --version | cut -d ' ' -f 1,2)" "$(pip_of uv-env)"
    printf ', %s' "$("$peers/virtualenv" --version | head -n 1 | cut -d ' ' -f 1,2)"
    for name in virtualenvwrapper pipenv; do printf ', %s %s' "$name" "$(version_in "$peers/python" "$name")"; done
    for name in pew virtualfish; do
        ! is_here $name || printf ', %s %s' "$name" "$(version_in "$more_peers/python" "$name")"
    done
    ! is_here pyenv-virtualenv ||
        printf ', %s' "$("$pyenv_root/plugins/pyenv-virtualenv/bin/pyenv-virtualenv" --version 2>/dev/null | cut -d ' ' -f 1,2)"
    ! is_here direnv || printf ', direnv %s' "$("$direnv" --version)"
    ! is_here mise || printf ', mise %s' "$(clean "$store" "$more_peers/mise" --version 2>/dev/null | cut -d ' ' -f 1)"
    ! is_here scoop-uv || printf ', scoop-uv %s' "$("$scuv" --version | awk '{ print $2 }')"
    printf ', bash %s, %s, %s\n' "$(bash -c 'echo "${BASH_VERSION%%(*}"')" "$(zsh --version | cut -d ' ' -f 1,2)" \
        "$(fish --version | sed 's/, version//')"
}
