//! Every verb with what it cannot take, in every shell: one line on stderr, a hint, a status; nothing on disk changes,
//! and the active environment stays as it is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;

use crate::support::disk::tree;
use crate::support::sandbox::{Answer, BINARY, Sandbox, tool};
use crate::support::shells::Shell;
use crate::support::story::Story;

const NAME: &str = "hint: a name is one path component, such as `projectx`\n";
const NOT_ONE: &str = "hint: only environments are touched; move it out of the way or take another name\n";

#[test]
fn nothing_changes_and_the_active_environment_stays() {
    let sandbox = Sandbox::new();
    for name in ["keep", "projectx"] {
        sandbox.minimal_environment(name);
    }
    let broken = sandbox.minimal_environment("broken");
    fs::remove_file(broken.join("bin/python")).unwrap();
    symlink("python3", broken.join("bin/python")).unwrap();
    symlink("/opt/py/bin/python3.9", broken.join("bin/python3")).unwrap();
    sandbox.write("envs/plain/file", "precious");
    sandbox.write("envs/file", "precious");
    symlink("nowhere", sandbox.environment("dangling")).unwrap();
    sandbox.write("not a python", "#!/no/such/interpreter\n");
    fs::set_permissions(sandbox.root().join("not a python"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.write("a script", "#!/bin/sh\necho 'I am no python' >&2\nexit 7\n");
    fs::set_permissions(sandbox.root().join("a script"), fs::Permissions::from_mode(0o755)).unwrap();

    let broken_says = "venvwrap: environment `broken` is broken: its python, /opt/py/bin/python3.9, is gone\n\
                       hint: install that python again, or make the environment anew: `mkvirtualenv --clear broken`\n";
    let not_an_environment = "is not a virtual environment: it has neither pyvenv.cfg nor bin/activate\n";
    let python_hint = "hint: `-p` takes a version such as `3.12`, a command or a path\n";
    let cases: Vec<(&[&str], i32, String)> = vec![
        // No name, and names that can be none.
        (
            &["mkvirtualenv"],
            2,
            "venvwrap: the following required arguments were not provided: <NAME>\nhint: mkvirtualenv <NAME>\n".into(),
        ),
        (&["mkvirtualenv", ""], 1, format!("venvwrap: `` is not a name for an environment: it is empty\n{NAME}")),
        (
            &["mkvirtualenv", ".."],
            1,
            format!(
                "venvwrap: `..` is not a name for an environment: it names a directory above or the store itself\n{NAME}"
            ),
        ),
        (
            &["mkvirtualenv", "/abs"],
            1,
            format!("venvwrap: `/abs` is not a name for an environment: it has a `/` in it\n{NAME}"),
        ),
        (
            &["mkvirtualenv", "--", "-x"],
            1,
            format!("venvwrap: `-x` is not a name for an environment: it starts with `-`, as an option does\n{NAME}"),
        ),
        (
            &["mkvirtualenv", "a\x1b[31m\nb"],
            1,
            format!(
                "venvwrap: `a\\u{{1b}}[31m\\nb` is not a name for an environment: it has a control character in it\n{NAME}"
            ),
        ),
        (&["workon", ""], 1, format!("venvwrap: `` is not a name for an environment: it is empty\n{NAME}")),
        (
            &["workon", "projectx/"],
            1,
            format!("venvwrap: `projectx/` is not a name for an environment: it has a `/` in it\n{NAME}"),
        ),
        // What there is not, and what is something else.
        (
            &["workon", "porject"],
            1,
            "venvwrap: no environment `porject` in [ROOT]/envs\nhint: did you mean `projectx`?\n".into(),
        ),
        (
            &["workon", "zebra"],
            1,
            "venvwrap: no environment `zebra` in [ROOT]/envs\n\
             hint: `lsvirtualenv -b` lists what is there, `mkvirtualenv zebra` makes it\n"
                .into(),
        ),
        (
            &["showvirtualenv", "kepe"],
            1,
            "venvwrap: no environment `kepe` in [ROOT]/envs\nhint: did you mean `keep`?\n".into(),
        ),
        (&["workon", "plain"], 1, format!("venvwrap: [ROOT]/envs/plain {not_an_environment}{NOT_ONE}")),
        (&["mkvirtualenv", "plain"], 1, format!("venvwrap: [ROOT]/envs/plain {not_an_environment}{NOT_ONE}")),
        (
            &["mkvirtualenv", "--clear", "plain"],
            1,
            format!("venvwrap: [ROOT]/envs/plain {not_an_environment}{NOT_ONE}"),
        ),
        (&["mkvirtualenv", "file"], 1, format!("venvwrap: [ROOT]/envs/file {not_an_environment}{NOT_ONE}")),
        (
            &["mkvirtualenv", "dangling"],
            1,
            format!(
                "venvwrap: [ROOT]/envs/dangling is not a virtual environment: it is a link that leads nowhere\n{NOT_ONE}"
            ),
        ),
        (&["workon", "broken"], 1, broken_says.into()),
        (&["mkvirtualenv", "broken"], 1, broken_says.into()),
        (
            &["mkvirtualenv", "--clear", "keep"],
            1,
            "venvwrap: environment `keep` is active in this shell\nhint: `deactivate` first\n".into(),
        ),
        // Pythons.
        (
            &["mkvirtualenv", "-p", "no such", "new"],
            1,
            "venvwrap: no python found for `no such`\nhint: looked at no such on PATH: not there\n".into(),
        ),
        (
            &["mkvirtualenv", "-p", "./gone", "new"],
            1,
            "venvwrap: no python found for `./gone`\nhint: looked at [ROOT]/gone: not there\n".into(),
        ),
        (
            &["mkvirtualenv", "-p", "./not a python", "new"],
            1,
            format!(
                "venvwrap: [ROOT]/not a python does not work as a python: \
                 the program that its first line or its headers name is not there\n{python_hint}"
            ),
        ),
        (
            &["mkvirtualenv", "-p", "./a script", "new"],
            1,
            format!(
                "venvwrap: [ROOT]/a script does not work as a python: it ended with status 7: I am no python\n\
                 {python_hint}"
            ),
        ),
        // Options.
        (
            &["mkvirtualenv", "--promt", "x", "new"],
            2,
            "venvwrap: unexpected argument '--promt' found\nhint: a similar argument exists: '--prompt'\n".into(),
        ),
        (&["mkvirtualenv", "-a", "no such", "new"], 1, "venvwrap: -a: [ROOT]/no such is not a directory\n".into()),
        (
            &["mkvirtualenv", "-r", "no such", "new"],
            1,
            "venvwrap: cannot read: [ROOT]/no such: No such file or directory (os error 2)\n".into(),
        ),
        (
            &["workon", "--nosuch"],
            2,
            "venvwrap: unexpected argument '--nosuch' found\n\
             hint: a similar argument exists: '--no-cd'\n"
                .into(),
        ),
        (
            &["lsvirtualenv", "what"],
            2,
            "venvwrap: unexpected argument 'what' found\nhint: lsvirtualenv [OPTIONS]\n".into(),
        ),
        (
            &["cdsitepackages", "a", "b"],
            2,
            "venvwrap: unexpected argument 'b' found\nhint: cdsitepackages [DIRECTORY]\n".into(),
        ),
    ];
    let mut story = Story::new().run(["workon", "keep"]).snapshot("before");
    let (mut records, mut stderr) = ("workon keep: 0\n".to_owned(), String::new());
    for (words, status, says) in &cases {
        story = story.run_failing(*words);
        let called = words.join(" ").replace('\n', "\\n");
        records += &format!("{called}: {status}\n");
        stderr += says;
    }
    let story = story.snapshot("after").get("VIRTUAL_ENV");
    records += "export VIRTUAL_ENV=[ROOT]/envs/keep";
    let before = tree(&sandbox.workon_home());
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        told.says("", &stderr).same("before", "after").records(&records);
    }
    assert_eq!(tree(&sandbox.workon_home()), before);
}

#[test]
fn with_nothing_active_the_verbs_about_the_active_one_say_so() {
    let sandbox = Sandbox::new();
    let says = "venvwrap: no virtualenv active\nhint: `workon NAME` enters one, `workon` lists them\n";
    for shell in Shell::ALL {
        let story = Story::new().run_failing(["cdvirtualenv"]).run_failing(["cdsitepackages", "x"]).directory();
        let told = story.played(&sandbox, shell.plain());
        told.says("", &says.repeat(2)).records("cdvirtualenv: 1\ncdsitepackages x: 1\nin [ROOT]");
    }
}

/// Every verb that needs the store, and its words.
const VERBS: [&[&str]; 8] = [
    &["mkvirtualenv", "--without-pip", "x"],
    &["rmvirtualenv", "x"],
    &["lsvirtualenv"],
    &["lsvirtualenv", "-b"],
    &["showvirtualenv", "x"],
    &["workon", "x"],
    &["workon"],
    &["undo"],
];

#[test]
fn a_store_that_is_a_file_is_said_by_every_verb() {
    let mut sandbox = Sandbox::new();
    sandbox.write("file", "precious");
    let file = "venvwrap: cannot use WORKON_HOME: [ROOT]/file: not a directory\n";
    let below = "venvwrap: cannot create WORKON_HOME: [ROOT]/file/below: Not a directory (os error 20)\n";
    let hint = "hint: something in that path is a file; set WORKON_HOME to a directory\n";
    for (place, says) in [("file", file), ("file/below", below)] {
        sandbox.set("WORKON_HOME", sandbox.root().join(place));
        for words in VERBS {
            sandbox.run(words).status(1).stdout("").stderr(format!("{says}{hint}"));
        }
    }
    assert_eq!(fs::read_to_string(sandbox.root().join("file")).unwrap(), "precious");
}

#[test]
fn a_store_that_is_nowhere_is_made_and_said() {
    let mut sandbox = Sandbox::new();
    sandbox.set("WORKON_HOME", "$HOME/a b/new");
    sandbox.run(["lsvirtualenv", "-b"]).status(1).stdout("").stderr("NOTE: created WORKON_HOME, ~/a b/new\n");
    assert!(sandbox.home().join("a b/new").is_dir());
    sandbox.unset("WORKON_HOME");
    sandbox.run(["lsvirtualenv"]).status(0).stdout("").stderr("NOTE: created WORKON_HOME, ~/.virtualenvs\n");
    sandbox.unset("HOME");
    for words in VERBS {
        sandbox.run(words).status(1).stdout("").stderr("venvwrap: HOME: not set to an absolute path\n");
    }
}

#[test]
fn a_store_that_may_not_be_written_is_said_and_can_still_be_looked_at() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("x");
    let names = ["envs", "envs/x"];
    let lock = |mode| {
        for name in names {
            fs::set_permissions(sandbox.root().join(name), fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    lock(0o555);
    let before = tree(&sandbox.workon_home());
    let hint = "hint: check who owns it, or set WORKON_HOME to a directory of your own\n";
    let denied = |place: &str| {
        format!("venvwrap: cannot create: [ROOT]/envs/.venvwrap/{place}: Permission denied (os error 13)\n{hint}")
    };
    bound_by_permissions(&sandbox, &["mkvirtualenv", "--without-pip", "y"]).status(1).stdout("").stderr(denied("new"));
    bound_by_permissions(&sandbox, &["mkvirtualenv", "--clear", "--without-pip", "x"]).status(1).stderr(denied("new"));
    bound_by_permissions(&sandbox, &["rmvirtualenv", "x"]).status(1).stdout("").stderr(denied("trash"));
    bound_by_permissions(&sandbox, &["rmvirtualenv", "--now", "x"]).status(1).stdout("").stderr(denied("trash"));
    bound_by_permissions(&sandbox, &["lsvirtualenv", "-b"]).status(0).stdout("x\n").stderr("");
    bound_by_permissions(&sandbox, &["showvirtualenv", "x"]).status(0).stderr("");
    assert_eq!(tree(&sandbox.workon_home()), before);
    lock(0o000);
    let answer = bound_by_permissions(&sandbox, &["lsvirtualenv"]).status(1).stdout("");
    let says = "venvwrap: cannot list: [ROOT]/envs: Permission denied (os error 13)\n";
    assert_eq!(answer.stderr_text(), format!("{says}{hint}"));
    lock(0o755);
}

#[test]
fn a_full_disk_is_said_and_leaves_nothing() {
    let sandbox = Sandbox::new();
    let Some(disk) = SmallDisk::mount(sandbox.root().join("small disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    sandbox.minimal_environment_at(&disk.path().join("x"));
    let run = |words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path());
        sandbox.run_command(command, b"")
    };
    fs::create_dir_all(disk.path().join(".venvwrap/new")).unwrap();
    let before = tree(disk.path());
    // Full before it starts, and full in the middle.
    for left in [0, 40 * 1024, 400 * 1024] {
        disk.fill_but(left);
        let answer = run(&["mkvirtualenv", "new"]).status(1).stdout("");
        let text = answer.stderr_text();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains("No space left on device"), "{text}");
        assert!(text.ends_with("\nhint: the disk is full; nothing was changed\n"), "{text}");
        disk.empty();
        assert_eq!(tree(disk.path()), before, "{left} bytes left");
    }
    // Removing is what makes room again.
    disk.fill_but(0);
    run(&["rmvirtualenv", "--now", "x"]).status(0).stdout("Removing x...\n").stderr("");
    disk.empty();
    run(&["mkvirtualenv", "--without-pip", "new"]).status(0).stdout("");
}

/// A file system of 1 MB, unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(place: PathBuf) -> Option<Self> {
        fs::create_dir(&place).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(&place);
        (Uid::effective().is_root() && mount.output().is_ok_and(|output| output.status.success()))
            .then_some(Self(place))
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// Fills it up but for so many bytes.
    fn fill_but(&self, left: u64) {
        let file = self.0.join("filling");
        let mut source = fs::File::open("/dev/zero").unwrap();
        let mut target = fs::File::create(&file).unwrap();
        drop(std::io::copy(&mut source, &mut target));
        let full = target.metadata().unwrap().len();
        target.set_len(full.saturating_sub(left)).unwrap();
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("filling")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(&self.0).output());
    }
}

/// Root passes by all permissions, as long as it has the capabilities for that.
pub(super) fn bound_by_permissions<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(BINARY);
    if Uid::effective().is_root() {
        command = sandbox.command(tool("setpriv"));
        command.args(["--bounding-set=-dac_override,-dac_read_search", "--", BINARY]);
    }
    command.args(words);
    sandbox.run_command(command, b"")
}
