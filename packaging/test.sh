#!/usr/bin/env bash
# Installs what build.sh put into dist/ in scratch places, by the tool of each kind, and does the main job with it in an
# empty home, in bash, zsh, and fish. What is not there to try with (pipx, uv, lintian, ruby) is said.
# usage: test.sh [tarball|deb|wheel|recipes]...
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

[ $# -gt 0 ] || set -- tarball deb wheel recipes
dist=$PWD/dist
scratch=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf -- "$scratch"' EXIT
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)

passed() { printf 'ok       %s\n' "$1"; }
skipped() { printf 'skipped  %s: %s\n' "$1" "$2"; }
failed() { printf 'failed   %s\n' "$1" >&2; exit 1; }

# Lines that mean the same in the three shells. `a` is activated again for its status to be seen.
job='mkvirtualenv a
mkvirtualenv b
workon a
python -c "import sys; print(sys.prefix)"
deactivate
rmvirtualenv b
venvwrap undo b
lsvirtualenv -b'

main_job() { # WHAT DIRECTORY_OF_THE_BINARY
    local shell load home out
    for shell in bash zsh fish; do
        command -v "$shell" >/dev/null || { skipped "$1 in $shell" "no $shell"; continue; }
        home="$scratch/home $shell"
        rm -rf -- "$home"
        mkdir -- "$home"
        case $shell in
            fish) load='venvwrap init fish | source' ;;
            *) load="eval \"\$(venvwrap init $shell)\"" ;;
        esac
        printf '%s\n' "$load" "$job" >"$scratch/job"
        out=$(env -i HOME="$home" PATH="$2:/usr/local/bin:/usr/bin:/bin" LC_ALL=C.UTF-8 "$shell" "$scratch/job" 2>"$scratch/errors") ||
            { cat "$scratch/errors" >&2; failed "$1 in $shell"; }
        [[ $out == *"$home/.virtualenvs/a"* && $out == *$'\na\nb' ]] || { printf '%s\n' "$out" >&2; cat "$scratch/errors" >&2; failed "$1 in $shell"; }
    done
    passed "$1"
}

tarball() {
    local name=("$dist/venvwrap-$version"-*.tar.gz) port
    sh "$dist/install.sh" --from "$dist" --prefix "$scratch/dry" --dry-run >/dev/null
    [ ! -e "$scratch/dry" ] || failed 'install.sh --dry-run wrote something'
    sh "$dist/install.sh" --from "$dist" --prefix "$scratch/pre fix" >/dev/null
    main_job 'tarball, by install.sh' "$scratch/pre fix/bin"
    cmp -s "$scratch/pre fix/share/man/man1/venvwrap.1" generated/data/share/man/man1/venvwrap.1 || failed 'man page of the tarball'
    # From an address, as a person would.
    python3 -u -m http.server --bind 127.0.0.1 --directory "$dist" 0 >"$scratch/server" 2>&1 &
    server=$!
    until port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$scratch/server" | head -n 1) && [ -n "$port" ]; do
        kill -0 "$server" || failed 'a server on the loopback'
    done
    sh "$dist/install.sh" --from "http://127.0.0.1:$port" --version "$version" --prefix "$scratch/web" >/dev/null
    "$scratch/web/bin/venvwrap" --version >/dev/null
    passed 'tarball, from an address'
    # Unpacked, and one that was changed on its way.
    tar -xzf "${name[0]}" -C "$scratch"
    sh "$scratch/venvwrap-$version/install.sh" --prefix "$scratch/unpacked" >/dev/null
    "$scratch/unpacked/bin/venvwrap" --version >/dev/null
    mkdir "$scratch/changed"
    cp "$dist/venvwrap-$version"-* "$scratch/changed"
    printf x >>"$scratch/changed/${name[0]##*/}"
    if sh "$dist/install.sh" --from "$scratch/changed" --prefix "$scratch/never" 2>/dev/null || [ -e "$scratch/never" ]; then
        failed 'a changed tarball was installed'
    fi
    passed 'tarball, unpacked; changed: refused'
}

deb() {
    local file=("$dist/venvwrap_$version"_*.deb)
    if ! command -v dpkg >/dev/null; then skipped deb 'no dpkg'; return; fi
    mkdir -p "$scratch/root/var/lib/dpkg"/{info,updates}
    : >"$scratch/root/var/lib/dpkg/status"
    if [ "$(id -u)" = 0 ]; then
        dpkg --root="$scratch/root" --force-depends --install "${file[0]}" >/dev/null
    else
        dpkg-deb --extract "${file[0]}" "$scratch/root"
    fi
    main_job deb "$scratch/root/usr/bin"
    if ! command -v lintian >/dev/null; then skipped 'lintian of the .deb' 'no lintian'; return; fi
    lintian --no-tag-display-limit --allow-root --fail-on error "${file[0]}" >"$scratch/lintian" 2>&1 || { cat "$scratch/lintian" >&2; failed lintian; }
    passed 'lintian of the .deb'
}

wheel() {
    local file=("$dist/virtualenvwrapper_rs-$version"-*.whl)
    [ -e "${file[0]}" ] || { skipped wheel 'it was not built'; return; }
    python3 -m venv "$scratch/venv"
    "$scratch/venv/bin/pip" --quiet --disable-pip-version-check install --no-index "${file[0]}"
    # The environment's own python3 must not be first: the binary alone is looked at.
    mkdir "$scratch/bin"
    ln -s "$scratch/venv/bin/venvwrap" "$scratch/bin/venvwrap"
    main_job 'wheel, by pip' "$scratch/bin"
    [ -e "$scratch/venv/share/man/man1/venvwrap.1" ] || failed 'man page of the wheel'
    [ ! -e "$scratch/venv/bin/virtualenvwrapper.sh" ] || failed 'a shim in the wheel'
    if command -v uv >/dev/null; then
        UV_TOOL_DIR="$scratch/tools" UV_TOOL_BIN_DIR="$scratch/toolbin" uv --quiet tool install --no-index --offline "${file[0]}"
        main_job 'wheel, by uv tool' "$scratch/toolbin"
    else
        skipped 'wheel, by uv tool' 'no uv'
    fi
    if command -v pipx >/dev/null; then
        PIPX_HOME="$scratch/pipx" PIPX_BIN_DIR="$scratch/pipxbin" PIPX_MAN_DIR="$scratch/pipxman" pipx install "${file[0]}" >/dev/null 2>&1
        main_job 'wheel, by pipx' "$scratch/pipxbin"
    else
        skipped 'wheel, by pipx' 'no pipx'
    fi
}

recipes() {
    bash -n "$dist/PKGBUILD"
    passed 'syntax of the PKGBUILD'
    if command -v ruby >/dev/null; then
        ruby -c "$dist/venvwrap.rb" >/dev/null
        passed 'syntax of the formula'
    else
        skipped 'syntax of the formula' 'no ruby'
    fi
}

for kind in "$@"; do "$kind"; done
