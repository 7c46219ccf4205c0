//! Builds of an interpreter, free-threaded or not, debug or not: their spellings, and which one
//! fits a request.

use std::fmt::{self, Display};

use super::super::facts::Interpreter;
use super::super::label::Label;
use crate::versions::Series;

/// The requested build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WantedBuild {
    /// The usual build, except where a property is given.
    Stated { free_threaded: Option<bool>, debug: bool },
    /// Any build.
    Any,
}

impl Default for WantedBuild {
    fn default() -> Self {
        Self::Stated { free_threaded: None, debug: false }
    }
}

impl WantedBuild {
    /// Whether an interpreter has this build. A free-threaded build (PEP 703) has to be requested
    /// before 3.14, because most extension modules do not support it. From 3.14 on it is officially
    /// supported (PEP 779), so the first interpreter found is taken.
    pub(super) fn fits(self, interpreter: &Interpreter) -> bool {
        let Self::Stated { free_threaded, debug } = self else { return true };
        let has_threads = interpreter.is_free_threaded();
        let threads_fit = match free_threaded {
            Some(wanted) => wanted == has_threads,
            None => !has_threads || interpreter.version.series() >= Series::new(3, 14),
        };
        threads_fit && (!debug || is_debug(interpreter))
    }

    /// Whether a fitting interpreter is only a fallback: a debug build that was not requested.
    pub(super) fn is_second_best(self, interpreter: &Interpreter) -> bool {
        matches!(self, Self::Stated { debug: false, .. }) && is_debug(interpreter)
    }

    /// Whether the name of an installation tells this build.
    pub(super) fn fits_label(self, label: &Label) -> bool {
        match self {
            Self::Any => true,
            Self::Stated { free_threaded, .. } => label.is_free_threaded() == (free_threaded == Some(true)),
        }
    }

    /// The build of an interpreter, to follow its version in a message.
    pub(super) fn told(interpreter: &Interpreter) -> &'static str {
        match (interpreter.is_free_threaded(), is_debug(interpreter)) {
            (true, true) => ", free-threaded, for debugging",
            (true, false) => ", free-threaded",
            (false, true) => ", for debugging",
            (false, false) => "",
        }
    }

    /// Parses what follows a version: `t`, `d`, `td`, or `+freethreaded`, `+gil`, `+debug`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (mut free_threaded, mut debug) = match text {
            "t" | "td" => (Some(true), text == "td"),
            "d" => (None, true),
            _ => (None, false),
        };
        let words = if free_threaded.is_some() || debug { "" } else { text };
        if words.is_empty() {
            return Some(Self::Stated { free_threaded, debug });
        }
        for word in words.strip_prefix('+')?.split('+') {
            match word {
                "freethreaded" if free_threaded.is_none() => free_threaded = Some(true),
                "gil" if free_threaded.is_none() => free_threaded = Some(false),
                "debug" if !debug => debug = true,
                _ => return None,
            }
        }
        Some(Self::Stated { free_threaded, debug })
    }

    /// Whether the suffix expresses the whole build.
    pub(super) fn has_suffix(self) -> bool {
        !self.suffix().is_empty() && self != Self::Stated { free_threaded: Some(false), debug: true }
    }

    /// The ending of its commands after the version.
    pub(super) fn suffix(self) -> &'static str {
        match self {
            Self::Stated { free_threaded: Some(true), debug: true } => "td",
            Self::Stated { free_threaded: Some(true), debug: false } => "t",
            Self::Stated { debug: true, .. } => "d",
            _ => "",
        }
    }
}

impl Display for WantedBuild {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Stated { free_threaded, debug } = self else { return Ok(()) };
        formatter.write_str(match free_threaded {
            Some(true) => "+freethreaded",
            Some(false) => "+gil",
            None => "",
        })?;
        formatter.write_str(if *debug { "+debug" } else { "" })
    }
}

fn is_debug(interpreter: &Interpreter) -> bool {
    interpreter.abiflags.contains('d')
}
