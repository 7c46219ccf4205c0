//! `venvwrap snapshot` and `venvwrap rollback`: an exact copy, the way back to it, and what becomes
//! of copies when their environment is renamed or removed.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::tiny_wheel;

/// Everything that an exact copy keeps: kind, mode, owner, time with nanoseconds, and content.
fn exact(root: &Path) -> String {
    let mut lines = vec![line(root, root)];
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap()) {
            lines.push(line(root, &entry.path()));
            if entry.file_type().unwrap().is_dir() {
                directories.push(entry.path());
            }
        }
    }
    lines.sort();
    format!("{}\n{}", lines.join("\n"), tree(root))
}

fn line(root: &Path, path: &Path) -> String {
    let entry = fs::symlink_metadata(path).unwrap();
    let name = path.strip_prefix(root).unwrap().display();
    format!(
        "{name} {:o} {}:{} {}.{} {}",
        entry.mode(),
        entry.uid(),
        entry.gid(),
        entry.mtime(),
        entry.mtime_nsec(),
        if entry.is_file() { entry.size() } else { 0 }
    )
}

/// An environment with everything that a careless copy would change.
fn odd_environment(sandbox: &Sandbox, name: &str) -> PathBuf {
    let root = sandbox.minimal_environment(name);
    let old = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000, 123_456_789);
    for (file, mode) in [("bin/tool", 0o755), ("lib/secret", 0o600), ("lib/read only", 0o444), ("bin/setuid", 0o4755)] {
        fs::write(root.join(file), format!("#!{}/bin/python\n", root.display())).unwrap();
        File::options().write(true).open(root.join(file)).unwrap().set_modified(old).unwrap();
        fs::set_permissions(root.join(file), fs::Permissions::from_mode(mode)).unwrap();
    }
    fs::write(root.join("lib/large"), vec![b'x'; 5 << 20]).unwrap();
    fs::create_dir(root.join("empty")).unwrap();
    File::open(root.join("empty")).unwrap().set_modified(old).unwrap();
    fs::set_permissions(root.join("empty"), fs::Permissions::from_mode(0o2555)).unwrap();
    symlink(root.join("lib"), root.join("absolute")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    let mut touch = Command::new("touch");
    touch.args(["-h", "-d", "2001-02-03 04:05:06.789"]).arg(root.join("dangling"));
    assert!(touch.status().unwrap().success());
    root
}

fn shelf(sandbox: &Sandbox) -> PathBuf {
    sandbox.workon_home().join(".venvwrap/snapshots")
}

fn in_trash(sandbox: &Sandbox) -> usize {
    names(&sandbox.workon_home().join(".venvwrap/trash")).len()
}

#[test]
fn everything_is_again_as_it_was_and_the_snapshot_can_be_used_again() {
    let sandbox = Sandbox::new();
    let root = odd_environment(&sandbox, "x");
    let before = exact(&root);
    let answer = sandbox.run(["snapshot", "x"]).status(0).stdout("");
    assert_eq!(answer.stderr_text(), "Saved snapshot 1 of `x`; `venvwrap rollback x 1` goes back to it\n");
    assert_eq!(exact(&root), before);
    let copy = shelf(&sandbox).join("x/1/x");
    assert_eq!(exact(&copy), before);
    let inode = |root: &Path| fs::metadata(root.join("bin/tool")).unwrap().ino();
    assert_ne!(inode(&copy), inode(&root), "no file is shared");
    for _ in 0..2 {
        fs::remove_file(root.join("bin/tool")).unwrap();
        fs::remove_dir(root.join("empty")).unwrap();
        fs::write(root.join("lib/new"), "").unwrap();
        let broken = exact(&root);
        let said = "Rolled `x` back to snapshot 1, taken today; `venvwrap undo x` brings back what it was\n";
        sandbox.run(["rollback", "x"]).status(0).stdout("").stderr(said);
        assert_eq!(exact(&root), before);
        sandbox.run(["undo", "x"]).status(0).stdout("").stderr("Restored `x`\n");
        assert_eq!(exact(&root), broken);
        sandbox.run(["undo", "x"]).status(0);
        assert_eq!(exact(&root), before);
    }
    assert_eq!(names(&sandbox.workon_home().join(".venvwrap/new")), Vec::<String>::new());
}

