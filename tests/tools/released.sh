#!/usr/bin/env bash
# Runs modules of the test suite with a release binary in the place of the development build: it is linked and optimized
# otherwise, with musl, another allocator, and no unwinding.
# usage: released.sh BINARY MODULE...
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.."

binary=$1
shift
suite=$(cargo test --locked --test suite --no-run 2>&1 | sed -n 's/.*Executable .*(\(.*\))$/\1/p')
[ -x "$suite" ] || { echo 'released.sh: the suite was not built' >&2; exit 1; }
place=$(dirname -- "$(dirname -- "$suite")")/venvwrap
# Without its file, cargo links the development build there again.
trap 'rm -f "$place" "$place.new"' EXIT
cp "$binary" "$place.new"
mv -f "$place.new" "$place"
"$suite" "$@"
