#!/usr/bin/env bash
# Builds what is published, into dist/: a tarball with its checksum, a .deb, the Homebrew formula and the PKGBUILD that
# point to the tarball, a wheel, an sdist, and a crate. Needs dpkg-deb for the .deb, and maturin for wheel and sdist.
# usage: build.sh BINARY [tarball|deb|recipes|wheel|sdist|crate]...
set -euo pipefail
cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

binary=$1
shift
[ $# -gt 0 ] || set -- tarball deb recipes wheel sdist crate
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
machine=$(uname -m)
system=$(uname -s | tr '[:upper:]' '[:lower:]')
tarball="venvwrap-$version-$machine-$system.tar.gz"
mkdir -p dist
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
# The same sources give the same bytes, whenever they are packed.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
export SOURCE_DATE_EPOCH

checksum() {
    if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

# Every file below a directory gets the time of the sources.
dated() { # DIRECTORY
    local stamp
    # GNU's date, or that of macOS.
    stamp=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d%H%M.%S 2>/dev/null || date -u -r "$SOURCE_DATE_EPOCH" +%Y%m%d%H%M.%S)
    find "$1" -exec env TZ=UTC touch -h -t "$stamp" {} +
}

# Prints the tar archive of a directory in $scratch, by GNU's tar or by that of macOS.
pack() { # DIRECTORY
    local options=(--uid 0 --gid 0 --uname '' --gname '' --no-recursion)
    case $(tar --version) in *GNU*) options=(--owner=0 --group=0 --numeric-owner --no-recursion) ;; esac
    dated "$scratch/$1"
    (cd "$scratch" && find "$1" | LC_ALL=C sort | tar "${options[@]}" -cf - -T -)
}

# The files of a prefix. The copies of the functions in share/venvwrap name the binary by its final path.
stage() { # PREFIX DIRECTORY
    make --silent install BINARY="$binary" PREFIX="$1" DESTDIR="$2" >/dev/null
}

tarball() {
    local top="$scratch/venvwrap-$version"
    stage /prefix "$scratch/staged"
    mv "$scratch/staged/prefix" "$top"
    # install.sh writes what names the prefix.
    rm -r "$top/share/venvwrap" "$top"/share/fish/vendor_{conf,functions}.d
    find "$top/share/fish" -type f ! -name venvwrap.fish -delete
    mkdir "$top/share/venvwrap"
    cp shell/virtualenvwrapper.sh shell/virtualenvwrapper_lazy.sh "$top/share/venvwrap"
    cp README.md CHANGELOG.md LICENSE-* packaging/install.sh "$top"
    pack "venvwrap-$version" | gzip -9n >"dist/$tarball"
    printf '%s  %s\n' "$(checksum "dist/$tarball")" "$tarball" >"dist/$tarball.sha256"
    cp packaging/install.sh dist/
    echo "dist/$tarball"
}

deb() {
    local root="$scratch/deb" size architecture
    architecture=$(dpkg --print-architecture)
    stage /usr "$root"
    # The shims are not in PATH: virtualenvwrapper's package may stay installed.
    cp shell/virtualenvwrapper.sh shell/virtualenvwrapper_lazy.sh "$root/usr/share/venvwrap"
    chmod 644 "$root"/usr/share/venvwrap/*
    install -d "$root/usr/share/doc/venvwrap" "$root/usr/share/lintian/overrides" "$root/DEBIAN"
    mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
    gzip -9n "$root"/usr/share/man/man1/*.1
    cp CHANGELOG.md "$root/usr/share/doc/venvwrap/"
    # Debian wants a changelog in its own form.
    printf 'venvwrap (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$version" \
        "$(sed -n 's/^Maintainer: //p' packaging/control.in)" "$(date -uR -d "@$SOURCE_DATE_EPOCH")" |
        gzip -9n >"$root/usr/share/doc/venvwrap/changelog.gz"
    cp packaging/copyright "$root/usr/share/doc/venvwrap/"
    # A static program needs no library.
    echo 'venvwrap: statically-linked-binary [usr/bin/venvwrap]' >"$root/usr/share/lintian/overrides/venvwrap"
    chmod 644 "$root"/usr/share/doc/venvwrap/* "$root"/usr/share/lintian/overrides/*
    size=$(du -sk --apparent-size "$root/usr" | cut -f 1)
    sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@SIZE@/$size/" packaging/control.in >"$root/DEBIAN/control"
    (cd "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    dated "$root"
    dpkg-deb --root-owner-group -Zxz --build "$root" "dist/venvwrap_${version}_$architecture.deb" >/dev/null
    echo "dist/venvwrap_${version}_$architecture.deb"
}

# Prints the path of maturin: the user's, or the one that tests/tools/prepare.sh --packages installs.
maturin_path() {
    command -v maturin || ls target/package-tools/bin/maturin 2>/dev/null ||
        { echo 'maturin is not installed; run: tests/tools/prepare.sh --packages' >&2; exit 1; }
}

wheel() {
    local target maturin tags='--compatibility pypi' arguments=()
    maturin=$(maturin_path)
    target=$(make --silent --no-print-directory print-target)
    case $target in
        # A static program fits every Linux of this age, with any libc.
        *-linux-musl) tags='--compatibility manylinux2014 --compatibility musllinux_1_1' ;;
        *-linux-gnu) tags='--compatibility manylinux2014' ;;
    esac
    case $target in *-linux-*) arguments=(-- -C link-arg=-T.cargo/without-unwind-tables.ld) ;; esac
    # shellcheck disable=SC2086 # several words
    "$maturin" build --quiet --release --locked --target "$target" $tags --out dist "${arguments[@]}"
    ls dist/virtualenvwrapper_rs-"$version"-*.whl
}

sdist() {
    "$(maturin_path)" sdist --out dist
    ls "dist/virtualenvwrapper_rs-$version.tar.gz"
}

# As crates.io gets it. test.sh compiles it.
crate() {
    cargo package --quiet --locked --no-verify --allow-dirty
    cp "${CARGO_TARGET_DIR:-target}/package/venvwrap-$version.crate" dist/
    echo "dist/venvwrap-$version.crate"
}

recipes() {
    local url=${RELEASE_URL:-https://example.invalid/venvwrap/releases/download/v$version} sum
    sum=$(cut -d ' ' -f 1 "dist/$tarball.sha256")
    for template in venvwrap.rb PKGBUILD; do
        sed -e "s|@VERSION@|$version|g; s|@URL@|$url/$tarball|g; s|@SHA256@|$sum|g" "packaging/$template.in" >"dist/$template"
        echo "dist/$template"
    done
}

for kind in "$@"; do "$kind"; done
