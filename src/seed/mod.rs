//! Puts pip into a new environment, and setuptools if the Python's own `ensurepip` includes it.
//!
//! Owns the choice of wheels, the cache of complete site-packages, and how they get into an
//! environment. The rest of an environment is left to `creator`, and installing other packages to
//! `installer`.
//!
//! `planting` tries, from fastest to slowest: to move a ready site-packages (`pool`), to link or
//! copy the cached tree (`transfer`), to build that tree first (`tree`), to download the wheel
//! first (`index`).

mod choice;
mod contents;
mod finish;
#[cfg(test)]
mod fuzzed;
mod identity;
mod index;
mod manifest;
mod planting;
mod pool;
mod requires_python;
mod scripts;
mod transfer;
mod tree;
mod wheel;
mod workshop;

#[cfg(test)]
pub(crate) mod tests;

#[cfg(test)]
use planting::Planted;
pub(crate) use planting::Planting;

use std::fs::File;
use std::path::{Path, PathBuf};

use self::choice::{Choice, WheelSource};
use self::contents::TreeInputs;
use self::identity::Identity;
use self::pool::{FillError, Pool};
use self::transfer::TransferMode;
use self::wheel::Wheel;
use self::workshop::sweep;
use crate::belief::{self, is_own_directory};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::fs::entries_in;
use crate::interpreter::Interpreter;
use crate::shown::shown;
use crate::sorting;

/// Whether an environment may share files with the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LinkMode {
    /// Hard links if possible. They are fast, and safe with every installer, but an editor that
    /// writes in place changes the cache, too.
    Auto,
    /// Copies.
    Copy,
}

/// Whether pip may be downloaded, if neither the interpreter nor the cache has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Download {
    /// No download.
    Never,
    /// By pip only: it has settings that uv ignores, and uv would ask another index.
    ByPip,
    /// By uv or by any pip.
    ByAny,
}

/// The seed for new environments of one interpreter.
#[derive(Debug)]
pub(crate) struct Seed<'a> {
    context: &'a Context,
    interpreter: &'a Interpreter,
    choice: Choice,
    by: TransferMode,
    pool: PathBuf,
    /// `None` without a home directory for the cache.
    cache: Option<PathBuf>,
}

/// Wheels on disk.
#[derive(Debug, Clone)]
struct Stock {
    wheels: Vec<Wheel>,
    identity: Identity,
}

impl<'a> Seed<'a> {
    /// Chooses the wheels. Downloads nothing and creates nothing; starts the interpreter only if
    /// neither it nor the cache has a wheel. `pool` is the directory of ready seeds, two levels
    /// below the store, and may be missing. `download` is called as the last resort.
    pub(crate) fn for_interpreter(
        context: &'a Context,
        interpreter: &'a Interpreter,
        link_mode: LinkMode,
        pool: &Path,
        download: impl FnOnce() -> Download,
    ) -> Result<Self> {
        let cache = belief::cache(context);
        let choice = Choice::make(
            context,
            interpreter,
            cache.as_deref().map(trees_in).filter(|trees| is_own_directory(trees)).as_deref(),
            download,
        )?;
        // Python 2 writes compiled files in place: with links, `python2 -m compileall` would change
        // the cache.
        let may_link = link_mode == LinkMode::Auto && interpreter.version.major >= 3;
        let by = if may_link { TransferMode::Link } else { TransferMode::Copy };
        Ok(Self { context, interpreter, choice, by, pool: pool.to_path_buf(), cache })
    }

    /// What it is, for a message: `pip 24.2`, `pip 23.0.1 and setuptools 65.5.0`. Says where it
    /// comes from where that is not the interpreter itself.
    #[must_use]
    pub(crate) fn described(&self) -> String {
        let wheels = self.choice.stock().map(|stock| stock.wheels.as_slice()).unwrap_or_default();
        let names: Vec<String> = wheels.iter().map(|wheel| format!("{} {}", wheel.name, wheel.version)).collect();
        let names = names.join(" and ");
        match self.choice.source() {
            WheelSource::Bundled => names,
            WheelSource::Cached { wheel } => format!("{names} (this python brings none; from {})", shown(wheel)),
            WheelSource::Index { tools } => {
                let through = tools.first().map(ToString::to_string).unwrap_or_default();
                format!("pip from the package index (this python brings none; through {through})")
            }
        }
    }

