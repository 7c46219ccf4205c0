//! A request by properties: `3.12`, `>=3.11,<3.14`, `pypy3.10`, `3.13t`,
//! `cpython-3.12.3-linux-x86_64-gnu`.
//!
//! Owns this grammar and whether an interpreter, the name of an installation, or a command can meet
//! a request. The grammar is uv's (docs/concepts/python-versions.md), which includes virtualenv's.

use std::fmt::{self, Display};

use super::super::facts::Interpreter;
use super::super::label::Label;
use super::build::WantedBuild;
use super::platform::Platform;
use crate::versions::{Release, Specifiers, Stage, Version, leading_numbers};

/// The requested properties. Properties left open match anything, except for the build (see
/// [`WantedBuild::fits`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Description {
    pub(super) implementation: Option<&'static Implementation>,
    pub(super) version: WantedVersion,
    pub(super) build: WantedBuild,
    pub(super) platform: Platform,
}

/// An implementation of Python that a request can name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Implementation {
    /// See [`Interpreter::implementation`].
    pub(super) name: &'static str,
    /// The word in requests, in lower case.
    word: &'static str,
    /// The short word from wheel names (PEP 425), accepted as well.
    short: &'static str,
    /// The start of its commands.
    pub(super) command: &'static str,
}

pub(super) static IMPLEMENTATIONS: [Implementation; 3] = [
    Implementation { name: "CPython", word: "cpython", short: "cp", command: "python" },
    Implementation { name: "PyPy", word: "pypy", short: "pp", command: "pypy" },
    Implementation { name: "GraalPy", word: "graalpy", short: "gp", command: "graalpy" },
];

pub(super) const PYPY: &str = "PyPy";

/// The requested version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WantedVersion {
    /// Versions that begin with these zero to three numbers; with a stage, this pre-release only.
    Series(Vec<u32>, Stage),
    /// Versions that meet conditions.
    Range(Specifiers),
}

impl Default for WantedVersion {
    fn default() -> Self {
        Self::Series(Vec::new(), Stage::Final)
    }
}

/// The result of parsing.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Description(Description),
    /// Meant as a description, but not valid.
    Nonsense,
    /// Not a description; it may be a command.
    Other,
}

impl Description {
    /// `[IMPLEMENTATION][@|-][VERSION|CONDITIONS][t|d|td|+BUILD…]` or
    /// `[IMPLEMENTATION-]VERSION-SYSTEM-MACHINE-LIBC`.
    pub(super) fn parse(text: &str) -> Parsed {
        let text = text.trim_ascii().to_ascii_lowercase();
        if text == "any" {
            return Parsed::Description(Self { build: WantedBuild::Any, ..Self::default() });
        }
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (word, rest) = text.split_at(letters);
        let named =
            IMPLEMENTATIONS.iter().find(|implementation| [implementation.word, implementation.short].contains(&word));
        let implementation = match word {
            "" | "v" | "python" => None,
            "any" if rest.starts_with('-') => None,
            _ if named.is_some() => named,
            _ => return Parsed::Other,
        };
        let rest = rest.trim_start();
        let is_meant =
            rest.starts_with('@') || rest.starts_with(SIGNS) || (word.is_empty() && starts_like_number(rest));
        let described = match rest.as_bytes().first() {
            // `pypy` alone means any PyPy. `python` alone is the command of that name.
            None => implementation.map(|_| Self::default()),
            Some(b'@') => Self::versioned(&rest[1..]),
            Some(b'-') if word != "python" && word != "v" => {
                Self::versioned(&rest[1..]).or_else(|| Self::key(&rest[1..]))
            }
            Some(_) => Self::versioned(rest).or_else(|| Self::key(rest).filter(|_| word.is_empty())),
        };
        match described.map(|described| Self { implementation, ..described }) {
            // `any-any` requests nothing.
            Some(described) if described != Self::default() => Parsed::Description(described),
            _ if is_meant => Parsed::Nonsense,
            _ => Parsed::Other,
        }
    }

    /// Any Python 3.
    pub(in crate::interpreter) fn any_3() -> Self {
        Self { version: WantedVersion::Series(vec![3], Stage::Final), ..Self::default() }
    }

    /// Parses a version or conditions, followed by a build.
    fn versioned(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if !text.starts_with(SIGNS) {
            let (numbers, rest) = leading_numbers(text)?;
            let (stage, rest) = Stage::leading(rest)?;
            if stage != Stage::Final && numbers.len() < 2 {
                return None;
            }
            return Some(Self {
                version: WantedVersion::Series(numbers, stage),
                build: WantedBuild::parse(rest)?,
                ..Self::default()
            });
        }
        // `d`, `t`, and `+` cannot end a condition.
        let end = text.find('+').unwrap_or_else(|| text.trim_end_matches(['d', 't']).len());
        let specifiers = Specifiers::parse(&text[..end]).filter(|specifiers| !specifiers.is_empty())?;
        let version = match series_of(&specifiers) {
            Some((numbers, stage)) => WantedVersion::Series(numbers, stage),
            None => WantedVersion::Range(specifiers),
        };
        Some(Self { version, build: WantedBuild::parse(&text[end..])?, ..Self::default() })
    }

    /// Parses what follows the implementation in a key. The version may be `any` or missing.
    fn key(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('-').collect();
        let (described, platform) = match (Self::versioned(words[0]), words[0]) {
            (Some(described), _) => (described, &words[1..]),
            (None, "any") => (Self::default(), &words[1..]),
            (None, _) => (Self::default(), &words[..]),
        };
        Some(Self { platform: Platform::parse(platform)?, ..described })
    }

