//! Puts pip into a new environment, and setuptools if the Python's own `ensurepip` includes it.
//!
//! Owns the choice of wheels, the cache of complete site-packages, and how they get into an
//! environment. The rest of an environment is left to `creator`, and installing other packages to
//! `installer`.
//!
//! From fastest to slowest: move a ready site-packages (`pool`), link or copy the cached tree
//! (`transfer`), build that tree first (`tree`), download the wheel first (`index`).

mod choice;
mod finish;
#[cfg(test)]
mod fuzzed;
mod identity;
mod index;
mod manifest;
mod pool;
mod requires_python;
mod scripts;
mod transfer;
mod tree;
mod wheel;
mod workshop;

#[cfg(test)]
pub(crate) mod tests;

use std::fs::File;
use std::path::{Path, PathBuf};

use self::choice::{Choice, WheelSource};
use self::identity::Identity;
use self::pool::{FillError, Pool};
use self::transfer::{TransferError, TransferMode, transfer};
use self::tree::{Tree, TreeInputs};
use self::wheel::Wheel;
use self::workshop::sweep;
use crate::belief::{self, is_own_directory};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::fs::remove_tree;
use crate::interpreter::Interpreter;
use crate::shown::shown;

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

/// The parts of a new environment that get the seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planting<'a> {
    /// The site-packages of the new environment, missing or empty. Its parent exists.
    pub(crate) site_packages: &'a Path,
    /// The existing `bin` of the new environment.
    pub(crate) bin: &'a Path,
    /// The final path of `bin`, for the scripts.
    pub(crate) final_bin: &'a Path,
}

/// How the seed got into the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// A ready site-packages was moved.
    Moved,
    /// Linked from the cache.
    Linked,
    /// Copied from the cache.
    Copied,
    /// Unpacked and compiled, into the cache if there is one.
    Built,
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

    /// Puts the seed into a new environment. After a failure, the caller removes the environment.
    pub(crate) fn plant(&self, planting: &Planting<'_>) -> Result<Planted> {
        let downloaded;
        let stock = if let Some(stock) = self.choice.stock() {
            stock
        } else {
            downloaded = self.download()?;
            &downloaded
        };
        if self.pool(&stock.identity).take(planting.site_packages) {
            match self.unfinished(stock, planting) {
                Ok(packages) => return self.finish(&packages, planting).map(|()| Planted::Moved),
                // The slot is damaged: discard it and go on.
                Err(_) => remove_tree(planting.site_packages).map_err(Error::io("remove", planting.site_packages))?,
            }
        }
        let planted = self.lay_out(stock, planting.site_packages)?;
        self.finish(&self.unfinished(stock, planting)?, planting)?;
        Ok(planted)
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

    /// Everything but scripts and their rows, from the cache. The tree is built or repaired if
    /// needed. Without a usable cache, the tree is built for this environment alone.
    fn lay_out(&self, stock: &Stock, site_packages: &Path) -> Result<Planted> {
        let mut planted = None;
        if let Some(trees) = self.trees() {
            // Try again if the tree was altered, or another process has just replaced it.
            for _ in 0..2 {
                let tree = match tree::open(&trees, stock.identity.key()) {
                    Some(tree) => tree,
                    None => match tree::build(&trees, &stock.identity, self.making(stock)) {
                        Ok(tree) => {
                            planted = Some(Planted::Built);
                            tree
                        }
                        Err(_) => break,
                    },
                };
                match self.transfer(&tree, site_packages)? {
                    Some(TransferMode::Link) => return Ok(planted.unwrap_or(Planted::Linked)),
                    Some(TransferMode::Copy) => return Ok(planted.unwrap_or(Planted::Copied)),
                    None => tree::discard_altered(&trees, stock.identity.key()),
                }
            }
        }
        tree::build_beside(site_packages, self.making(stock)).map(|()| Planted::Built)
    }

    /// `None`, with nothing left behind, if the tree was altered.
    fn transfer(&self, tree: &Tree, site_packages: &Path) -> Result<Option<TransferMode>> {
        match transfer(&tree.manifest, &tree.site_packages, site_packages, self.by) {
            Ok(by) => Ok(Some(by)),
            Err(TransferError::Altered) => {
                remove_tree(site_packages).map_err(Error::io("remove", site_packages))?;
                Ok(None)
            }
            Err(TransferError::Io(error)) => Err(Error::io("write in", site_packages)(error)),
        }
    }

    fn unfinished(&self, stock: &Stock, planting: &Planting<'_>) -> Result<Vec<finish::Unfinished>> {
        finish::read(planting.site_packages, &stock.wheels, self.interpreter.version)
            .map_err(Error::io("read", planting.site_packages))
    }

    fn finish(&self, packages: &[finish::Unfinished], planting: &Planting<'_>) -> Result<()> {
        let version = self.interpreter.version;
        // The most specific name: if `python` is linked to another version later, pip still starts
        // its own Python.
        let python = planting.final_bin.join(format!("python{}", version.series()));
        finish::write(packages, planting.site_packages, planting.bin, &python, version)
            .map_err(Error::io("write in", planting.bin))
    }

    fn download(&self) -> Result<Stock> {
        let WheelSource::Index { tools } = self.choice.source() else {
            return Err(index::none(self.interpreter, "its wheels are missing"));
        };
        let Some(cache) = &self.cache else {
            return Err(index::none(self.interpreter, "without HOME there is no directory to download to"));
        };
        let wheel = index::download(self.context, self.interpreter, tools, &cache.join("wheels"))?;
        Stock::of(vec![wheel], self.interpreter)
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
