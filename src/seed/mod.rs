//! pip in a new environment, and setuptools where that Python's own `ensurepip` brings it.
//!
//! Owns which wheels these are, the cache of finished site-packages and the ways from there into an
//! environment. Leaves everything else of an environment to `creator`, and installing what the
//! person asked for to `installer`.
//!
//! From the fastest way to the slowest: a ready site-packages is moved (`pool`); the cached one is
//! linked or copied (`transfer`); it is made first (`tree`); the wheel for it is downloaded first
//! (`index`).

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

use self::choice::{Choice, Source};
use self::identity::Identity;
use self::pool::{Filling, Pool};
use self::transfer::{By, Trouble, transfer};
use self::tree::{Making, Tree};
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
    /// Hard links where they can be made: quick, and safe against every installer, but not against
    /// an editor that writes into a file in place.
    Auto,
    /// Copies.
    Copy,
}

/// Whether a pip may be downloaded, where neither the interpreter nor the cache has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Download {
    /// No package index is asked.
    Never,
    /// pip has settings that uv would ignore, and another index would answer.
    ByPip,
    /// By uv or by any pip.
    ByAny,
}

/// Where a seed goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Planting<'a> {
    /// The site-packages of the environment being made. Its parent is there; itself is not, or is
    /// empty.
    pub(crate) site_packages: &'a Path,
    /// The `bin` of the environment being made, which is there.
    pub(crate) bin: &'a Path,
    /// The `bin` of the environment when it is in its place: what scripts name.
    pub(crate) final_bin: &'a Path,
}

/// How it got there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Planted {
    /// One that lay ready was moved.
    Moved,
    /// Linked from the cache.
    Linked,
    /// Copied from the cache.
    Copied,
    /// Unpacked and compiled, into the cache where there is one.
    Built,
}

/// What a new environment of one interpreter gets, and how.
#[derive(Debug)]
pub(crate) struct Seed<'a> {
    context: &'a Context,
    interpreter: &'a Interpreter,
    choice: Choice,
    by: By,
    pool: PathBuf,
    /// `None` where there is no home to keep a cache in.
    cache: Option<PathBuf>,
}

/// Wheels that are on disk.
#[derive(Debug, Clone)]
struct Stock {
    wheels: Vec<Wheel>,
    identity: Identity,
}

impl<'a> Seed<'a> {
    /// Chooses the wheels. Downloads nothing and makes nothing; runs the interpreter only where it
    /// brings no wheel and the cache has none. `pool` is the directory of ready seeds, two levels
    /// below the store, and need not be there. `download` is asked only where nothing else is left.
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
        // Python 2 writes compiled files in place: with links, `python2 -m compileall` would reach
        // into the cache.
        let may_link = link_mode == LinkMode::Auto && interpreter.version.major >= 3;
        let by = if may_link { By::Link } else { By::Copy };
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
            Source::Bundled => names,
            Source::Cached { wheel } => format!("{names} (this python brings none; from {})", shown(wheel)),
            Source::Index { tools } => {
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

    /// Whether a process should be started that calls [`Seed::stage`]: a slot is empty, and none
    /// waits to do so.
    #[must_use]
    pub(crate) fn wants_staging(&self) -> bool {
        self.choice.stock().is_none_or(|stock| {
            let pool = self.pool(&stock.identity);
            pool.is_private() && !pool.is_stocked() && !pool.is_watched()
        })
    }

    /// The right to wait for a good moment to call [`Seed::stage`], for as long as it is held:
    /// whoever makes an environment meanwhile starts no process for it. `None` where another waits
    /// already.
    #[must_use]
    pub(crate) fn watch(&self) -> Option<File> {
        self.pool(&self.choice.stock()?.identity).watch()
    }

    /// Puts the seed into an environment that is being made. What a failure leaves is the caller's
    /// to remove, with the environment.
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
                // Somebody spoiled it: not to be used, and no reason to fail.
                Err(_) => remove_tree(planting.site_packages).map_err(Error::io("remove", planting.site_packages))?,
            }
        }
        let planted = self.lay_out(stock, planting.site_packages)?;
        self.finish(&self.unfinished(stock, planting)?, planting)?;
        Ok(planted)
    }

    /// Prepares what the next environments will take, and removes what none will. For a process
    /// that nobody waits for.
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
                Err(Filling::Altered) => tree::discard_altered(&trees, stock.identity.key()),
                Err(Filling::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }

    /// Everything but scripts and their rows, from the cache, which is mended or made where that is
    /// needed. Where it cannot be, the environment gets its own.
    fn lay_out(&self, stock: &Stock, site_packages: &Path) -> Result<Planted> {
        let mut planted = None;
        if let Some(trees) = self.trees() {
            // Once more where the cache was altered, or replaced by another process in this very
            // moment.
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
                    Some(By::Link) => return Ok(planted.unwrap_or(Planted::Linked)),
                    Some(By::Copy) => return Ok(planted.unwrap_or(Planted::Copied)),
                    None => tree::discard_altered(&trees, stock.identity.key()),
                }
            }
        }
        tree::build_beside(site_packages, self.making(stock)).map(|()| Planted::Built)
    }

    /// `None`, and nothing left of it, where the tree turned out altered.
    fn transfer(&self, tree: &Tree, site_packages: &Path) -> Result<Option<By>> {
        match transfer(&tree.manifest, &tree.site_packages, site_packages, self.by) {
            Ok(by) => Ok(Some(by)),
            Err(Trouble::Altered) => {
                remove_tree(site_packages).map_err(Error::io("remove", site_packages))?;
                Ok(None)
            }
            Err(Trouble::Io(error)) => Err(Error::io("write in", site_packages)(error)),
        }
    }

    fn unfinished(&self, stock: &Stock, planting: &Planting<'_>) -> Result<Vec<finish::Unfinished>> {
        finish::read(planting.site_packages, &stock.wheels, self.interpreter.version)
            .map_err(Error::io("read", planting.site_packages))
    }

    fn finish(&self, packages: &[finish::Unfinished], planting: &Planting<'_>) -> Result<()> {
        let version = self.interpreter.version;
        // The name that says most: where `python` is made to lead elsewhere later, pip stays with
        // its own.
        let python = planting.final_bin.join(format!("python{}", version.series()));
        finish::write(packages, planting.site_packages, planting.bin, &python, version)
            .map_err(Error::io("write in", planting.bin))
    }

    fn download(&self) -> Result<Stock> {
        let Source::Index { tools } = self.choice.source() else {
            return Err(index::none(self.interpreter, "its wheels are gone"));
        };
        let Some(cache) = &self.cache else {
            return Err(index::none(self.interpreter, "without HOME there is no directory to download to"));
        };
        let wheel = index::download(self.context, self.interpreter, tools, &cache.join("wheels"))?;
        Stock::of(vec![wheel], self.interpreter)
    }

    fn making<'b>(&'b self, stock: &'b Stock) -> Making<'b> {
        Making { context: self.context, interpreter: self.interpreter, wheels: &stock.wheels }
    }

    fn pool<'b>(&'b self, identity: &'b Identity) -> Pool<'b> {
        Pool { directory: &self.pool, identity }
    }

    /// `None` where there are none that can be believed.
    fn trees(&self) -> Option<PathBuf> {
        self.cache.as_deref().map(trees_in).filter(|trees| is_own_directory(trees))
    }
}

/// The trees in a cache directory that are not whole; they may be removed at any time.
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