/// With the real pip, and from each shell, in the environment that is rolled back.
#[test]
fn a_broken_installation_is_rolled_back_in_every_shell() {
    let mut sandbox = Sandbox::plain();
    let index = sandbox.root().join("index");
    fs::create_dir(&index).unwrap();
    for version in ["1.0", "2.0"] {
        tiny_wheel(&index, "tiny-thing", version);
    }
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", &index).set("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "-p", python, "-i", "tiny-thing==1.0", "x"]).status(0);
    let root = sandbox.environment("x");
    for shell in Shell::ALL {
        let before = exact(&root);
        // The rest of an installation that was interrupted.
        let code = "pip install -q tiny-thing==2.0 && rm -r \"$VIRTUAL_ENV\"/lib/python*/site-packages/pip";
        let told = Story::new()
            .run(["workon", "x"])
            .run(["venvwrap", "snapshot", "."])
            .run(["venvwrap", "snapshot", "x"])
            .code(code, code)
            .run(["venvwrap", "rollback", "x"])
            .code("tiny-thing; pip --version >/dev/null", "tiny-thing; pip --version >/dev/null")
            .run(["deactivate"])
            .played(&sandbox, shell.plain());
        assert_eq!(told.stdout_text(), "tiny thing 1.0\n", "{told}");
        assert_eq!(exact(&root), before);
    }
}

#[test]
fn after_a_rename_the_snapshot_has_the_new_name_everywhere() {
    let sandbox = Sandbox::plain();
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "-p", python, "x"]).status(0);
    sandbox.run(["snapshot", "x"]).status(0);
    sandbox.run(["mvvirtualenv", "x", "new name"]).status(0);
    assert_eq!(names(&shelf(&sandbox)), ["new name"]);
    let renamed = tree(&sandbox.environment("new name"));
    fs::remove_dir_all(sandbox.environment("new name").join("lib")).unwrap();
    sandbox.run(["rollback", "new name", "1"]).status(0);
    assert_eq!(tree(&sandbox.environment("new name")), renamed);
    let mut pip = sandbox.command(sandbox.environment("new name").join("bin/pip"));
    pip.arg("--version");
    assert!(sandbox.run_command(pip, b"").status(0).stdout_text().contains("/envs/new name/lib/"));
}

#[test]
fn snapshots_share_the_fate_of_their_environment() {
    let sandbox = Sandbox::with_x_and_y();
    for name in ["x", "x", "y"] {
        sandbox.run(["snapshot", name]).status(0);
    }
    let kept = tree(&shelf(&sandbox).join("x"));
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    assert_eq!(names(&shelf(&sandbox)), ["y"]);
    // Another environment of that name has none.
    sandbox.minimal_environment("x");
    let none = "No snapshots yet. Save one with `venvwrap snapshot x`.\n";
    sandbox.run(["snapshot", "--list", "x"]).status(0).stdout("").stderr(none);
    fs::remove_dir_all(sandbox.environment("x")).unwrap();
    sandbox.run(["undo", "x"]).status(0);
    assert_eq!(tree(&shelf(&sandbox).join("x")), kept);
    // What is listed is what is deleted with it.
    let listed = sandbox.run(["undo", "--list", "--json"]).status(0).stdout_text();
    assert!(listed.contains("\"removed\": []"), "{listed}");
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    assert_eq!((names(&shelf(&sandbox)), in_trash(&sandbox)), (vec!["y".to_owned()], 0));
    // An exchange leaves them where they are.
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "--clear", "-p", python, "y"]).status(0);
    sandbox.run(["rollback", "y"]).status(0);
    assert!(fs::read_to_string(sandbox.environment("y").join("pyvenv.cfg")).unwrap().contains("3.11.2"));
    // A new environment has none of one that was deleted by hand, and the trash takes them along.
    fs::remove_dir_all(sandbox.environment("y")).unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", python, "y"]).status(0);
    assert_eq!(names(&shelf(&sandbox)), Vec::<String>::new());
    let store = sandbox.workon_home();
    sandbox.run(["background".as_ref(), "tidy".as_ref(), store.as_os_str()]).silent();
    assert_eq!(in_trash(&sandbox), 2, "what was replaced can still be brought back");
}

