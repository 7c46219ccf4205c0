//! An overlay file system, as containers have: what came with the image lies in a lower layer, and
//! no directory of it can be renamed.

use std::fs;
use std::path::{Path, PathBuf};

use super::making;
use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::{Answer, BINARY, Sandbox};
use crate::support::small_disk::Mounted;
use crate::support::tally;

struct Image {
    sandbox: Sandbox,
    store: PathBuf,
    _mounted: Mounted,
}

impl Image {
    /// A store whose environments `x` and `y`, and the removed one `old`, came with the image.
    fn new() -> Option<Self> {
        let sandbox = Sandbox::plain();
        let lower = sandbox.root().join("lower");
        for name in ["x", "y", ".venvwrap/trash/9999999999.0/old"] {
            sandbox.minimal_environment_at(&lower.join(name));
        }
        fs::create_dir(lower.join(".venvwrap/new")).unwrap();
        let store = sandbox.root().join("merged");
        let mounted = Mounted::overlay(&lower, &sandbox.root().join("disk"), &store)?;
        Some(Self { sandbox, store, _mounted: mounted })
    }

    fn run<A: AsRef<std::ffi::OsStr>>(&self, words: impl IntoIterator<Item = A>) -> Answer<'_> {
        let mut command = self.sandbox.command(BINARY);
        command.args(words).env("WORKON_HOME", &self.store);
        self.sandbox.run_command(command, b"")
    }

    fn tree(&self, name: impl AsRef<Path>) -> String {
        tree(&self.store.join(name))
    }
}

#[test]
fn what_came_with_an_image_is_removed_brought_back_renamed_and_replaced() {
    let Some(image) = Image::new() else {
        eprintln!("skipped: only root can mount an overlay");
        return;
    };
    let before = image.tree("x");
    image.run(["rmvirtualenv", "x"]).status(0).stderr("`venvwrap undo x` brings it back, for 7 days\n");
    assert!(!image.store.join("x").exists());
    image.run(["undo", "x"]).status(0).stderr("Restored `x`\n");
    assert_eq!(image.tree("x"), before);
    image.run(["undo", "old"]).status(0);
    assert_eq!(image.tree("old"), before);
    assert_eq!(names(&image.store.join(".venvwrap/trash")), Vec::<String>::new());
    image.run(["mvvirtualenv", "y", "renamed"]).status(0);
    assert_eq!(names(&image.store), [".venvwrap", "old", "renamed", "x"]);
    assert_eq!(names(&image.store.join(".venvwrap/new")), Vec::<String>::new());
    tally::add("environments in a lower layer", 4);
}

#[test]
fn what_came_with_an_image_is_replaced_and_deleted_for_good() {
    let Some(image) = Image::new() else {
        eprintln!("skipped: only root can mount an overlay");
        return;
    };
    let before = image.tree("x");
    let mut words = making(&pythons::complete().path, "x");
    words.insert(1, "--clear".as_ref());
    image.run(words).status(0);
    assert_ne!(image.tree("x"), before);
    image.run(["rmvirtualenv", "--now", "x"]).status(0);
    image.run(["undo", "x"]).status(0);
    assert_eq!(image.tree("x"), before);
    image.run(["rmvirtualenv", "--now", "x", "y"]).status(0).stderr("");
    assert_eq!(names(&image.store), [".venvwrap"]);
    assert_eq!(names(&image.store.join(".venvwrap/new")), Vec::<String>::new());
    tally::add("environments in a lower layer", 3);
}
