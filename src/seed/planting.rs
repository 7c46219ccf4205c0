//! Puts the seed into a new environment, by the fastest way that works.

use std::path::Path;

use super::choice::WheelSource;
use super::transfer::{TransferError, TransferMode, transfer};
use super::tree::{self, Tree};
use super::{Seed, Stock, finish, index};
use crate::error::{Error, Result};
use crate::fs::remove_tree;

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

impl Seed<'_> {
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
}