#[test]
fn a_copy_that_was_purged_with_its_environment_is_gone_and_others_stay() {
    let sandbox = Sandbox::with_x_and_y();
    for name in ["x", "y"] {
        sandbox.run(["snapshot", name]).status(0);
    }
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    let trash = sandbox.workon_home().join(".venvwrap/trash");
    fs::rename(trash.join(&names(&trash)[0]), trash.join("1000.0")).unwrap();
    // Left by a removal that was killed before its second step.
    fs::create_dir_all(shelf(&sandbox).join("gone/1/gone")).unwrap();
    let store = sandbox.workon_home();
    sandbox.run(["background".as_ref(), "tidy".as_ref(), store.as_os_str()]).silent();
    assert_eq!((names(&shelf(&sandbox)), in_trash(&sandbox)), (vec!["y".to_owned()], 0));
}

#[test]
fn ten_are_kept_and_each_can_be_removed() {
    let sandbox = Sandbox::with_x_and_y();
    for _ in 0..10 {
        sandbox.run(["snapshot", "x"]).status(0);
    }
    let said = sandbox.run(["snapshot", "x"]).status(0).stdout("").stderr_text();
    assert!(said.starts_with("Saved snapshot 11 of `x`; "), "{said}");
    assert!(said.ends_with("Deleted snapshot 1 of `x`: the newest 10 are kept\n"), "{said}");
    let removed = "Deleted snapshot 3 of `x`\nDeleted snapshot 11 of `x`\n";
    sandbox.run(["snapshot", "--remove", "x", "3", "11"]).status(0).stdout("").stderr(removed);
    let missing = "venvwrap: environment `x` has no snapshot 3\nhint: `venvwrap snapshot --list x` lists them\n";
    sandbox.run(["snapshot", "--remove", "x", "2", "3"]).status(1).stdout("").stderr(missing);
    sandbox.run(["rollback", "x", "3"]).status(1).stdout("").stderr(missing);
    let listed = sandbox.run(["snapshot", "--list"]).status(0).stderr("").stdout_text();
    let numbers: Vec<&str> = listed.lines().skip(1).map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(numbers, ["2", "4", "5", "6", "7", "8", "9", "10"]);
    assert_eq!(in_trash(&sandbox), 0);
    let none = "venvwrap: environment `y` has no snapshot\nhint: `venvwrap snapshot y` saves one\n";
    sandbox.run(["rollback", "y"]).status(1).stdout("").stderr(none);
}

#[test]
fn what_is_not_a_directory_of_the_store_is_refused() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment_at(&sandbox.root().join("away"));
    symlink(sandbox.root().join("away"), sandbox.environment("link")).unwrap();
    for words in [["snapshot", "link"], ["rollback", "link"]] {
        sandbox.run(words).status(1).stdout("").stderr(
            "venvwrap: environment `link` is a link to [ROOT]/away, which is not in WORKON_HOME\n\
             hint: `venvwrap cpvirtualenv link NAME` makes a copy in WORKON_HOME\n",
        );
    }
    // Foreign things in the place of ours are neither used nor touched.
    sandbox.run(["snapshot", "x"]).status(0);
    let ours = shelf(&sandbox).join("x");
    for name in ["0", "07", "2x", "+3", "99999999999999999999"] {
        fs::create_dir_all(ours.join(name).join("thesis")).unwrap();
    }
    fs::create_dir_all(ours.join("5/one")).unwrap();
    fs::create_dir_all(ours.join("5/two")).unwrap();
    fs::create_dir(ours.join("6")).unwrap();
    symlink(sandbox.root().join("away"), ours.join("7")).unwrap();
    fs::create_dir(ours.join("8")).unwrap();
    symlink(sandbox.root().join("away"), ours.join("8/x")).unwrap();
    let before = tree(&ours);
    let listed = sandbox.run(["snapshot", "--list"]).status(0).stderr("").stdout_text();
    assert_eq!(listed.lines().count(), 2, "{listed}");
    sandbox.run(["rollback", "x", "8"]).status(1).stdout("");
    sandbox.run(["snapshot", "x"]).status(0).stdout("");
    let after = tree(&ours);
    assert!(before.lines().all(|line| after.lines().any(|other| other == line)), "{after}");
    assert!(ours.join("9/x/pyvenv.cfg").is_file(), "{after}");
}

