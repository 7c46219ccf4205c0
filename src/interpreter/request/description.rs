//! An interpreter by its properties: `3.12`, `>=3.11,<3.14`, `pypy3.10`, `3.13t`,
//! `cpython-3.12.3-linux-x86_64-gnu`.
//!
//! Owns that grammar, and whether an interpreter, a directory's name or a command can be what is
//! asked for. The grammar is uv's (docs/concepts/python-versions.md), which takes in virtualenv's.

use std::fmt::{self, Display};

use super::super::facts::Interpreter;
use super::super::label::Label;
use super::build::WantedBuild;
use super::platform::Platform;
use crate::versions::{Release, Specifiers, Stage, Version, leading_numbers};

/// Properties of an interpreter; what is not given is left open, except for the build (see
/// [`WantedBuild::fits`]).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Description {
    implementation: Option<&'static Implementation>,
    version: Wanted,
    build: WantedBuild,
    platform: Platform,
}

/// An implementation of Python that can be asked for by name.
#[derive(Debug, PartialEq, Eq)]
struct Implementation {
    /// As [`Interpreter::implementation`] has it.
    name: &'static str,
    /// As a request has it, in lower case.
    word: &'static str,
    /// The word of wheels (PEP 425), which will do as well.
    short: &'static str,
    /// What its commands start with.
    command: &'static str,
}

static IMPLEMENTATIONS: [Implementation; 3] = [
    Implementation { name: "CPython", word: "cpython", short: "cp", command: "python" },
    Implementation { name: "PyPy", word: "pypy", short: "pp", command: "pypy" },
    Implementation { name: "GraalPy", word: "graalpy", short: "gp", command: "graalpy" },
];

const PYPY: &str = "PyPy";

/// The version that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// Everything whose version begins with these, none to three, numbers; or this one pre-release.
    Series(Vec<u32>, Stage),
    /// What meets conditions.
    Range(Specifiers),
}

impl Default for Wanted {
    fn default() -> Self {
        Self::Series(Vec::new(), Stage::Final)
    }
}

/// What a word turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Description(Description),
    /// Meant as a description, but wrong.
    Nonsense,
    /// No description: perhaps a command.
    Other,
}