    /// Why an interpreter does not meet the request, to follow its path in a message; `None` if it
    /// does.
    pub(in crate::interpreter) fn mismatch(&self, interpreter: &Interpreter) -> Option<String> {
        let Release { major, minor, micro } = interpreter.version;
        let (release, stage) = ([major, minor, micro], interpreter.stage());
        let is_version = match &self.version {
            // Three numbers mean the release, not its pre-releases.
            WantedVersion::Series(numbers, Stage::Final) => {
                release.starts_with(numbers) && (numbers.len() < 3 || stage == Stage::Final)
            }
            WantedVersion::Series(numbers, wanted) => stage == *wanted && release.iter().eq(padded(numbers).iter()),
            WantedVersion::Range(specifiers) => {
                // A pre-release counts as its release unless the conditions name a pre-release.
                let stage = if specifiers.name_prerelease() { stage } else { Stage::Final };
                specifiers.contain(&Version::of(interpreter.version, stage))
            }
        };
        let is_build = self.build.fits(interpreter);
        let is_maker = self.implementation.is_none_or(|wanted| wanted.name == interpreter.implementation);
        let is_platform = self.platform.fits(&interpreter.base_executable);
        if is_version && is_build && is_maker && is_platform {
            return None;
        }
        let build = WantedBuild::told(interpreter);
        let elsewhere = if is_platform { String::new() } else { format!(", and not for {}", self.platform) };
        Some(format!("is {} {}{stage}{build}{elsewhere}", interpreter.implementation, interpreter.version))
    }

    /// Whether a fitting interpreter is only a fallback: a pre-release or a debug build that was
    /// not requested.
    pub(in crate::interpreter) fn is_second_best(&self, interpreter: &Interpreter) -> bool {
        let asks_for_stage = match &self.version {
            WantedVersion::Series(_, stage) => *stage != Stage::Final,
            WantedVersion::Range(specifiers) => specifiers.name_prerelease(),
        };
        let is_early = !asks_for_stage && interpreter.stage() != Stage::Final;
        self.build != WantedBuild::Any && (is_early || self.build.is_second_best(interpreter))
    }

    /// Whether an installation meets the request, judged by the name of its directory. Starts
    /// nothing.
    pub(in crate::interpreter) fn fits_label(&self, label: &Label) -> bool {
        let version = label.version();
        let is_version = match &self.version {
            WantedVersion::Series(numbers, _) => version.starts_with(numbers),
            WantedVersion::Range(specifiers) => specifiers.could_contain(version),
        };
        let is_build = self.build.fits_label(label);
        let is_maker = match self.implementation {
            None => !label.is_pypy() || self.build == WantedBuild::Any,
            Some(wanted) => wanted.name == if label.is_pypy() { PYPY } else { "CPython" },
        };
        is_version && is_build && is_maker
    }

    /// Like [`Self::fits_label`], for names that tell less than the request: the command
    /// `python3.12` may be 3.12.4.
    pub(in crate::interpreter) fn could_fit_label(&self, label: &Label) -> bool {
        let told = label.version().len();
        match &self.version {
            WantedVersion::Series(numbers, stage) if numbers.len() > told => {
                let version = WantedVersion::Series(numbers[..told].to_vec(), *stage);
                Self { version, ..self.clone() }.fits_label(label)
            }
            _ => self.fits_label(label),
        }
    }
}

/// The characters that conditions begin with.
const SIGNS: [char; 6] = ['<', '>', '=', '~', '!', '^'];

fn starts_like_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn padded(numbers: &[u32]) -> [u32; 3] {
    [0, 1, 2].map(|at| numbers.get(at).copied().unwrap_or(0))
}

/// The series or release that `==` requests. Users and uv take `==3.8` for the whole series; PEP
/// 440 takes it for 3.8.0 alone.
fn series_of(specifiers: &Specifiers) -> Option<(Vec<u32>, Stage)> {
    let version = specifiers.only_version()?;
    let (release, stage) = version.plain()?;
    let numbers: Vec<u32> = release.iter().map(|number| u32::try_from(*number).ok()).collect::<Option<_>>()?;
    if let [number] = numbers[..] {
        // Without a sign, `10` means 1.0, and `3rc1` is a command.
        return (stage == Stage::Final && number < 10).then_some((numbers, stage));
    }
    (numbers.len() <= 3).then_some((numbers, stage))
}

/// In a spelling that both venvwrap and uv accept.
impl Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.build == WantedBuild::Any {
            return formatter.write_str("any");
        }
        let version = match &self.version {
            WantedVersion::Series(numbers, stage) => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                format!("{}{stage}", numbers.join("."))
            }
            WantedVersion::Range(specifiers) => specifiers.to_string(),
        };
        let word = self.implementation.map_or("", |implementation| implementation.word);
        if !self.platform.is_open() {
            let [word, version] = [word, &version].map(|part| if part.is_empty() { "any" } else { part });
            return write!(formatter, "{word}-{version}{}-{}", self.build, self.platform);
        }
        match (word, version.as_str(), &self.version) {
            ("", "", _) => formatter.write_str("python"),
            (_, _, WantedVersion::Series(..)) if self.build.has_suffix() => {
                write!(formatter, "{word}{version}{}", self.build.suffix())
            }
            _ => write!(formatter, "{word}{version}{}", self.build),
        }
    }
}
