//! The whole life of an environment in stores that are not what one expects: other disks, links,
//! odd names, other users.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;

use crate::support::disk::names;
use crate::support::programs::copy_program;
use crate::support::pythons;
use crate::support::sandbox::{Answer, BINARY, Sandbox, tool};
use crate::support::small_disk::SmallDisk;
use crate::support::tally;

/// A store, and the command that the program is started by.
pub(super) struct Place<'a> {
    sandbox: &'a Sandbox,
    store: PathBuf,
    pub(super) through: Vec<OsString>,
}

impl<'a> Place<'a> {
    pub(super) fn at(sandbox: &'a Sandbox, store: impl Into<PathBuf>) -> Self {
        Self { sandbox, store: store.into(), through: Vec::new() }
    }

    fn command(&self, program: &OsStr) -> Command {
        let mut words = self.through.iter().map(OsString::as_os_str).chain([program]);
        let mut command = self.sandbox.command(words.next().unwrap());
        command.args(words).env("WORKON_HOME", &self.store);
        command
    }

    fn run(&self, words: &[&str]) -> Answer<'a> {
        let mut command = self.command(BINARY.as_ref());
        command.args(words);
        self.sandbox.run_command(command, b"")
    }

    fn pip_works(&self, name: &str) {
        let mut command = self.command(self.store.join(name).join("bin/pip").as_os_str());
        command.arg("--version");
        self.sandbox.run_command(command, b"").status(0).stderr("");
    }

    /// Makes, copies, renames, removes and brings back, with pip run from every place. Nothing is
    /// left at the end.
    pub(super) fn is_lived_in(&self) {
        let python = pythons::complete().path.to_str().unwrap();
        self.run(&["mkvirtualenv", "-p", python, "one"]).status(0);
        self.pip_works("one");
        self.run(&["cpvirtualenv", "one", "two"]).status(0);
        self.pip_works("two");
        self.run(&["mvvirtualenv", "two", "three"]).status(0);
        self.pip_works("three");
        self.run(&["rmvirtualenv", "one"]).status(0);
        self.run(&["undo"]).status(0);
        self.pip_works("one");
        self.run(&["lsvirtualenv", "-b"]).status(0).stdout("one\nthree\n").stderr("");
        self.run(&["rmvirtualenv", "--now", "one", "three"]).status(0);
        assert_eq!(names(&self.store), [".venvwrap"]);
        let mut tidy = self.command(BINARY.as_ref());
        tidy.args(["background", "tidy"]).arg(&self.store);
        self.sandbox.run_command(tidy, b"").silent();
        for left in ["new", "trash"] {
            assert_eq!(names(&self.store.join(".venvwrap").join(left)), Vec::<String>::new());
        }
        tally::add("places where an environment is made, copied, renamed, removed and brought back", 1);
    }
}

#[test]
fn a_store_of_any_name_is_lived_in() {
    let sandbox = Sandbox::new();
    let long = "long ".repeat(40);
    let names: [&[u8]; 6] =
        [b"a\nb", b"\xff\xfe", b"-rf", b"%s{a,b}$(x)", long.as_bytes(), "\u{202e}é\u{301}".as_bytes()];
    for name in names {
        let store = sandbox.root().join(OsStr::from_bytes(name));
        fs::create_dir(&store).unwrap();
        Place::at(&sandbox, store).is_lived_in();
    }
}

#[test]
fn a_store_that_is_spelled_in_another_way_is_lived_in() {
    let sandbox = Sandbox::new();
    let link = sandbox.root().join("link");
    symlink(sandbox.workon_home(), &link).unwrap();
    let mut spelled = sandbox.root().as_os_str().to_owned();
    spelled.push("/home/..//link/");
    Place::at(&sandbox, spelled).is_lived_in();
}

#[test]
fn a_store_on_another_disk_than_the_cache_is_lived_in() {
    let sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::of(sandbox.root().join("other disk"), 100) else {
        eprintln!("skipped: only root can mount a disk");
        return;
    };
    assert_ne!(fs::metadata(disk.path()).unwrap().dev(), fs::metadata(sandbox.root()).unwrap().dev());
    Place::at(&sandbox, disk.path()).is_lived_in();
}

