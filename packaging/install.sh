#!/bin/sh
# Installs venvwrap from a release: the tarball in this directory or at an address, after a look at its checksum.
# Runs no sudo: choose a prefix that you can write to.
set -eu

usage() {
    cat <<'TEXT'
usage: install.sh [--prefix DIR] [--from DIR|URL] [--version VERSION] [--dry-run]

  --prefix DIR       where to install: DIR/bin, DIR/share [default: ~/.local]
  --from DIR|URL     where the tarball and its .sha256 are [default: beside this script]
  --version VERSION  which version [default: the only one in DIR]
  --dry-run          show what would be done
TEXT
}

fail() {
    printf 'install.sh: %s\n' "$1" >&2
    [ -z "${2-}" ] || printf 'hint: %s\n' "$2" >&2
    exit 1
}

here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
prefix=${HOME:-}/.local from=$here version='' dry_run=false
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --from | --version)
            [ $# -gt 1 ] || fail "$1: missing value" 'install.sh --help lists the options'
            case $1 in --prefix) prefix=$2 ;; --from) from=$2 ;; --version) version=$2 ;; esac
            shift
            ;;
        --dry-run) dry_run=true ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
case $prefix in /*) ;; *) fail "--prefix: '$prefix' is not an absolute path" ;; esac

# An unpacked tarball installs itself.
unpacked=''
[ "$from" != "$here" ] || [ ! -x "$here/bin/venvwrap" ] || unpacked=$here

scratch=$(mktemp -d "${TMPDIR:-/tmp}/venvwrap-install.XXXXXX")
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sum_of() {
    if command -v sha256sum >/dev/null 2>&1; then
        # From its input: beside a name with a backslash, the sum gets one too.
        sha256sum <"$1" | cut -d ' ' -f 1
    elif command -v shasum >/dev/null 2>&1; then
        shasum -a 256 <"$1" | cut -d ' ' -f 1
    else
        fail 'neither sha256sum nor shasum is installed, so the checksum cannot be verified'
    fi
}

download() { # FILE
    case $from in
        https://* | http://127.0.0.1* | http://localhost* | file://*)
            if command -v curl >/dev/null 2>&1; then
                curl --fail --location --silent --show-error --output "$scratch/$1" "$from/$1" || fail "cannot download $from/$1"
            elif command -v wget >/dev/null 2>&1; then
                wget -q -O "$scratch/$1" "$from/$1" || fail "cannot download $from/$1"
            else
                fail 'neither curl nor wget is installed'
            fi
            ;;
        *://*) fail "--from: $from is not an https address" ;;
        *) cp -- "$from/$1" "$scratch/$1" 2>/dev/null || fail "there is no $1 in $from" ;;
    esac
}

if [ -z "$unpacked" ]; then
    system=$(uname -s | tr '[:upper:]' '[:lower:]')
    machine=$(uname -m)
    if [ -z "$version" ]; then
        set -- "$from"/venvwrap-*-"$machine-$system.tar.gz"
        [ -f "$1" ] || fail "no tarball for $machine-$system in $from" 'choose a release with --version, and its address with --from'
        [ $# -eq 1 ] || fail "several versions in $from" 'choose one with --version'
        version=${1##*/venvwrap-}
        version=${version%-"$machine-$system.tar.gz"}
    fi
    tarball="venvwrap-$version-$machine-$system.tar.gz"
    download "$tarball"
    download "$tarball.sha256"
    wanted=$(cut -d ' ' -f 1 "$scratch/$tarball.sha256")
    [ "$(sum_of "$scratch/$tarball")" = "$wanted" ] || fail "$tarball does not have the checksum $wanted; nothing was installed"
    # tar takes a backslash in a directory's name for an escape.
    (cd -- "$scratch" && tar -xzf "$tarball")
    unpacked="$scratch/venvwrap-$version"
fi
"$unpacked/bin/venvwrap" --version >/dev/null || fail 'the program does not run on this machine; nothing was installed'

put() { # MODE FILE DIRECTORY
    if $dry_run; then
        printf 'would install %s\n' "$3/${2##*/}"
    else
        mkdir -p -- "$3"
        # A running copy stays whole.
        cp -- "$2" "$3/.${2##*/}.new"
        chmod "$1" "$3/.${2##*/}.new"
        mv -f -- "$3/.${2##*/}.new" "$3/${2##*/}"
    fi
}

put 755 "$unpacked/bin/venvwrap" "$prefix/bin"
for directory in man/man1 bash-completion/completions zsh/site-functions fish/vendor_completions.d; do
    for file in "$unpacked/share/$directory"/*; do
        put 644 "$file" "$prefix/share/$directory"
    done
done
for shell in bash zsh fish; do
    "$unpacked/bin/venvwrap" init "$shell" --executable "$prefix/bin/venvwrap" --share "$prefix/share" --into "$scratch/share"
done
for directory in venvwrap fish/vendor_conf.d fish/vendor_functions.d fish/vendor_completions.d; do
    for file in "$scratch/share/$directory"/*; do
        put 644 "$file" "$prefix/share/$directory"
    done
done
$dry_run || printf 'Installed %s in %s\n' "$("$prefix/bin/venvwrap" --version)" "$prefix"
case :${PATH:-}: in
    *":$prefix/bin:"*) ;;
    *) printf 'hint: %s is not on your PATH\n' "$prefix/bin" ;;
esac
