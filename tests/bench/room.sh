# shellcheck shell=bash disable=SC2034,SC2154 # run.sh has the variables
# Where the benchmark works: a scratch file system that is the same on every machine.

# The file system decides half of the figures: an ext4 without a journal makes files ten times slower after some were
# deleted, and a disk adds its own waiting. As root it is a journaled ext4 in memory, in a mount namespace of our own,
# which takes it along when we end; otherwise a tmpfs; otherwise what there is, and the output says so.
enter_namespace() {
    if [ "$(uname)" = Linux ] && [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null; then
        exec unshare --mount "$bench/run.sh" --in-namespace "${arguments[@]}"
    fi
}

is_roomy_tmpfs() {
    [ "$(stat -f -c %T "$1" 2>/dev/null)" = tmpfs ] && [ -w "$1" ] &&
        [ "$(df -P -k "$1" | awk 'NR == 2 { print $4 }')" -gt 1500000 ] &&
        ! grep -q -E "^[^ ]+ $1 [^ ]+ [^ ]*noexec" /proc/mounts
}

# What still works behind the prompt may write while we remove.
leave_room() {
    cd /
    umount -l "$top" 2>/dev/null || rm -rf -- "$top" 2>/dev/null || sleep 1
    rm -rf -- "$top"
}

# Sets room (a new directory, the current one from now on), top (what holds it) and place (its file system, in words).
make_room() {
    local parent=${TMPDIR:-/tmp}
    if ! $namespace && is_roomy_tmpfs /dev/shm; then parent=/dev/shm; fi
    top=$(mktemp -d "$parent/venvwrap-bench.XXXXXX")
    trap leave_room EXIT
    room=$top
    place=
    if $namespace && mount -t tmpfs -o size=5G,mode=755 tmpfs "$top"; then
        mkdir "$top/disk"
        truncate -s 2300M "$top/image"
        if mkfs.ext4 -q -F -N 500000 -E lazy_itable_init=0 "$top/image" && mount -o loop "$top/image" "$top/disk"; then
            room=$top/disk
            place='ext4 with a journal, in memory'
        fi
    fi >&2
    if [ -n "$place" ]; then
        :
    elif $namespace || [ "$parent" = /dev/shm ]; then
        place=tmpfs
    else
        place="$(df -P -T "$room" 2>/dev/null | awk 'NR == 2 { print $2 }') on a disk, which distorts what is made or removed"
    fi
    cd "$room" || exit
}

# An environment of 500 MB on an XFS in memory.
mount_reflinks() {
    local number
    [ ! -e reflinks/big ] || return 0
    mkdir -p reflinks
    truncate -s 1300M "$top/reflinks.image"
    mkfs.xfs -q -m reflink=1 "$top/reflinks.image" && mount -o loop "$top/reflinks.image" reflinks || return 1
    cp -R -p store/one reflinks/big
    for ((number = 1; number <= 100; number++)); do
        head -c 5000000 /dev/zero >"reflinks/big/lib/$number.so"
    done
    # What is not written yet cannot be shared.
    sync -f reflinks
}