    /// Whether planting will take longer than a moment: a download, or unpacking and compiling.
    #[must_use]
    pub(crate) fn needs_building(&self) -> bool {
        let Some(Stock { identity, .. }) = self.choice.stock() else {
            return true;
        };
        let is_cached = || self.trees().is_some_and(|trees| tree::is_there(&trees, identity.key()));
        !self.pool(identity).has_one() && !is_cached()
    }

    /// Whether to start a process that calls [`Seed::stage`]: a slot is empty, and no other process
    /// waits to fill it.
    #[must_use]
    pub(crate) fn wants_staging(&self) -> bool {
        self.choice.stock().is_none_or(|stock| {
            let pool = self.pool(&stock.identity);
            pool.is_private() && !pool.is_stocked() && !pool.is_watched()
        })
    }

    /// Marks this process as waiting to call [`Seed::stage`], until the file is closed: other
    /// commands start no process for it meanwhile. `None` if another process waits already.
    #[must_use]
    pub(crate) fn watch(&self) -> Option<File> {
        self.pool(&self.choice.stock()?.identity).watch()
    }

    /// Prepares slots for the next environments and removes outdated ones, in a background process.
    pub(crate) fn stage(&self) -> Result<()> {
        let (Some(stock), Some(trees)) = (self.choice.stock(), self.trees()) else {
            return Ok(());
        };
        let pool = self.pool(&stock.identity);
        if !pool.is_private() {
            return Ok(());
        }
        pool.drop_outdated();
        sweep(&trees);
        if pool.is_stocked() {
            return Ok(());
        }
        for _ in 0..2 {
            let tree = match tree::open(&trees, stock.identity.key()) {
                Some(tree) => tree,
                None => tree::build(&trees, &stock.identity, self.making(stock))?,
            };
            match pool.fill(&tree) {
                Ok(()) => break,
                Err(FillError::Altered) => tree::discard_altered(&trees, stock.identity.key()),
                Err(FillError::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn making<'b>(&'b self, stock: &'b Stock) -> TreeInputs<'b> {
        TreeInputs { context: self.context, interpreter: self.interpreter, wheels: &stock.wheels }
    }

    fn pool<'b>(&'b self, identity: &'b Identity) -> Pool<'b> {
        Pool { directory: &self.pool, identity }
    }

    /// `None` without a directory that only this user can write to.
    fn trees(&self) -> Option<PathBuf> {
        self.cache.as_deref().map(trees_in).filter(|trees| is_own_directory(trees))
    }
}

/// The prepared packages: trees in the cache, and directories in the pool.
pub(crate) fn prepared(context: &Context, pool: &Path) -> Vec<PathBuf> {
    let trees = crate::belief::cache_part(context, "trees");
    let directories = trees.into_iter().chain(crate::belief::is_own_directory(pool).then(|| pool.to_path_buf()));
    let entries = directories.flat_map(entries_in);
    let ours = entries.filter(|entry| identity::is_key(&entry.file_name()));
    let mut paths: Vec<PathBuf> = ours.map(|entry| entry.path()).collect();
    sorting::sort(&mut paths);
    paths
}

/// Deletes [`prepared`] packages, and returns what went wrong.
pub(crate) fn discard_prepared(paths: &[PathBuf]) -> Vec<Error> {
    let discarded = paths.iter().map(|path| {
        let parent = path.parent().unwrap_or(Path::new("/"));
        workshop::discard(path, parent).map_err(Error::io("delete", path))
    });
    discarded.filter_map(Result::err).collect()
}

/// The incomplete trees in a cache directory. They can be removed at any time.
pub(crate) fn damaged_trees(cache: &Path) -> Vec<PathBuf> {
    let trees = trees_in(cache);
    if is_own_directory(&trees) { tree::damaged(&trees) } else { Vec::new() }
}

impl Stock {
    fn of(wheels: Vec<Wheel>, interpreter: &Interpreter) -> Result<Self> {
        let first = wheels.first().map(|wheel| wheel.path.clone()).unwrap_or_default();
        let identity = Identity::of(&wheels, interpreter).map_err(Error::io("read", first))?;
        Ok(Self { wheels, identity })
    }
}

fn trees_in(cache: &Path) -> PathBuf {
    cache.join("trees")
}
