#!/usr/bin/env bash
# Installs what build.sh put into dist/ in scratch places, by the tool of each kind, and goes with it from an empty home
# to a working `workon` as README.md says, in bash, zsh, fish, and Nushell. Says how long that took, and fails if it was
# more than two minutes; compilers are timed apart. A missing tool is said, and is a failure in CI.
# usage: test.sh [tarball|deb|recipes|wheel|sdist|crate]...
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

[ $# -gt 0 ] || set -- tarball deb recipes wheel sdist crate
checkout=$PWD
dist=$checkout/dist
LIMIT_MS=120000
scratch=$(mktemp -d)
server=''
trap '[ -z "$server" ] || kill "$server"; rm -rf -- "$scratch"' EXIT
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
tarball=venvwrap-$version-$(uname -m)-$(uname -s | tr '[:upper:]' '[:lower:]').tar.gz

passed() { printf 'ok       %s\n' "$1"; }
failed() { printf 'failed   %s\n' "$1" >&2; exit 1; }
skipped() {
    [ -z "${CI-}" ] || failed "$1: $2"
    printf 'skipped  %s: %s\n' "$1" "$2"
}

milliseconds() {
    if [ -n "${EPOCHREALTIME-}" ]; then echo $((${EPOCHREALTIME/[.,]/} / 1000)); else echo $(($(date +%s) * 1000)); fi
}
seconds() { printf '%d.%d s' $(($1 / 1000)) $(($1 % 1000 / 100)); }

# timed COMMAND…: runs it, and leaves its time in $took.
timed() {
    local start
    start=$(milliseconds)
    "$@" >"$scratch/output" 2>&1 </dev/null || { cat "$scratch/output" >&2; failed "$*"; }
    took=$(($(milliseconds) - start))
}

# Prints the path of a tool: the user's, or one that tests/tools/prepare.sh installed.
tool() {
    command -v "$1" || ls "$checkout/target/package-tools/bin/$1" 2>/dev/null || ls "$checkout/target/peers/bin/$1" 2>/dev/null
}

# Lines that mean the same in every shell. `a` is activated again for its status to be seen.
job='mkvirtualenv a
mkvirtualenv b
workon a
python -c "import sys; print(sys.prefix)"
deactivate
rmvirtualenv b
venvwrap undo b
lsvirtualenv -b'

# From an empty home to the end of the job. $took: milliseconds of the installation, or of the compiler.
main_job() { # WHAT DIRECTORY_OF_THE_BINARY [PREFIX_OF_EVERY_COMMAND…]
    local what=$1 path="$2:/usr/local/bin:/opt/homebrew/bin:/usr/bin:/bin" shell program load home out start each report='' slowest=0
    shift 2
    for shell in bash zsh fish nu; do
        program=$(tool "$shell") || { skipped "$what in $shell" "no $shell"; continue; }
        home="$scratch/home $shell"
        rm -rf -- "$home"
        mkdir -- "$home"
        # shellcheck disable=SC2016 # for nu
        case $shell in
            bash | zsh) load=". ~/.${shell}rc" ;;
            fish) load='' ;;
            nu) load='source ($nu.user-autoload-dirs.0 | path join venvwrap.nu)' ;;
        esac
        printf '%s\n' "$load" "$job" >"$scratch/job"
        start=$(milliseconds)
        out=$(
            exec 2>"$scratch/errors"
            in_home=(env -i "HOME=$home" "PATH=$path" LC_ALL=C.UTF-8)
            "$@" "${in_home[@]}" venvwrap setup "$shell" --yes >&2 &&
                "$@" "${in_home[@]}" "$program" "$scratch/job"
        ) || { cat "$scratch/errors" >&2; failed "$what in $shell"; }
        each=$(($(milliseconds) - start))
        [[ $out == *"$home/.virtualenvs/a"* && $out == *$'\na\nb' ]] || { printf '%s\n' "$out" >&2; cat "$scratch/errors" >&2; failed "$what in $shell"; }
        [ "$each" -le "$slowest" ] || slowest=$each
        report="$report, $shell $(seconds "$each")"
    done
    case $what in
        *compiled*) ;;
        *) [ $((took + slowest)) -lt "$LIMIT_MS" ] || failed "$what: $(seconds $((took + slowest))) from nothing to \`workon\`" ;;
    esac
    passed "$what in $(seconds "$took")$report"
}

# in_root COMMAND…: runs it with $scratch/root/usr over /usr, as if the package were installed.
in_root() {
    local as_root=()
    [ "$(id -u)" = 0 ] || as_root=(--user --map-root-user)
    # shellcheck disable=SC2016 # for sh
    unshare --mount "${as_root[@]}" -- sh -c 'mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr && shift && exec "$@"' \
        sh "$scratch/root" "$@"
}

