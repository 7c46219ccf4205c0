//! Changes the paths in an environment in place: new files are written to a staging directory
//! first, then renamed over the old ones.
//!
//! Preparing changes nothing in the environment, so problems are known before the first change.
//! Each file is replaced as a whole; a hard-linked file is replaced, never written through. After
//! an interruption, preparing again finds the rest of the work.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::unistd::{AccessFlags, access};

use super::record::{ChangedFile, RecordUpdates};
use super::source::{Inspected, SourceFile};
use super::{Relocation, is_opaque};
use crate::environment::BIN;
use crate::error::{Error, Result};
use crate::formats::record::is_record;
use crate::fs::walk::{Visitor, walk};

/// All new files for an environment, ready to be renamed into it.
#[derive(Debug)]
pub(crate) struct Rewriting {
    /// Relative to the root. The new file for each is in `staging`, named by its index.
    paths: Vec<PathBuf>,
    staging: PathBuf,
}

impl Rewriting {
    /// Searches the tree at `root` for the old location and writes the new files and links to
    /// `staging`, an empty directory on the same file system. Changes nothing in the tree.
    pub(crate) fn prepare(root: &Path, relocation: &Relocation, staging: &Path) -> Result<Self> {
        let preparing = Preparing { root, staging, relocation, pending: Mutex::default() };
        walk(root, &preparing)?;
        preparing.records()?;
        let Pending { paths, .. } = preparing.pending.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Self { paths, staging: staging.to_path_buf() })
    }

    /// Whether nothing in the tree points to the old location.
    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Renames the new files into the tree, which is at `root` now. At any moment, each file is
    /// either the old or the new one.
    pub(crate) fn apply(self, root: &Path) -> Result<()> {
        // RECORDs were staged last and are renamed first: after an interruption, the next run makes
        // the files that match their hashes. `bin/activate` is last, because `doctor` reads the old
        // location from it.
        let has_location = |path: &PathBuf| path.as_path() == Path::new(BIN).join("activate");
        let ordered = self.paths.iter().enumerate().rev();
        let (last, first): (Vec<_>, Vec<_>) = ordered.partition(|(_, path)| has_location(path));
        for (number, path) in first.into_iter().chain(last) {
            let to = root.join(path);
            fs::rename(self.staging.join(number.to_string()), &to).map_err(Error::io("write", to))?;
        }
        Ok(())
    }
}

struct Preparing<'a> {
    root: &'a Path,
    staging: &'a Path,
    relocation: &'a Relocation,
    pending: Mutex<Pending>,
}

#[derive(Default)]
struct Pending {
    paths: Vec<PathBuf>,
    changed: Vec<ChangedFile>,
    records: Vec<PathBuf>,
}

impl Visitor for Preparing<'_> {
    fn directory(&self, _path: &Path) -> Result<()> {
        Ok(())
    }

    fn file(&self, path: &Path, buffer: &mut Vec<u8>) -> Result<()> {
        if is_record(path) {
            self.pending().records.push(path.to_path_buf());
            return Ok(());
        }
        if is_opaque(path) {
            return Ok(());
        }
        let from = self.root.join(path);
        let Some(source) = SourceFile::open(&from)? else { return Ok(()) };
        let found = source.inspect(path, self.relocation, buffer).map_err(Error::io("read", &from))?;
        if let Inspected::Changed(content) = found {
            self.stage(path, |staged| source.write_replacement(staged, &content))?;
            self.pending().changed.push(ChangedFile::new(path, &content));
        }
        Ok(())
    }

    fn link(&self, path: &Path) -> Result<()> {
        let from = self.root.join(path);
        let target = fs::read_link(&from).map_err(Error::io("read", from))?;
        match self.relocation.retargeted(path, &target) {
            Some(target) => self.stage(path, |staged| std::os::unix::fs::symlink(target, staged)),
            None => Ok(()),
        }
    }
}

