# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # see run.sh; backticks are Markdown
# What is measured on: stores with one environment, hundreds, sixteen thousand files, two hundred packages; and the
# little programs that prepare a measurement.

make_bare() {
    local number
    for ((number = 1; number <= $2; number++)); do printf 'env%04d\n' "$number"; done |
        background=0 clean "$1" xargs -n 1 bin/venvwrap mkvirtualenv -p "$python" --without-pip 2>>log
}

make_programs() {
    cat >bin/settled <<'SCRIPT'
#!/bin/sh
# Removes what is named, and returns when nothing works behind the prompt any more and both slots of the pool are full.
rm -rf -- "$@"
attempts=100
while [ $attempts -gt 0 ]; do
    attempts=$((attempts - 1))
    # Returns at once while another process fills them.
    venvwrap background stage "$WORKON_HOME" "$BENCH_PYTHON"
    set -- "$WORKON_HOME"/.venvwrap/pool/*/[01]
    if [ $# = 2 ] && ! ls -d "$WORKON_HOME"/.venvwrap/pool/*/.building-* >/dev/null 2>&1; then break; fi
    sleep 0.05
done
exec sleep 0.05
SCRIPT
    cat >bin/fresh <<'SCRIPT'
#!/bin/sh
# usage: fresh NAME    a new environment of venvwrap, with nothing at work behind the prompt
rm -rf -- "${WORKON_HOME:?}/$1"
venvwrap mkvirtualenv -p "$BENCH_PYTHON" "$1" && exec settled
SCRIPT
    cat >bin/by-hand <<'SCRIPT'
#!/bin/sh
# usage: by-hand NAME    what to do without `venvwrap upgrade`
rm -rf -- "${WORKON_HOME:?}/$1"
venvwrap mkvirtualenv -p "$BENCH_PYTHON" "$1" &&
    "$WORKON_HOME/$1/bin/pip" install -q --no-index --find-links "${WORKON_HOME%/*}/wheels" benched
SCRIPT
    cat >bin/orphan <<'SCRIPT'
#!/bin/sh
# usage: orphan NAME    makes the Python of an environment disappear
cfg=$WORKON_HOME/$1/pyvenv.cfg
sed 's,^home = .*,home = /missing/bin,' "$cfg" >"$cfg.new" && mv "$cfg.new" "$cfg"
exec ln -sfn /missing/bin/python3 "$WORKON_HOME/$1/bin/python"
SCRIPT
    chmod +x bin/settled bin/fresh bin/by-hand bin/orphan
    echo 'fn main() {}' | rustc -O --crate-name empty -o bin/empty -
}

# An environment that is exported, and one whose Python is missing again and again.
make_upgradable() {
    clean "$store" fresh heavy 2>>log
    heavy=$(echo store/heavy/lib/python*/site-packages)
    "$python" "$bench/packages.py" 200 store/heavy
    "$python" - "$room/wheels" <<'SCRIPT'
import sys, zipfile
from pathlib import Path
Path(sys.argv[1]).mkdir()
with zipfile.ZipFile(Path(sys.argv[1], "benched-1.0-py3-none-any.whl"), "w") as wheel:
    wheel.writestr("benched.py", "")
    wheel.writestr("benched-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: benched\nVersion: 1.0\n")
    wheel.writestr("benched-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr("benched-1.0.dist-info/RECORD", "")
SCRIPT
    clean "$store" by-hand orphan 2>>log
}

make_everything() {
    local name packages number=0 shell
    round=0
    store=$room/store
    mkdir bin home store many some script-store
    cp "$binary" bin/venvwrap
    if is_here scoop-uv; then ln -s "$scuv" bin/scuv; fi
    make_programs
    wheels=$("$python" -c 'import ensurepip, os.path, sysconfig
print(sysconfig.get_config_var("WHEEL_PKG_DIR") or os.path.join(os.path.dirname(ensurepip.__file__), "_bundled"))')
    # The person's own settings say how to reach the index; this is the only time that it is asked.
    if ! UV_CACHE_DIR="$room/uv-cache" "$peers/uv" venv --quiet --seed --python "$python" uv-env 2>>log; then
        say "uv reached no package index: nothing is compared with \`uv venv --seed\`"
    fi
    "$peers/virtualenv" --quiet -p "$python" virtualenv-new 2>>log

    for name in one two big; do clean "$store" fresh "$name" 2>>log; done
    packages=$(echo store/big/lib/python*/site-packages)
    until [ "$(find store/big -type f | wc -l)" -ge 16000 ]; do
        number=$((number + 1))
        cp -R -p "$packages/pip" "$packages/pip$number"
    done
    many_files=$(find store/big -type f | wc -l | tr -d ' ')
    make_bare "$room/many" 1000
    make_bare "$room/some" 200
    "$python" "$bench/packages.py" 30 some/*
    mkdir some/.venvwrap/used
    for name in some/*; do : >"some/.venvwrap/used/${name##*/}"; done
    make_upgradable
    for shell in bash zsh; do
        clean "$store" bin/venvwrap init "$shell" --executable "$room/bin/venvwrap" --share "$room/share" --into share
    done
    # As the functions ask for a plan, with a word of our own for its marks.
    plan=$(grep -o -- '--plan=bash/[0-9]*' share/venvwrap/functions.bash | head -n 1)/1
    # virtualenvwrapper puts hooks into its store; the first load makes them.
    mkdir its-store
    cp -R -p store/one store/two its-store/
    inside bash "$room/its-store" load_virtualenvwrapper 1
    make_growth
    make_projects
    make_peers_things
    rm -f clock
}
