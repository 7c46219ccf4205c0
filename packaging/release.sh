#!/usr/bin/env bash
# Prepares a release: checks the checkout, moves "Unreleased" of CHANGELOG.md under the version, sets the version, runs the
# tests, builds and tries the packages in dist/, and writes the text of the tag. It commits and publishes nothing.
# usage: release.sh VERSION [--dry-run]
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

version=${1-}
dry_run=false
[ "${2-}" != --dry-run ] || dry_run=true
[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo 'usage: release.sh VERSION [--dry-run], with a version such as 0.2.0' >&2; exit 2; }

stop() { printf 'release.sh: %s\n' "$1" >&2; exit 1; }

$dry_run || [ -z "$(git status --porcelain)" ] || stop 'there are uncommitted changes'
[ -z "$(git tag --list "v$version")" ] || stop "there is a tag v$version"
changes=$(awk '/^## /{ if (on) exit; on = /^## Unreleased/ } on && !/^## /' CHANGELOG.md)
[[ $changes == *[![:space:]]* ]] || stop 'CHANGELOG.md has nothing under "## Unreleased"'
current=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
newest=$(printf '%s\n%s\n' "$current" "$version" | sort -V | tail -n 1)
[ "$newest" = "$version" ] || stop "version $version is older than $current"

tag_text="venvwrap $version
$changes"
if $dry_run; then
    printf 'would release %s after %s; the text of the tag:\n\n%s\n' "$version" "$current" "$tag_text"
    exit 0
fi
date=$(date -u +%Y-%m-%d)
sed -i.old "s/^## Unreleased.*/## Unreleased\n\n## $version ($date)/" CHANGELOG.md
sed -i.old "0,/^version = /s/^version = .*/version = \"$version\"/" Cargo.toml
rm -f CHANGELOG.md.old Cargo.toml.old
cargo update --workspace --offline --quiet
make generate
make test
# Without the packages of an earlier version.
rm -rf dist
make package-test
printf '%s\n' "$tag_text" >dist/TAG
cat <<TEXT
dist/ has the packages of $version. Next:
  git commit -am 'release: $version'
  git tag -F dist/TAG v$version
TEXT
