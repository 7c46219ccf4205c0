//! The tree itself: what is copied, what is kept, and what is not touched. No Python here.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, SystemTime};

use super::{HOSTILE, copied, relocation, renamed, write};
use crate::relocate::{Rewriting, copy_tree};

fn environment() -> (tempfile::TempDir, PathBuf) {
    let room = tempfile::tempdir_in(crate::fs::resolved(&tempfile::env::temp_dir()).unwrap()).unwrap();
    let root = room.path().join(HOSTILE).join("env");
    write(&root.join("pyvenv.cfg"), "home = /usr/bin\nversion = 3.12.1\nprompt = 'env'\n", 0o644);
    write(&root.join("bin/tool"), format!("#!/bin/sh\necho \"{}\"\n", "x"), 0o755);
    for directory in ["a/b/c", "a/d", "e"] {
        for number in 0..20 {
            write(&root.join("lib").join(directory).join(format!("{number} é.py")), directory, 0o644);
        }
    }
    (room, root)
}

/// Path, mode, time, size, and where a link leads, of everything.
fn listing(root: &Path) -> Vec<(PathBuf, u32, (i64, i64), PathBuf)> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for path in fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().path()) {
            let stat = fs::symlink_metadata(&path).unwrap();
            let time = if stat.is_symlink() { (0, 0) } else { (stat.mtime(), stat.mtime_nsec()) };
            let target = fs::read_link(&path).unwrap_or_default();
            found.push((path.strip_prefix(root).unwrap().to_path_buf(), stat.mode(), time, target));
            if stat.is_dir() {
                directories.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn files_without_the_path_keep_content_and_times() {
    let (_room, root) = environment();
    let old = SystemTime::UNIX_EPOCH + Duration::new(1_500_000_000, 123_456_789);
    let file = root.join("lib/a/d/3 é.py");
    fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    for (path, mode) in [("lib/a/d/3 é.py", 0o400), ("lib/e/1 é.py", 0o666), ("lib/e/2 é.py", 0o777), ("lib/e", 0o550)]
    {
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    symlink("nowhere", root.join("lib/dangling")).unwrap();
    let to = root.with_file_name("copy");
    copied(&root, &to);
    let changed: Vec<_> = listing(&root).into_iter().zip(listing(&to)).filter(|(one, other)| one != other).collect();
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!(changed[0].0.0, Path::new("pyvenv.cfg"));
    assert_eq!(
        fs::read_to_string(to.join("pyvenv.cfg")).unwrap(),
        "home = /usr/bin\nversion = 3.12.1\nprompt = 'copy'\n"
    );
    fs::set_permissions(to.join("lib/e"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(root.join("lib/e"), fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn the_source_is_unchanged_and_shares_no_files() {
    let (_room, root) = environment();
    let before = listing(&root);
    let to = root.with_file_name("copy");
    copied(&root, &to);
    assert_eq!(listing(&root), before);
    for (path, ..) in before {
        let (one, other) = (fs::metadata(root.join(&path)).unwrap(), fs::metadata(to.join(&path)).unwrap());
        assert_ne!((one.dev(), one.ino()), (other.dev(), other.ino()), "{path:?}");
    }
}

#[test]
fn a_link_out_of_the_tree_is_not_followed() {
    let (room, root) = environment();
    let outside = room.path().join("outside");
    let text = format!("{}/x\n", root.display());
    write(&outside.join("a.txt"), &text, 0o644);
    symlink(&outside, root.join("lib/out")).unwrap();
    symlink(outside.join("a.txt"), root.join("lib/file")).unwrap();
    symlink("../../../outside", root.join("lib/up")).unwrap();
    let elsewhere = room.path().join("elsewhere");
    copied(&root, &elsewhere);
    assert_eq!(fs::read_link(elsewhere.join("lib/out")).unwrap(), outside);
    assert_eq!(fs::read_link(elsewhere.join("lib/up")).unwrap(), outside, "from there it would lead elsewhere");
    renamed(&root, &root.with_file_name("new"));
    assert_eq!(fs::read_link(root.with_file_name("new").join("lib/up")).unwrap(), Path::new("../../../outside"));
    assert_eq!(fs::read_to_string(outside.join("a.txt")).unwrap(), text);
}

#[test]
fn a_failure_is_reported_and_ends_the_copy() {
    let (_room, root) = environment();
    let to = root.with_file_name("copy");
    // In the way of a directory.
    write(&to.join("lib/a"), "", 0o644);
    let error = copy_tree(&root, &to, Some(&relocation(&root, &to)), &|_| Ok(())).unwrap_err();
    assert!(error.to_string().contains("create"), "{error}");
    let staging = root.with_file_name("missing");
    write(&root.join("etc/x"), format!("{}/x", root.display()), 0o644);
    assert!(Rewriting::prepare(&root, &relocation(&root, &to), &staging).is_err());
}

#[test]
fn progress_is_reported() {
    let (_room, root) = environment();
    for number in 0..1000 {
        write(&root.join("lib/many").join(number.to_string()), "", 0o644);
    }
    let (last, to) = (AtomicUsize::new(0), root.with_file_name("copy"));
    fs::create_dir(&to).unwrap();
    copy_tree(&root, &to, Some(&relocation(&root, &to)), &|done| {
        last.fetch_max(done, Relaxed);
        Ok(())
    })
    .unwrap();
    assert_eq!(last.into_inner(), 1024);
}

#[test]
fn values_below_the_root_change_in_pyvenv_cfg() {
    let (_room, root) = environment();
    let at = root.display();
    let text = format!(
        "home = /usr/bin\r\ncommand = /usr/bin/python -m venv {at}\nexecutable={at}/base/python\nbase-prefix = {at}2\n\
         prompt = \"other\"\nno equals {at}"
    );
    write(&root.join("pyvenv.cfg"), text, 0o644);
    let to = root.with_file_name("env 2");
    copied(&root, &to);
    let new = to.display();
    let expected = format!(
        "home = /usr/bin\r\ncommand = /usr/bin/python -m venv {new}\nexecutable={new}/base/python\nbase-prefix = {at}2\n\
         prompt = \"other\"\nno equals {at}"
    );
    assert_eq!(fs::read_to_string(to.join("pyvenv.cfg")).unwrap(), expected);
}
