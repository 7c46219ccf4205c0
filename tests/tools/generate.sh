#!/usr/bin/env bash
# Writes completions/ and man/ from what the binary prints; with --check only compares. Compares with a fresh copy
# instead of asking git, because a release tarball has no history.
# usage: generate.sh [--check] BINARY
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

check=false
if [ "$1" = --check ]; then
    check=true
    shift
fi
binary=$1

fresh=$(mktemp -d)
trap 'rm -rf -- "$fresh"' EXIT
mkdir "$fresh/completions" "$fresh/man"

# Without the caller's environment: no variable of theirs may show up in a committed file.
env -i "$binary" completions bash >"$fresh/completions/venvwrap.bash"
env -i "$binary" completions zsh >"$fresh/completions/_venvwrap"
env -i "$binary" completions fish >"$fresh/completions/venvwrap.fish"
env -i "$binary" man "$fresh/man"

for directory in completions man; do
    if ! $check; then
        rm -rf -- "$directory"
        cp -R "$fresh/$directory" "$directory"
    elif ! diff -r -u "$directory" "$fresh/$directory"; then
        printf '%s\n' "$directory/ is not what the binary prints; run \`make generate\` and commit the result" >&2
        exit 1
    fi
done
