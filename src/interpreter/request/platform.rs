//! The platform in one of uv's interpreter keys: `linux-x86_64-gnu` in
//! `cpython-3.12.3-linux-x86_64-gnu`.
//!
//! Owns the words of a platform, and whether an interpreter is for that platform. uv names the
//! directories of its installations with whole keys; any other interpreter is for the machine it is
//! installed on. Opens no file.

use std::fmt::{self, Display};
use std::path::Path;

/// A platform in uv's words. `None` means any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Platform {
    system: Option<&'static str>,
    machine: Option<&'static str>,
    libc: Option<&'static str>,
}

const SYSTEMS: [&str; 3] = ["linux", "macos", "windows"];

const MACHINES: [&str; 15] = [
    "x86_64",
    "x86_64_v2",
    "x86_64_v3",
    "x86_64_v4",
    "aarch64",
    "x86",
    "i686",
    "armv7",
    "armv6l",
    "armv5tel",
    "powerpc64le",
    "powerpc64",
    "s390x",
    "riscv64",
    "loongarch64",
];

const LIBCS: [&str; 7] = ["gnu", "gnueabi", "gnueabihf", "musl", "musleabi", "musleabihf", "none"];

/// This machine. The C library is unknown, because a venvwrap linked with musl runs on every Linux.
const HERE: Platform = Platform {
    system: Some(if cfg!(target_os = "macos") { "macos" } else { "linux" }),
    machine: if cfg!(target_arch = "x86_64") {
        Some("x86_64")
    } else if cfg!(target_arch = "aarch64") {
        Some("aarch64")
    } else {
        None
    },
    libc: if cfg!(target_os = "macos") { Some("none") } else { None },
};

impl Platform {
    /// Parses up to three words. Each may be `any`, and words at the end may be missing. `None` if
    /// a word is unknown.
    pub(super) fn parse(words: &[&str]) -> Option<Self> {
        let word = |at: usize| words.get(at).copied().filter(|word| *word != "any");
        let system = word(0).and_then(|word| SYSTEMS.into_iter().find(|name| *name == word));
        let machine = word(1).and_then(|word| MACHINES.into_iter().find(|name| *name == word));
        let libc = word(2).and_then(|word| LIBCS.into_iter().find(|name| *name == word));
        let parts = [system, machine, libc];
        let are_known = (0..words.len()).all(|at| word(at).is_none() || parts.get(at).is_some_and(Option::is_some));
        (are_known && words.len() <= parts.len()).then_some(Self { system, machine, libc })
    }

    /// Whether this is any platform.
    pub(super) fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether the interpreter at this path is for the platform.
    pub(super) fn fits(&self, interpreter: &Path) -> bool {
        let is = interpreter.ancestors().find_map(Self::of_installation).unwrap_or(HERE);
        [(self.system, is.system), (self.machine, is.machine), (self.libc, is.libc)]
            .iter()
            .all(|(wanted, is)| wanted.is_none() || is.is_none() || wanted == is)
    }

    /// The platform in the name of a uv installation.
    fn of_installation(directory: &Path) -> Option<Self> {
        let words: Vec<&str> = directory.file_name()?.to_str()?.split('-').collect();
        let [_implementation, _version, platform @ ..] = words.as_slice() else { return None };
        Self::parse(platform).filter(|platform| platform.libc.is_some())
    }
}

impl Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [self.system, self.machine, self.libc];
        let given = words.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        for (index, word) in words[..given].iter().enumerate() {
            write!(formatter, "{}{}", if index == 0 { "" } else { "-" }, word.unwrap_or("any"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(text: &str) -> Option<Platform> {
        Platform::parse(&text.split('-').collect::<Vec<_>>())
    }

    #[test]
    fn words_are_shown_as_they_were_read() {
        for text in ["linux", "linux-x86_64", "linux-x86_64-gnu", "macos-aarch64-none", "any-any-musl"] {
            assert_eq!(platform(text).unwrap().to_string(), text);
        }
        assert!(platform("any-any").unwrap().is_open() && Platform::parse(&[]).unwrap().is_open());
        for text in ["lunix", "x86_64", "linux-gnu", "linux-x86_64-glibc", "linux-x86_64-gnu-x", ""] {
            assert_eq!(platform(text), None, "{text}");
        }
    }

    #[test]
    fn an_installation_of_uv_has_its_platform_in_its_name() {
        let fits = |text: &str, directory: &str| {
            let python = Path::new("/home/me/uv/python").join(directory).join("bin/python3.12");
            platform(text).unwrap().fits(&python)
        };
        let (intel, alpine) = ("cpython-3.12.4-linux-x86_64-gnu", "cpython-3.12+freethreaded-linux-aarch64-musl");
        for text in ["linux", "linux-x86_64", "linux-x86_64-gnu", "any-any-gnu"] {
            assert!(fits(text, intel), "{text}");
        }
        for text in ["macos", "windows", "linux-aarch64", "linux-x86_64_v3", "linux-x86_64-musl", "any-any-none"] {
            assert!(!fits(text, intel), "{text}");
        }
        assert!(fits("linux-aarch64-musl", alpine) && !fits("linux-aarch64-gnu", alpine));
    }

    #[test]
    fn any_other_interpreter_is_for_this_machine() {
        let python = Path::new("/usr/bin/python3.12");
        assert!(HERE.fits(python) && platform(&HERE.to_string()).unwrap().fits(python));
        assert!(!platform("windows").unwrap().fits(python) && !platform("any-s390x").unwrap().fits(python));
        #[cfg(target_os = "linux")]
        assert!(platform("any-any-musl").unwrap().fits(python) && platform("any-any-gnu").unwrap().fits(python));
    }
}