impl Preparing<'_> {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets `write` make the file that will replace `path`.
    fn stage(&self, path: &Path, write: impl FnOnce(&Path) -> io::Result<()>) -> Result<()> {
        let directory = self.root.join(path.parent().unwrap_or(Path::new("")));
        access(&directory, AccessFlags::W_OK).map_err(|refusal| Error::io("write in", directory)(refusal.into()))?;
        let mut pending = self.pending();
        let staged = self.staging.join(pending.paths.len().to_string());
        pending.paths.push(path.to_path_buf());
        drop(pending);
        write(&staged).map_err(Error::io("write", staged))
    }

    fn records(&self) -> Result<()> {
        let Pending { changed, records, .. } = {
            let mut pending = self.pending();
            let paths = Vec::new();
            Pending {
                paths,
                changed: std::mem::take(&mut pending.changed),
                records: std::mem::take(&mut pending.records),
            }
        };
        let mut rows = RecordUpdates::new(&changed, &self.relocation.spelling, &self.relocation.new);
        let mut buffer = Vec::new();
        for path in records {
            let from = self.root.join(&path);
            let Some(source) = SourceFile::open(&from)? else { continue };
            let record = source.read(&mut buffer).map_err(Error::io("read", &from))?;
            if let Some(content) = rows.replaced(&path, record) {
                self.stage(&path, |staged| source.write_replacement(staged, &content))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::relocate::spellings;
    use std::collections::BTreeMap;

    fn environment(room: &Path) -> PathBuf {
        let root = room.join("it's a $room/old");
        let site = root.join("lib/python3.12/site-packages");
        fs::create_dir_all(root.join("bin")).unwrap();
        fs::create_dir_all(site.join("a-1.dist-info")).unwrap();
        let at = root.to_str().unwrap();
        fs::write(root.join("pyvenv.cfg"), format!("home = /usr/bin\ncommand = -m venv {at}\nprompt = old\n")).unwrap();
        fs::write(root.join("bin/a"), format!("#!/bin/sh\n'''exec' \"{at}/bin/python3\" \"$0\" \"$@\"\n' '''\n"))
            .unwrap();
        fs::write(root.join("bin/b"), format!("#!/bin/sh\necho \"{at}/share\"\n")).unwrap();
        fs::write(site.join("a.pth"), format!("{at}/src\n")).unwrap();
        let rows =
            "../../../bin/a,sha256=OLD,1\n../../../bin/b,sha256=OLD,1\na.pth,sha256=OLD,1\na-1.dist-info/RECORD,,\n";
        fs::write(site.join("a-1.dist-info/RECORD"), rows).unwrap();
        std::os::unix::fs::symlink(root.join("src"), root.join("link")).unwrap();
        root
    }

    fn prepared(root: &Path, old: &Path, new: &Path) -> (tempfile::TempDir, Rewriting) {
        let environment = Environment::open(root).unwrap().unwrap();
        let relocation = Relocation::new(&environment, &spellings(old), new, |_, _| Vec::new());
        let staging = tempfile::tempdir_in(root.parent().unwrap()).unwrap();
        let rewriting = Rewriting::prepare(root, &relocation, staging.path()).unwrap();
        (staging, rewriting)
    }

    /// Everything in a tree: files by their content, links by where they lead.
    fn contents(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut directories = vec![root.to_path_buf()];
        while let Some(directory) = directories.pop() {
            for entry in fs::read_dir(directory).unwrap().map(io::Result::unwrap) {
                let kind = entry.file_type().unwrap();
                let content = if kind.is_dir() {
                    directories.push(entry.path());
                    continue;
                } else if kind.is_symlink() {
                    fs::read_link(entry.path()).unwrap().into_os_string().into_encoded_bytes()
                } else {
                    fs::read(entry.path()).unwrap()
                };
                found.insert(entry.path().strip_prefix(root).unwrap().to_path_buf(), content);
            }
        }
        found
    }

    #[test]
    fn preparing_changes_nothing() {
        let room = tempfile::tempdir().unwrap();
        let root = environment(room.path());
        let before = contents(&root);
        let (_staging, rewriting) = prepared(&root, &root, &root.with_file_name("new one"));
        assert_eq!(rewriting.paths.len(), 6);
        assert_eq!(contents(&root), before);
    }

    #[test]
    fn after_a_failure_at_any_step_files_are_whole_and_the_rest_can_follow() {
        let room = tempfile::tempdir().unwrap();
        let (old, new) = (environment(room.path()), room.path().join("it's a $room/new one"));
        let before = contents(&old);
        let (_staging, rewriting) = prepared(&old, &old, &new);
        fs::rename(&old, &new).unwrap();
        rewriting.apply(&new).unwrap();
        let after = contents(&new);
        for done in 0..=6 {
            crate::fs::remove_tree(&new).unwrap();
            environment(room.path());
            let (staging, mut rewriting) = prepared(&old, &old, &new);
            fs::rename(&old, &new).unwrap();
            // The last ones go first.
            let late = rewriting.paths.split_off(6 - done);
            for (number, path) in late.iter().enumerate() {
                fs::rename(staging.path().join((6 - done + number).to_string()), new.join(path)).unwrap();
            }
            for (path, content) in contents(&new) {
                assert!(content == before[&path] || content == after[&path], "{path:?}");
            }
            let (_staging, rest) = prepared(&new, &old, &new);
            assert_eq!(rest.paths.len(), 6 - done);
            rest.apply(&new).unwrap();
            assert_eq!(contents(&new), after, "after {done}");
        }
    }

    #[test]
    fn hashes_are_written_before_their_files() {
        let room = tempfile::tempdir().unwrap();
        let (old, new) = (environment(room.path()), room.path().join("it's a $room/new one"));
        let (_staging, rewriting) = prepared(&old, &old, &new);
        fs::rename(&old, &new).unwrap();
        // In the way of every file, so that it ends there.
        for file in ["bin/a", "bin/b", "pyvenv.cfg", "lib/python3.12/site-packages/a.pth", "link"] {
            fs::remove_file(new.join(file)).unwrap();
            fs::create_dir_all(new.join(file).join("x")).unwrap();
        }
        assert!(rewriting.apply(&new).is_err());
        let record = fs::read_to_string(new.join("lib/python3.12/site-packages/a-1.dist-info/RECORD")).unwrap();
        assert!(!record.contains("OLD"), "{record}");
    }

    #[test]
    fn files_that_cannot_be_written_are_found_first() {
        use std::os::unix::fs::PermissionsExt;
        let room = tempfile::tempdir().unwrap();
        let root = environment(room.path());
        fs::set_permissions(root.join("bin"), fs::Permissions::from_mode(0o555)).unwrap();
        let environment = Environment::open(&root).unwrap().unwrap();
        let relocation =
            Relocation::new(&environment, &spellings(&root), &root.with_file_name("new"), |_, _| Vec::new());
        let staging = tempfile::tempdir().unwrap();
        let outcome = Rewriting::prepare(&root, &relocation, staging.path());
        // Nothing is forbidden to root.
        assert_eq!(outcome.is_err(), !nix::unistd::geteuid().is_root());
        fs::set_permissions(root.join("bin"), fs::Permissions::from_mode(0o755)).unwrap();
    }
}