# The job with a package below $scratch/root, in its place where this machine allows that.
main_job_in_root() { # WHAT
    if in_root true 2>/dev/null; then
        main_job "$1" /usr/bin in_root
        grep -q '^fish is already set up by ' <(in_root env -i "HOME=$scratch" PATH=/usr/bin:/bin venvwrap setup fish --yes 2>&1) ||
            failed "$1: fish needs a line in an rc file"
    else
        main_job "$1, below another root" "$scratch/root/usr/bin"
    fi
    rm -rf -- "$scratch/root"
}

tarball() {
    local port
    sh "$dist/install.sh" --from "$dist" --version "$version" --prefix "$scratch/dry" --dry-run >/dev/null
    [ ! -e "$scratch/dry" ] || failed 'install.sh --dry-run wrote something'
    timed sh "$dist/install.sh" --from "$dist" --version "$version" --prefix "$scratch/pre fix"
    main_job 'tarball: by install.sh' "$scratch/pre fix/bin"
    cmp -s "$scratch/pre fix/share/man/man1/venvwrap.1" generated/data/share/man/man1/venvwrap.1 || failed 'man page of the tarball'
    # From an address, as a person would.
    : >"$scratch/server"
    python3 -u -m http.server --bind 127.0.0.1 --directory "$dist" 0 >>"$scratch/server" 2>&1 &
    server=$!
    until port=$(sed -n 's/.*port \([0-9]*\).*/\1/p' "$scratch/server" | head -n 1) && [ -n "$port" ]; do
        kill -0 "$server" || failed 'a server on the loopback'
    done
    sh "$dist/install.sh" --from "http://127.0.0.1:$port" --version "$version" --prefix "$scratch/web" >/dev/null
    "$scratch/web/bin/venvwrap" --version >/dev/null
    # Unpacked, and one that was changed on its way.
    tar -xzf "$dist/$tarball" -C "$scratch"
    sh "$scratch/venvwrap-$version/install.sh" --prefix "$scratch/unpacked" >/dev/null
    "$scratch/unpacked/bin/venvwrap" --version >/dev/null
    mkdir "$scratch/changed"
    cp "$dist/$tarball" "$dist/$tarball.sha256" "$scratch/changed"
    printf x >>"$scratch/changed/$tarball"
    if sh "$dist/install.sh" --from "$scratch/changed" --prefix "$scratch/never" 2>/dev/null || [ -e "$scratch/never" ]; then
        failed 'a changed tarball was installed'
    fi
    passed 'tarball: from an address; unpacked; refused if changed'
}

deb() {
    local file=("$dist/venvwrap_$version"_*.deb)
    command -v dpkg >/dev/null || { skipped deb 'no dpkg'; return; }
    mkdir -p "$scratch/root/var/lib/dpkg"/{info,updates}
    : >"$scratch/root/var/lib/dpkg/status"
    if [ "$(id -u)" = 0 ]; then
        timed dpkg --root="$scratch/root" --force-depends --install "${file[0]}"
    else
        timed dpkg-deb --extract "${file[0]}" "$scratch/root"
    fi
    main_job_in_root 'deb: by dpkg'
    command -v lintian >/dev/null || { skipped 'deb: lintian' 'no lintian'; return; }
    lintian --no-tag-display-limit --allow-root --fail-on error "${file[0]}" >"$scratch/lintian" 2>&1 || { cat "$scratch/lintian" >&2; failed lintian; }
    passed 'deb: lintian'
}

# Homebrew's commands for a formula, as far as ours uses them.
homebrew='
require "pathname"
PREFIX = Pathname.new(ARGV[1])
HOMEBREW_PREFIX = PREFIX
class Pathname
  def install(*files)
    mkpath
    files.flatten.each { |file| system("install", file, to_s, exception: true) }
  end
end
class Formula
  def self.method_missing(*) = nil
  def self.test = nil
  { bin: "bin", share: "share", man1: "share/man/man1", bash_completion: "share/bash-completion/completions",
    zsh_completion: "share/zsh/site-functions", fish_completion: "share/fish/vendor_completions.d" }
    .each { |name, path| define_method(name) { PREFIX/path } }
  def system(*words) = Kernel.system(*words.map(&:to_s), exception: true)
end
load ARGV[0]
Venvwrap.new.install
Venvwrap.new.caveats'

# What a recipe places is what `make install` does.
as_make_install() { # WHAT PREFIX
    [ -d "$scratch/made" ] || make --silent install PREFIX=/usr DESTDIR="$scratch/made" >/dev/null
    diff <(cd "$2" && find . ! -type d ! -path './share/licenses/*' | sort) <(cd "$scratch/made/usr" && find . ! -type d | sort) ||
        failed "$1: not the files that \`make install\` places"
}

