//! Chooses the wheels for a new environment.
//!
//! Owns the order of preference: first the wheels of the interpreter's own `ensurepip`, then the
//! newest pip in the cache that supports the interpreter, then a download from the index.

use std::fs;
use std::path::{Path, PathBuf};

use super::index::{self, Downloader};
use super::requires_python::admits;
use super::wheel::Wheel;
use super::{Download, Stock, tree};
use crate::context::Context;
use crate::error::Result;
use crate::formats::dist_info::METADATA;
use crate::fs::read_small;
use crate::interpreter::Interpreter;
use crate::sorting;

/// Longest METADATA that is read.
const LIMIT: u64 = 1024 * 1024;

/// Where the wheels of a seed come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WheelSource {
    /// From the interpreter, like `python -m venv`.
    Bundled,
    /// From another interpreter that an environment was created with before.
    Cached {
        /// The wheel.
        wheel: PathBuf,
    },
    /// From the package index, by the first of these programs that works.
    Index {
        /// The programs to try.
        tools: Vec<Downloader>,
    },
}

/// The chosen source, with the wheels unless they must be downloaded.
#[derive(Debug)]
pub(super) struct Choice {
    source: WheelSource,
    stock: Option<Stock>,
}

impl Choice {
    /// `trees` is the directory of cached trees.
    pub(super) fn make(
        context: &Context,
        interpreter: &Interpreter,
        trees: Option<&Path>,
        download: impl FnOnce() -> Download,
    ) -> Result<Self> {
        if let Some(wheels) = bundled(interpreter) {
            return Ok(Self { source: WheelSource::Bundled, stock: Some(Stock::of(wheels, interpreter)?) });
        }
        if let Some(wheel) = trees.and_then(|trees| cached(trees, interpreter)) {
            let source = WheelSource::Cached { wheel: wheel.path.clone() };
            return Ok(Self { source, stock: Some(Stock::of(vec![wheel], interpreter)?) });
        }
        let tools = match download() {
            Download::Never => return Err(index::none(interpreter, "package indexes are disabled")),
            Download::ByPip => index::tools(context, interpreter, false),
            Download::ByAny => index::tools(context, interpreter, true),
        };
        if tools.is_empty() {
            return Err(index::none(interpreter, "there is no uv and no pip to download it"));
        }
        Ok(Self { source: WheelSource::Index { tools }, stock: None })
    }

    /// Where the wheels come from.
    pub(super) fn source(&self) -> &WheelSource {
        &self.source
    }

    /// The wheels, unless they must be downloaded.
    pub(super) fn stock(&self) -> Option<&Stock> {
        self.stock.as_ref()
    }
}

/// The interpreter's own wheels. `None` without a pip among them.
fn bundled(interpreter: &Interpreter) -> Option<Vec<Wheel>> {
    let mut wheels = interpreter.bundled.iter().map(|path| present(path)).collect::<Option<Vec<Wheel>>>()?;
    // pip first, for messages.
    sorting::sort_by_key(&mut wheels, |wheel| wheel.name != "pip");
    wheels.first().is_some_and(|wheel| wheel.name == "pip").then_some(wheels)
}

/// The wheel at `path`, or a newer one beside it: Debian upgrades wheels without the interpreter.
fn present(path: &Path) -> Option<Wheel> {
    let wheel = Wheel::named(path)?;
    if fs::metadata(path).is_ok_and(|stat| stat.is_file()) {
        return Some(wheel);
    }
    let beside = fs::read_dir(path.parent()?).ok()?.flatten();
    let beside = beside.filter_map(|entry| Wheel::named(&entry.path()));
    beside.filter(|other| other.name == wheel.name).max_by_key(Wheel::parsed_version)
}

/// The newest pip in the cache whose metadata allows this interpreter.
fn cached(trees: &Path, interpreter: &Interpreter) -> Option<Wheel> {
    let mut pips = tree::sources(trees);
    pips.retain(|(wheel, _)| wheel.name == "pip");
    sorting::sort_by_key(&mut pips, |(wheel, _)| std::cmp::Reverse((wheel.parsed_version(), wheel.path.clone())));
    let fits = |(wheel, site_packages): &(Wheel, PathBuf)| {
        let metadata = read_small(&site_packages.join(wheel.dist_info()).join(METADATA), LIMIT).ok().flatten();
        let admits = |metadata: &str| admits(metadata, interpreter.version);
        metadata.is_some_and(|metadata| std::str::from_utf8(&metadata).is_ok_and(admits))
    };
    pips.into_iter().find(fits).map(|(wheel, _)| wheel)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::identity::{self, Identity};
    use crate::seed::tests::made_up_interpreter;

    fn context() -> Context {
        Context::made_of(&[("PATH", "/nothing/here")])
    }

    #[test]
    fn the_successor_of_a_bundled_wheel_is_taken() {
        let room = tempfile::tempdir().unwrap();
        let mut interpreter = made_up_interpreter();
        interpreter.bundled = vec![room.path().join("pip-23.0-py3-none-any.whl")];
        for name in ["pip-9.0-py3-none-any.whl", "pip-23.0.1-py3-none-any.whl", "setuptools-66-py3-none-any.whl"] {
            fs::write(room.path().join(name), "").unwrap();
        }
        let wheels = bundled(&interpreter).unwrap();
        assert_eq!(wheels.iter().map(|wheel| wheel.version.as_str()).collect::<Vec<_>>(), ["23.0.1"]);
        interpreter.bundled = vec![room.path().join("setuptools-66-py3-none-any.whl")];
        assert_eq!(bundled(&interpreter), None, "without pip it is no seed");
    }

    #[test]
    fn the_newest_pip_in_the_cache_that_admits_the_interpreter_is_taken() {
        let room = tempfile::tempdir().unwrap();
        let trees = room.path().join("trees");
        let add = |version: &str, requires: &str| {
            let path = room.path().join(format!("pip-{version}-py3-none-any.whl"));
            fs::write(&path, version).unwrap();
            let wheel = Wheel::named(&path).unwrap();
            let identity = Identity::of(std::slice::from_ref(&wheel), &made_up_interpreter()).unwrap();
            let tree = trees.join(identity.key());
            let metadata = tree.join("site-packages").join(wheel.dist_info());
            fs::create_dir_all(&metadata).unwrap();
            fs::write(metadata.join("METADATA"), format!("Name: pip\nRequires-Python: {requires}\n")).unwrap();
            fs::write(tree.join(identity::FILE), identity.text()).unwrap();
            path
        };
        let mut interpreter = made_up_interpreter();
        interpreter.bundled.clear();
        add("9.0.3", ">=2.7");
        let good = add("24.2", ">=3.8");
        add("99.0", ">=3.99");
        let gone = add("98.0", ">=3.8");
        fs::remove_file(&gone).unwrap();
        let choice = Choice::make(&context(), &interpreter, Some(&trees), || Download::Never).unwrap();
        assert_eq!(choice.source(), &WheelSource::Cached { wheel: good });
        assert!(choice.stock().is_some());
    }

    #[test]
    fn without_any_pip_the_hint_has_a_solution() {
        let mut interpreter = made_up_interpreter();
        interpreter.bundled.clear();
        interpreter.base_executable = PathBuf::from("/nothing/here/python3.13");
        let error = Choice::make(&context(), &interpreter, None, || Download::Never).unwrap_err();
        assert!(error.to_string().ends_with("(package indexes are disabled)"), "{error}");
        let error = Choice::make(&context(), &interpreter, None, || Download::ByAny).unwrap_err();
        assert!(error.hint().unwrap().contains("--without-pip"), "{error}");
    }
}
