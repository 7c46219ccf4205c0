//! Hints about WORKON_HOME: the trash, full disks, locks, permissions, and files of other users.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use super::play::After::{Again, Gone, Shown};
use super::play::{NAME, situation};
use super::prepared::{environment, python, removed, sudo};
use super::{Row, by, mentioned, pasted};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

/// Starts the shell without the right to pass by permissions.
pub(super) const BOUND: &[&str] = &["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--"];

/// Starts the shell where mounts vanish with it.
pub(super) const WITH_MOUNTS: &[&str] = &["unshare", "--mount", "--propagation", "private", "--"];

pub(super) const ROWS: &[Row] = &[
    pasted(
        "the disk is full; `{} --now NAME` frees the space of an environment",
        situation(small_disk, "mkvirtualenv --without-pip new", &[Again])
            .after_line("sh {root}/fill {envs}")
            .started_by(WITH_MOUNTS)
            .fill(&[("NAME", "old")]),
    ),
    by(
        "robustness::shelves::removing_for_good_needs_no_room",
        "`{remove} --now {}` deletes it for good, which needs no space",
    ),
    pasted(
        "`ls -ld {}` shows the owner and the permissions",
        situation(closed, "mkvirtualenv --without-pip new", &[Shown]).started_by(BOUND),
    ),
    // Two seconds of waiting each.
    pasted(
        "`ps -fp {process}` shows that process; stop it and try again",
        situation(locked, "mvvirtualenv {name} new", &[Shown])
            .after_line("sh {root}/lock {envs}/.venvwrap/new {root}/locked")
            .only_in(&[Shell::Bash])
            .loaded(),
    ),
    by(
        "robustness::shelves::a_lock_of_somebody_else_is_waited_for_two_seconds_and_then_told",
        "`fuser -v {}` shows that process; stop it and try again",
    ),
    pasted(
        "`sudo umount {}` first",
        situation(with_sudo, "rmvirtualenv {name}", &[Again])
            .after_line("mount -t tmpfs none {envs}/{name}/lib")
            .started_by(WITH_MOUNTS),
    ),
    pasted(
        "`sudo umount {}`",
        situation(expired, "venvwrap undo --list", &[Gone])
            .after_line("mount -t tmpfs none {envs}/.venvwrap/trash/doomed-5.1/old/lib")
            .started_by(WITH_MOUNTS),
    ),
    pasted(
        "`sudo {free} {place}; sudo rm -rf {place}`",
        situation(expired, "venvwrap undo --list", &[Gone])
            .after_line("chattr +i {envs}/.venvwrap/trash/doomed-5.1/old/pyvenv.cfg")
            .if_possible(knows_immutable_files),
    ),
    by("robustness::shelves::what_belongs_to_another_user_is_passed_over_and_told", "`sudo rm -rf {}`"),
    pasted("`chmod go-w {path}`", situation(open_cache, "mkvirtualenv --without-pip {name}", &[Gone])),
    mentioned("names how the program was started", "run it without `sudo -E`, or "),
    pasted("`chmod go-w {typed}`", situation(open_trash, "rmvirtualenv {name}", &[Again])),
    pasted("`mv {typed} {typed}.old` puts it aside", situation(foreign_trash, "rmvirtualenv {name}", &[Again])),
    pasted("`rm {}` removes it, and nothing else", situation(linked_trash, "rmvirtualenv {name}", &[Again])),
    pasted(
        "`venvwrap doctor --fix {}` writes the file",
        situation(without_cfg, "wipeenv", &[Gone]).after_line("workon {name}").loaded(),
    ),
];

/// A disk of 1 MB, nearly all of which the environment `old` has.
pub(super) fn small_disk(sandbox: &mut Sandbox) {
    python(sandbox);
    let fill = "mount -t tmpfs -o size=1m none \"$1\" && mkdir -p \"$1/old/bin\" && : >\"$1/old/pyvenv.cfg\"
ln -s /bin/sh \"$1/old/bin/python\"
mkdir -p \"$1/.venvwrap/new\" \"$1/.venvwrap/trash\"
dd if=/dev/zero of=\"$1/old/file\" bs=4k 2>/dev/null\n";
    sandbox.write("fill", fill);
}

fn with_sudo(sandbox: &mut Sandbox) {
    environment(sandbox);
    sudo(sandbox);
}

fn trash(sandbox: &Sandbox) -> PathBuf {
    sandbox.workon_home().join(".venvwrap/trash")
}

/// The deletion of an expired environment began and did not end.
fn expired(sandbox: &mut Sandbox) {
    with_sudo(sandbox);
    sandbox.minimal_environment_at(&trash(sandbox).join("doomed-5.1/old"));
}

fn knows_immutable_files() -> bool {
    let file = crate::support::sandbox::run_directory().join("immutable");
    fs::write(&file, "").unwrap();
    let chattr = |flag: &str, file: &Path| {
        std::process::Command::new("chattr").arg(flag).arg(file).output().is_ok_and(|done| done.status.success())
    };
    chattr("+i", &file) && chattr("-i", &file)
}

fn closed(sandbox: &mut Sandbox) {
    python(sandbox);
    fs::set_permissions(sandbox.workon_home(), fs::Permissions::from_mode(0o500)).unwrap();
}

fn locked(sandbox: &mut Sandbox) {
    environment(sandbox);
    fs::create_dir_all(sandbox.workon_home().join(".venvwrap/new")).unwrap();
    let lock = "flock \"$1\" sh -c ': >\"$0\"; exec sleep 6' \"$2\" >/dev/null 2>&1 </dev/null &
until test -e \"$2\"; do :; done\n";
    sandbox.write("lock", lock);
}

fn open_cache(sandbox: &mut Sandbox) {
    python(sandbox);
    let cache = sandbox.root().join("cache");
    fs::create_dir(&cache).unwrap();
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).unwrap();
    sandbox.set("XDG_CACHE_HOME", cache);
}

fn open_trash(sandbox: &mut Sandbox) {
    removed(sandbox);
    environment(sandbox);
    fs::set_permissions(trash(sandbox), fs::Permissions::from_mode(0o777)).unwrap();
}

fn foreign_trash(sandbox: &mut Sandbox) {
    removed(sandbox);
    environment(sandbox);
    chown(trash(sandbox), Some(65_534), None).unwrap();
}

fn linked_trash(sandbox: &mut Sandbox) {
    environment(sandbox);
    fs::create_dir(sandbox.workon_home().join(".venvwrap")).unwrap();
    symlink("/tmp", trash(sandbox)).unwrap();
}

fn without_cfg(sandbox: &mut Sandbox) {
    super::packaging::numpy(sandbox);
    fs::remove_file(sandbox.environment(NAME).join("pyvenv.cfg")).unwrap();
}

#[test]
fn hints_about_the_store_can_be_pasted() {
    super::play_all(ROWS);
}