recipes() {
    mkdir -p "$scratch/source"
    tar -xzf "$dist/$tarball" -C "$scratch/source"
    if [ "$(uname)" = Linux ]; then
        (
            set -e
            # shellcheck disable=SC2034 # for package
            pkgdir=$scratch/root
            # shellcheck source=/dev/null
            . "$dist/PKGBUILD"
            cd "$scratch/source"
            package
        )
        took=0
        as_make_install PKGBUILD "$scratch/root/usr"
        main_job_in_root 'PKGBUILD: its package()'
    else
        bash -n "$dist/PKGBUILD"
    fi
    command -v ruby >/dev/null || { skipped 'formula' 'no ruby'; return; }
    (cd "$scratch/source/venvwrap-$version" && timed ruby -w -e "$homebrew" "$dist/venvwrap.rb" "$scratch/brew")
    took=0
    as_make_install formula "$scratch/brew"
    main_job 'formula: its install, with a stand-in for brew' "$scratch/brew/bin"
}

# The job with one program of a package, whose own python3 must not be first on PATH.
main_job_of() { # WHAT DIRECTORY_OF_THE_BINARY
    mkdir -p "$scratch/alone"
    ln -sf "$2/venvwrap" "$scratch/alone/venvwrap"
    main_job "$1" "$scratch/alone"
}

wheel() {
    local file=("$dist/virtualenvwrapper_rs-$version"-*.whl) uv pipx
    python3 -m venv "$scratch/venv"
    timed "$scratch/venv/bin/pip" --disable-pip-version-check install --no-index "${file[0]}"
    main_job_of 'wheel: by pip' "$scratch/venv/bin"
    [ -e "$scratch/venv/share/man/man1/venvwrap.1" ] || failed 'man page of the wheel'
    [ ! -e "$scratch/venv/bin/virtualenvwrapper.sh" ] || failed 'a shim in the wheel'
    if uv=$(tool uv); then
        timed env UV_TOOL_DIR="$scratch/tools" UV_TOOL_BIN_DIR="$scratch/toolbin" "$uv" tool install --no-index --offline "${file[0]}"
        main_job 'wheel: by uv tool' "$scratch/toolbin"
    else
        skipped 'wheel: by uv tool' 'no uv'
    fi
    if pipx=$(tool pipx); then
        timed env PIPX_HOME="$scratch/pipx" PIPX_BIN_DIR="$scratch/pipxbin" PIPX_MAN_DIR="$scratch/pipxman" "$pipx" install "${file[0]}"
        main_job 'wheel: by pipx' "$scratch/pipxbin"
    else
        skipped 'wheel: by pipx' 'no pipx'
    fi
}

files_of_wheel() {
    python3 -m zipfile --list "$1" | sed 's/  *[0-9-]* [0-9:]* *[0-9]*$//; /\.dist-info\//d' | sort
}

# The compilers have a directory of their own: a wheel or a crate that is not ours would spoil the one of `make`.
sdist() {
    local uv
    uv=$(tool uv) || { skipped sdist 'no uv'; return; }
    timed env CARGO_TARGET_DIR="$checkout/target/packages" "$uv" build --quiet --wheel --out-dir "$scratch/from-sdist" "$dist/virtualenvwrapper_rs-$version.tar.gz"
    local built=("$scratch/from-sdist"/*.whl) ours=("$dist/virtualenvwrapper_rs-$version"-*.whl)
    diff <(files_of_wheel "${built[0]}") <(files_of_wheel "${ours[0]}") || failed 'sdist: another wheel comes from it'
    UV_TOOL_DIR="$scratch/tools" UV_TOOL_BIN_DIR="$scratch/sdistbin" "$uv" tool install --quiet --reinstall --no-index --offline "${built[0]}"
    main_job 'sdist: compiled by uv' "$scratch/sdistbin"
}

crate() {
    tar -xzf "$dist/venvwrap-$version.crate" -C "$scratch"
    # As from crates.io, whose crates cargo builds without their .cargo/config.toml.
    rm -r "$scratch/venvwrap-$version/.cargo"
    (cd / && timed env CARGO_TARGET_DIR="$checkout/target/packages" cargo install --locked --path "$scratch/venvwrap-$version" --root "$scratch/crate" && echo "$took" >"$scratch/took")
    took=$(cat "$scratch/took")
    main_job 'crate: compiled by cargo install' "$scratch/crate/bin"
    local verb
    for verb in 'init bash' 'completions zsh' man 'init virtualenvwrapper.sh'; do
        # shellcheck disable=SC2086 # two words
        [ -n "$(cd / && env -i "$scratch/crate/bin/venvwrap" $verb)" ] || failed "crate: $verb"
    done
    passed 'crate: init, completions, and man need no other file'
}

for kind in "$@"; do "$kind"; done
