//! The files that rc files of virtualenvwrapper's users source, as `venvwrap init` prints them.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::Shell;

/// What `venvwrap init` prints.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Printed {
    Functions(Shell),
    /// virtualenvwrapper.sh
    Whole,
    /// virtualenvwrapper_lazy.sh
    Lazy,
}

impl Printed {
    /// The text of a file that does not depend on the shell.
    pub(crate) fn file(self) -> Result<&'static [u8], Shell> {
        match self {
            Self::Functions(shell) => Err(shell),
            Self::Whole => Ok(include_bytes!("../../shell/virtualenvwrapper.sh")),
            Self::Lazy => Ok(include_bytes!("../../shell/virtualenvwrapper_lazy.sh")),
        }
    }
}

/// Whether a file like these is from a version of venvwrap.
pub(crate) fn is_ours(text: &[u8]) -> bool {
    memchr::memmem::find(text, b"__venvwrap_").is_some()
}

impl ValueEnum for Printed {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Functions(Shell::Bash),
            Self::Functions(Shell::Zsh),
            Self::Functions(Shell::Fish),
            Self::Functions(Shell::Nu),
            Self::Whole,
            Self::Lazy,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Functions(shell) => shell.to_possible_value(),
            Self::Whole => Some(PossibleValue::new("virtualenvwrapper.sh").hide(true)),
            Self::Lazy => Some(PossibleValue::new("virtualenvwrapper_lazy.sh").hide(true)),
        }
    }
}
