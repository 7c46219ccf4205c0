#!/usr/bin/env bash
# Writes generated/ and the reference in docs/ from what the binary prints; with --check only compares. Compares with a
# fresh copy instead of asking git, because a release tarball has no history.
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
share="$fresh/data/share"
mkdir -p "$fresh/docs" "$share"/{man/man1,bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}

# Without the caller's environment: no variable of theirs may show up in a committed file.
env -i "$binary" completions bash >"$share/bash-completion/completions/venvwrap"
env -i "$binary" completions zsh >"$share/zsh/site-functions/_venvwrap"
env -i "$binary" completions fish >"$share/fish/vendor_completions.d/venvwrap.fish"
env -i "$binary" man "$share/man/man1"
tests/tools/reference.sh "$binary" "$fresh/docs"

if ! $check; then
    rm -rf -- generated
    mkdir generated
    cp -R "$fresh/data" generated
    cp "$fresh/docs"/*.md docs
    exit
fi
stale=false
diff -r -u generated/data "$fresh/data" || stale=true
for page in "$fresh/docs"/*.md; do diff -u "docs/${page##*/}" "$page" || stale=true; done
if $stale; then
    printf '%s\n' "generated/ and docs/ are not what the binary prints; run \`make generate\` and commit the result" >&2
    exit 1
fi