/// The newest minor version that is looked for by name where only a range is given. No directory is
/// read for that: a look at each name costs less than listing `/usr/bin`.
const NEWEST_MINOR: u32 = 40;

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
            // A bare `pypy` is a wish for any PyPy; a bare `python` is the command of that name.
            None => implementation.map(|_| Self::default()),
            Some(b'@') => Self::versioned(&rest[1..]),
            Some(b'-') if word != "python" && word != "v" => {
                Self::versioned(&rest[1..]).or_else(|| Self::key(&rest[1..]))
            }
            Some(_) => Self::versioned(rest).or_else(|| Self::key(rest).filter(|_| word.is_empty())),
        };
        match described.map(|described| Self { implementation, ..described }) {
            // `any-any` says nothing.
            Some(described) if described != Self::default() => Parsed::Description(described),
            _ if is_meant => Parsed::Nonsense,
            _ => Parsed::Other,
        }
    }

    /// Any Python 3.
    pub(in crate::interpreter) fn any_3() -> Self {
        Self { version: Wanted::Series(vec![3], Stage::Final), ..Self::default() }
    }

    /// The name by which pyenv installs it, where one can be told: it takes a series for its newest
    /// release.
    pub(in crate::interpreter) fn for_pyenv(&self) -> Option<String> {
        let stem = match self.implementation.map(|implementation| implementation.name) {
            None | Some("CPython") => "",
            Some(PYPY) => "pypy",
            Some(_) => return None,
        };
        let Wanted::Series(numbers, stage) = &self.version else { return None };
        let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
        let suffix = self.build.suffix();
        let is_known = numbers.len() > 1 && self.platform.is_open() && ["", "t"].contains(&suffix);
        is_known.then(|| format!("{stem}{}{stage}{suffix}", numbers.join(".")))
    }

    /// The name under which a distribution of Linux, or Homebrew nearly, would have it.
    pub(in crate::interpreter) fn for_system(&self) -> Option<String> {
        let Wanted::Series(numbers, Stage::Final) = &self.version else { return None };
        let is_usual =
            self.implementation.is_none_or(|wanted| wanted.name == "CPython") && self.build == WantedBuild::default();
        let &[major, minor, ..] = numbers.as_slice() else { return None };
        (is_usual && self.platform.is_open()).then(|| format!("python{major}.{minor}"))
    }

    /// A version or conditions, and a build.
    fn versioned(text: &str) -> Option<Self> {
        let text = text.trim_start();
        if !text.starts_with(SIGNS) {
            let (numbers, rest) = leading_numbers(text)?;
            let (stage, rest) = Stage::leading(rest)?;
            if stage != Stage::Final && numbers.len() < 2 {
                return None;
            }
            return Some(Self {
                version: Wanted::Series(numbers, stage),
                build: WantedBuild::parse(rest)?,
                ..Self::default()
            });
        }
        // `d` and `t` are no part of conditions, nor is `+`.
        let end = text.find('+').unwrap_or_else(|| text.trim_end_matches(['d', 't']).len());
        let specifiers = Specifiers::parse(&text[..end]).filter(|specifiers| !specifiers.is_empty())?;
        let version = match series_of(&specifiers) {
            Some((numbers, stage)) => Wanted::Series(numbers, stage),
            None => Wanted::Range(specifiers),
        };
        Some(Self { version, build: WantedBuild::parse(&text[end..])?, ..Self::default() })
    }

    /// The parts of a key behind the implementation. The version may be `any`, or not there.
    fn key(text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split('-').collect();
        let (described, platform) = match (Self::versioned(words[0]), words[0]) {
            (Some(described), _) => (described, &words[1..]),
            (None, "any") => (Self::default(), &words[1..]),
            (None, _) => (Self::default(), &words[..]),
        };
        Some(Self { platform: Platform::parse(platform)?, ..described })
    }

    /// The commands that would be such an interpreter, without a look at it. For conditions: what
    /// is at the prompt, then, newest first, what could meet them.
    pub(in crate::interpreter) fn exact_commands(&self) -> Vec<String> {
        let stem = self.command_stem();
        let numbered = |major: u32, minor: u32| {
            let build = self.build.suffix();
            let special = (!build.is_empty()).then(|| format!("{stem}{major}.{minor}{build}"));
            special.into_iter().chain([format!("{stem}{major}.{minor}")])
        };
        match &self.version {
            Wanted::Series(numbers, _) => match *numbers.as_slice() {
                [] if self.build == WantedBuild::Any => {
                    ["python3", "python", "pypy3", "pypy"].map(str::to_owned).to_vec()
                }
                [] => vec![format!("{stem}3"), stem.to_owned()],
                [major] => vec![format!("{stem}{major}")],
                [major, minor, ..] => numbered(major, minor).collect(),
            },
            Wanted::Range(specifiers) => {
                let minors = (0..=NEWEST_MINOR).rev().map(|minor| (3, minor)).chain([(2, 7)]);
                let fitting = minors.filter(|&(major, minor)| specifiers.could_contain(&[major, minor]));
                let numbered = fitting.flat_map(|(major, minor)| numbered(major, minor));
                [format!("{stem}3")].into_iter().chain(numbered).collect()
            }
        }
    }

    /// The commands that could be such an interpreter.
    pub(in crate::interpreter) fn general_commands(&self) -> Vec<String> {
        let stem = self.command_stem();
        match &self.version {
            Wanted::Series(numbers, _) => match *numbers.as_slice() {
                [] => Vec::new(),
                [_] => vec![stem.to_owned()],
                [major, ..] => vec![format!("{stem}{major}"), stem.to_owned()],
            },
            Wanted::Range(_) => vec![stem.to_owned()],
        }
    }

    /// The commands whose absence is worth a word: a range stands for too many.
    pub(in crate::interpreter) fn told_commands(&self) -> Vec<String> {
        match self.version {
            Wanted::Series(..) => self.exact_commands(),
            Wanted::Range(_) => vec![format!("{}3", self.command_stem())],
        }
    }

    fn command_stem(&self) -> &'static str {
        self.implementation.unwrap_or(&IMPLEMENTATIONS[0]).command
    }

    /// What is wrong with an interpreter, as it goes on a line behind its path, or `None` where it
    /// fits.
    pub(in crate::interpreter) fn mismatch(&self, interpreter: &Interpreter) -> Option<String> {
        let Release { major, minor, micro } = interpreter.version;
        let (release, stage) = ([major, minor, micro], interpreter.stage());
        let is_version = match &self.version {
            // A whole version is that of a release.
            Wanted::Series(numbers, Stage::Final) => {
                release.starts_with(numbers) && (numbers.len() < 3 || stage == Stage::Final)
            }
            Wanted::Series(numbers, wanted) => stage == *wanted && release.iter().eq(padded(numbers).iter()),
            Wanted::Range(specifiers) => {
                // A pre-release counts as the release it leads up to unless one is named.
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

    /// Whether an interpreter that fits is taken only where nothing better is found: a pre-release
    /// or a debug build that nobody asked for.
    pub(in crate::interpreter) fn is_second_best(&self, interpreter: &Interpreter) -> bool {
        let asks_for_stage = match &self.version {
            Wanted::Series(_, stage) => *stage != Stage::Final,
            Wanted::Range(specifiers) => specifiers.name_prerelease(),
        };
        let is_early = !asks_for_stage && interpreter.stage() != Stage::Final;
        self.build != WantedBuild::Any && (is_early || self.build.is_second_best(interpreter))
    }

    /// Whether the directory of an installation promises to hold such an interpreter. Starts
    /// nothing.
    pub(in crate::interpreter) fn fits_label(&self, label: &Label) -> bool {
        let version = label.version();
        let is_version = match &self.version {
            Wanted::Series(numbers, _) => version.starts_with(numbers),
            Wanted::Range(specifiers) => specifiers.could_contain(version),
        };
        let is_build = self.build.fits_label(label);
        let is_maker = match self.implementation {
            None => !label.is_pypy() || self.build == WantedBuild::Any,
            Some(wanted) => wanted.name == if label.is_pypy() { PYPY } else { "CPython" },
        };
        is_version && is_build && is_maker
    }

    /// The same where a label may promise less than is asked for: a command `python3.12` can be
    /// 3.12.4.
    pub(in crate::interpreter) fn could_fit_label(&self, label: &Label) -> bool {
        let told = label.version().len();
        match &self.version {
            Wanted::Series(numbers, stage) if numbers.len() > told => {
                let version = Wanted::Series(numbers[..told].to_vec(), *stage);
                Self { version, ..self.clone() }.fits_label(label)
            }
            _ => self.fits_label(label),
        }
    }
}

/// What conditions begin with.
const SIGNS: [char; 6] = ['<', '>', '=', '~', '!', '^'];

fn starts_like_number(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn padded(numbers: &[u32]) -> [u32; 3] {
    [0, 1, 2].map(|at| numbers.get(at).copied().unwrap_or(0))
}

/// The series or release that `==` asks for. `==3.8` means the whole series to people, and to uv,
/// though to PEP 440 it is 3.8.0 alone.
fn series_of(specifiers: &Specifiers) -> Option<(Vec<u32>, Stage)> {
    let version = specifiers.only_version()?;
    let (release, stage) = version.plain()?;
    let numbers: Vec<u32> = release.iter().map(|number| u32::try_from(*number).ok()).collect::<Option<_>>()?;
    (numbers.len() <= 3).then_some((numbers, stage))
}

/// As it can be typed again, and as uv understands it, too.
impl Display for Description {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.build == WantedBuild::Any {
            return formatter.write_str("any");
        }
        let version = match &self.version {
            Wanted::Series(numbers, stage) => {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                format!("{}{stage}", numbers.join("."))
            }
            Wanted::Range(specifiers) => specifiers.to_string(),
        };
        let word = self.implementation.map_or("", |implementation| implementation.word);
        if !self.platform.is_open() {
            let [word, version] = [word, &version].map(|part| if part.is_empty() { "any" } else { part });
            return write!(formatter, "{word}-{version}{}-{}", self.build, self.platform);
        }
        match (word, version.as_str(), &self.version) {
            ("", "", _) => formatter.write_str("python"),
            (_, _, Wanted::Series(..)) if self.build.has_suffix() => {
                write!(formatter, "{word}{version}{}", self.build.suffix())
            }
            _ => write!(formatter, "{word}{version}{}", self.build),
        }
    }
}