#[test]
fn a_link_in_place_of_the_directory_of_snapshots_is_not_followed() {
    let sandbox = Sandbox::with_x_and_y();
    let precious = sandbox.root().join("precious");
    fs::create_dir_all(precious.join("x/1/x")).unwrap();
    fs::create_dir_all(sandbox.workon_home().join(".venvwrap")).unwrap();
    symlink(&precious, shelf(&sandbox)).unwrap();
    let before = tree(&precious);
    let text = "venvwrap: cannot use [ROOT]/envs/.venvwrap/snapshots: it is a symbolic link to [ROOT]/precious; \
                venvwrap does not follow links there\n";
    for words in [&["snapshot", "x"][..], &["rollback", "x"], &["snapshot", "--list"]] {
        let answer = sandbox.run(words).status(1).stdout("");
        let said = String::from_utf8(sandbox.masked(&answer.stderr)).unwrap();
        assert!(said.starts_with(text), "{said}");
    }
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    assert_eq!(tree(&precious), before);
    assert!(sandbox.run(["doctor", "--json"]).status(1).stdout_text().contains("\"private-directory-unusable\""));
}

#[test]
fn other_processes_that_use_it_are_told_and_force_goes_on() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["snapshot", "x"]).status(0);
    let mut user = Command::new("/bin/sh");
    user.args(["-c", "read line"]).env("VIRTUAL_ENV", sandbox.environment("x"));
    let mut user = user.stdin(Stdio::piped()).spawn().unwrap();
    let answer = sandbox.run(["rollback", "x"]).status(1).stdout("");
    let said = answer.stderr_text();
    assert!(said.starts_with(&format!("venvwrap: environment `x` is in use by process {}: ", user.id())), "{said}");
    assert!(said.ends_with("or run `venvwrap rollback --force x 1`\n"), "{said}");
    assert_eq!(in_trash(&sandbox), 0);
    sandbox.run(["rollback", "--force", "x"]).status(0).stdout("");
    drop(user.stdin.take());
    user.wait().unwrap();
}

#[test]
fn numbers_are_completed_with_their_age() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["snapshot", "x"]).status(0);
    sandbox.run(["snapshot", "x"]).status(0);
    for verb in ["rollback", "snapshot --remove"] {
        let words = format!("complete fish -- venvwrap {verb} x");
        let words = words.split(' ').chain([""]);
        sandbox.run(words).status(0).stdout("2\ttoday\n1\ttoday\n").stderr("");
    }
    sandbox.run(["complete", "zsh", "--", "venvwrap", "rollback", ""]).status(0).stdout("x\t3.11.2\ny\t3.11.2\n");
    let hostile = OsStr::from_bytes(b"../x");
    let words = ["complete", "fish", "--", "venvwrap", "rollback"].map(OsStr::new);
    sandbox.run(words.into_iter().chain([hostile, OsStr::new("")])).status(0).stdout("").stderr("");
}

#[test]
fn without_room_nothing_is_left() {
    let sandbox = Sandbox::new();
    let Some(disk) = crate::support::small_disk::SmallDisk::mount(sandbox.root().join("disk")) else {
        eprintln!("skipped: only root can mount a small disk");
        return;
    };
    let run = |words: &[&str]| {
        let mut command = sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", disk.path());
        sandbox.run_command(command, b"")
    };
    let root = sandbox.minimal_environment_at(&disk.path().join("x"));
    fs::write(root.join("lib/large"), vec![b'x'; 64 << 10]).unwrap();
    run(&["snapshot", "x"]).status(0);
    disk.fill_but(20 * 1024);
    let before = tree(&root);
    for words in [["snapshot", "x"], ["rollback", "x"]] {
        let said = run(&words).status(1).stdout("").stderr_text();
        assert!(said.contains("hint: the disk is full; "), "{said}");
        assert_eq!(tree(&root), before);
        assert_eq!(names(&disk.path().join(".venvwrap/new")), Vec::<String>::new());
        assert_eq!(names(&disk.path().join(".venvwrap/snapshots/x")), ["1"]);
    }
}