/// What a umask forbids stays forbidden, and what it allows is all that is needed.
#[test]
fn a_umask_counts_and_does_not_hinder() {
    let sandbox = Sandbox::new().with_own_cache();
    let mut place = Place::at(&sandbox, sandbox.workon_home());
    place.through = ["/bin/sh", "-c", "umask 077; exec \"$0\" \"$@\""].map(OsString::from).to_vec();
    place.is_lived_in();
    let python = pythons::complete().path.to_str().unwrap();
    place.run(&["mkvirtualenv", "-p", python, "x"]).status(0);
    let mut waiting = vec![sandbox.environment("x")];
    while let Some(path) = waiting.pop() {
        let entry = fs::symlink_metadata(&path).unwrap();
        let others = if entry.is_symlink() { 0 } else { entry.permissions().mode() & 0o077 };
        assert_eq!(others, 0, "{}", path.display());
        if entry.is_dir() {
            waiting.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        }
    }
}

/// Somebody who may write nowhere but to the store: home, cache and settings are another's.
#[test]
fn a_person_whose_home_is_another_s_can_live_in_a_store_of_their_own() {
    let mut sandbox = Sandbox::new();
    if !Uid::effective().is_root() {
        eprintln!("skipped: only root can be somebody else");
        return;
    }
    let home = sandbox.home();
    sandbox.set("XDG_CACHE_HOME", home.join("cache"));
    sandbox.set("TMPDIR", "/nosuch");
    chown(sandbox.workon_home(), Some(65_534), Some(65_534)).unwrap();
    // Everything above must be passed through by everybody.
    for above in sandbox.root().ancestors().take(2) {
        fs::set_permissions(above, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let binary = sandbox.root().join("venvwrap");
    copy_program(BINARY, &binary);
    let python = Path::new("/usr/bin/python3");
    if !python.exists() {
        eprintln!("skipped: no python that everybody may run");
        return;
    }
    let run = |words: &[&str]| {
        let mut command = sandbox.command(tool("setpriv"));
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&binary).args(words);
        sandbox.run_command(command, b"")
    };
    run(&["mkvirtualenv", "--without-pip", "-p", "/usr/bin/python3", "x"]).status(0);
    run(&["cpvirtualenv", "x", "y"]).status(0);
    run(&["mvvirtualenv", "y", "z"]).status(0);
    run(&["rmvirtualenv", "x"]).status(0);
    run(&["undo"]).status(0);
    run(&["lsvirtualenv", "-b"]).status(0).stdout("x\nz\n");
    assert_eq!(names(&home), Vec::<String>::new());
    // Root through sudo looks at it, changes it, and leaves it to its owner what was theirs.
    sandbox.run(["mvvirtualenv", "z", "y"]).status(0);
    let owner = |path: &str| fs::metadata(sandbox.environment("y").join(path)).unwrap().uid();
    assert_eq!((owner(""), owner("bin/activate"), owner("pyvenv.cfg")), (65_534, 65_534, 65_534));
    sandbox.run(["rmvirtualenv", "y"]).status(0);
    run(&["undo", "y"]).status(0);
    run(&["rmvirtualenv", "--now", "x", "y"]).status(0);
    tally::add("places where an environment is made, copied, renamed, removed and brought back", 1);
}

/// A limit on the size of files ends us in the middle of writing one: nothing is there, and the
/// next attempt works.
#[test]
fn a_limit_on_file_sizes_leaves_nothing_behind() {
    let sandbox = Sandbox::new().with_own_cache();
    let mut place = Place::at(&sandbox, sandbox.workon_home());
    let python = pythons::complete().path.to_str().unwrap();
    for blocks in ["1", "8", "64", "200"] {
        let line = format!("ulimit -f {blocks}; exec \"$0\" \"$@\"");
        place.through = ["/bin/sh", "-c", &line].map(OsString::from).to_vec();
        let answer = place.run(&["mkvirtualenv", "-p", python, "x"]);
        assert_ne!(answer.code(), 0, "{blocks} blocks");
        super::assert_seen(&sandbox, &[]);
        tally::add("disks that are full or limited", 1);
    }
    place.through.clear();
    place.is_lived_in();
}
