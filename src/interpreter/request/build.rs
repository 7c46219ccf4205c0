//! Builds of an interpreter: free-threaded or with the lock, with assertions or without.
//!
//! Owns their words, and which build fits where none is asked for.

use std::fmt::{self, Display};

use super::super::facts::Interpreter;
use super::super::label::Label;
use crate::versions::Series;

/// The build that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WantedBuild {
    /// What is usual; or, as far as these say, another one.
    Stated { free_threaded: Option<bool>, debug: bool },
    /// Whatever there is: `any`.
    Any,
}

impl Default for WantedBuild {
    fn default() -> Self {
        Self::Stated { free_threaded: None, debug: false }
    }
}

impl WantedBuild {
    /// Whether an interpreter is one. A free-threaded build (PEP 703) is only where it was asked
    /// for: most extension modules are not made for it. From 3.14 on it is a supported one (PEP
    /// 779), and what comes first is taken.
    pub(super) fn fits(self, interpreter: &Interpreter) -> bool {
        let Self::Stated { free_threaded, debug } = self else { return true };
        let has_threads = interpreter.is_free_threaded();
        let threads_fit = match free_threaded {
            Some(wanted) => wanted == has_threads,
            None => !has_threads || interpreter.version.series() >= Series::new(3, 14),
        };
        threads_fit && (!debug || is_debug(interpreter))
    }

    /// Whether one that fits is taken only where there is no other: a debug build that nobody asked
    /// for.
    pub(super) fn is_second_best(self, interpreter: &Interpreter) -> bool {
        matches!(self, Self::Stated { debug: false, .. }) && is_debug(interpreter)
    }

    /// Whether the name of an installation promises one.
    pub(super) fn fits_label(self, label: &Label) -> bool {
        match self {
            Self::Any => true,
            Self::Stated { free_threaded, .. } => label.is_free_threaded() == (free_threaded == Some(true)),
        }
    }

    /// What the build of an interpreter is, for a message behind its version.
    pub(super) fn told(interpreter: &Interpreter) -> &'static str {
        match (interpreter.is_free_threaded(), is_debug(interpreter)) {
            (true, true) => ", free-threaded, for debugging",
            (true, false) => ", free-threaded",
            (false, true) => ", for debugging",
            (false, false) => "",
        }
    }

    /// What stands behind a version: `t`, `d`, `td`, or `+freethreaded`, `+gil`, `+debug`.
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

    /// Whether the suffix says it all.
    pub(super) fn has_suffix(self) -> bool {
        !self.suffix().is_empty() && self != Self::Stated { free_threaded: Some(false), debug: true }
    }

    /// What its commands have behind the version.
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
