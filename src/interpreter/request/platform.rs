//! The end of a whole key: `linux-x86_64-gnu` of uv's `cpython-3.12.3-linux-x86_64-gnu`.
//!
//! Owns its words and the question whether an interpreter is for that platform, which is read off
//! its file. Starts nothing, and looks at nothing where no platform was asked for.

use std::fmt::{self, Display};
use std::path::Path;

use crate::fs::read_prefix;

/// A platform that is asked for, as far as it is; each part in uv's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Platform {
    system: Option<&'static str>,
    machine: Option<&'static str>,
    libc: Option<&'static str>,
}

const SYSTEMS: [&str; 3] = ["linux", "macos", "windows"];

const LIBCS: [&str; 7] = ["gnu", "gnueabi", "gnueabihf", "musl", "musleabi", "musleabihf", "none"];

/// The machines of uv's keys, with the `e_machine` of their executables (ELF). Finer levels are
/// never told apart.
const MACHINES: [(&str, u16); 15] = [
    ("x86_64", 62),
    ("x86_64_v2", 0),
    ("x86_64_v3", 0),
    ("x86_64_v4", 0),
    ("aarch64", 183),
    ("x86", 3),
    ("i686", 3),
    ("armv7", 40),
    ("armv6l", 40),
    ("armv5tel", 40),
    ("powerpc64le", 21),
    ("powerpc64", 21),
    ("s390x", 22),
    ("riscv64", 243),
    ("loongarch64", 258),
];

/// Where the name of the dynamic loader stands in practice: behind the program headers.
const START: usize = 4096;

impl Platform {
    /// Reads up to three words, of which each may be `any` or missing from the end. `None` where
    /// one is unknown.
    pub(super) fn parse(words: &[&str]) -> Option<Self> {
        // What was not said fits as `any` does.
        let word = |at: usize| words.get(at).copied().filter(|word| *word != "any");
        let system = word(0).and_then(|word| SYSTEMS.into_iter().find(|name| *name == word));
        let machine = word(1).and_then(|word| MACHINES.into_iter().map(|row| row.0).find(|name| *name == word));
        let libc = word(2).and_then(|word| LIBCS.into_iter().find(|name| *name == word));
        let known = [system, machine, libc];
        let are_known = (0..words.len()).all(|at| word(at).is_none() || known.get(at).is_some_and(Option::is_some));
        (are_known && words.len() <= known.len()).then_some(Self { system, machine, libc })
    }

    /// Whether nothing is asked for.
    pub(super) fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this executable is for it.
    pub(super) fn fits(&self, executable: &Path) -> bool {
        const HERE: &str = if cfg!(target_os = "macos") { "macos" } else { "linux" };
        let is_system = self.system.is_none_or(|system| system == HERE);
        if !is_system || (self.machine.is_none() && self.libc.is_none()) {
            return is_system;
        }
        if HERE == "macos" {
            // What runs here runs on this machine, be it translated; its C library is none of uv's.
            let machine = if cfg!(target_arch = "aarch64") { "aarch64" } else { "x86_64" };
            return self.machine.is_none_or(|wanted| wanted == machine) && self.libc.is_none_or(|libc| libc == "none");
        }
        let start = read_prefix(executable, START as u64).ok().flatten().unwrap_or_default();
        let ([0x7f, b'E', b'L', b'F', _, order, ..], Some(machine)) = (&start[..], start.get(18..20)) else {
            return false;
        };
        let machine = [machine[0], machine[1]];
        let machine = if *order == 1 { u16::from_le_bytes(machine) } else { u16::from_be_bytes(machine) };
        let wanted = self.machine.map(|wanted| MACHINES.iter().find(|row| row.0 == wanted).map_or(0, |row| row.1));
        let is_musl = memchr::memmem::find(&start, b"/ld-musl-").is_some();
        wanted.is_none_or(|wanted| wanted == machine)
            && self.libc.is_none_or(|libc| libc != "none" && libc.starts_with("musl") == is_musl)
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
    use super::super::super::fake::{hostile_room, put};
    use super::*;

    fn platform(text: &str) -> Option<Platform> {
        Platform::parse(&text.split('-').collect::<Vec<_>>())
    }

    #[test]
    fn words_are_known_and_shown_as_they_were() {
        for text in ["linux", "linux-x86_64", "linux-x86_64-gnu", "macos-aarch64-none", "any-any-musl"] {
            assert_eq!(platform(text).unwrap().to_string(), text);
        }
        assert!(platform("any-any").unwrap().is_open() && Platform::parse(&[]).unwrap().is_open());
        for text in ["lunix", "x86_64", "linux-gnu", "linux-x86_64-glibc", "linux-x86_64-gnu-x", ""] {
            assert_eq!(platform(text), None, "{text}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_tells_its_machine_and_its_c_library() {
        let (_keep, room) = hostile_room();
        let executable = |name: &str, machine: &[u8], loader: &str| {
            let text = [b"\x7fELF\x02\x01", &[0; 12][..], machine, &[0; 40], loader.as_bytes()].concat();
            std::fs::write(room.join(name), text).unwrap();
            room.join(name)
        };
        let intel = executable("intel", &[62, 0], "/lib64/ld-linux-x86-64.so.2\0");
        let alpine = executable("alpine", &[183, 0], "/lib/ld-musl-aarch64.so.1\0");
        let fits = |text: &str, file: &Path| platform(text).unwrap().fits(file);
        for text in ["linux", "linux-x86_64", "linux-x86_64-gnu", "any-any-gnu"] {
            assert!(fits(text, &intel), "{text}");
        }
        for text in ["macos", "windows", "linux-aarch64", "linux-x86_64_v3", "linux-x86_64-musl", "any-any-none"] {
            assert!(!fits(text, &intel), "{text}");
        }
        assert!(fits("linux-aarch64-musl", &alpine) && !fits("linux-aarch64-gnu", &alpine));
        let script = put(&room.join("script"), "#!/bin/sh\n");
        assert!(fits("linux", &script) && !fits("linux-x86_64", &script));
        assert!(!fits("linux-x86_64", &room.join("none")));
    }
}
