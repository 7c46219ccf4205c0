//! The files with shell code in an environment: activation scripts, and hooks of `mktmpenv`.
//!
//! The activation scripts are shell/standalone/*, with the path and the prompt filled in, and work
//! without venvwrap. Each has the bare words `__VIRTUAL_ENV__` and `__VIRTUAL_ENV_PROMPT__` once; a
//! literal of the script's language replaces them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::quoting::Language;

const SCRIPTS: &[(&str, &str, Language)] = &[
    ("activate", include_str!("../../shell/standalone/activate"), Language::Sh),
    ("activate.fish", include_str!("../../shell/standalone/activate.fish"), Language::Fish),
    ("activate.csh", include_str!("../../shell/standalone/activate.csh"), Language::Csh),
    ("activate.nu", include_str!("../../shell/standalone/activate.nu"), Language::Nu),
    ("Activate.ps1", include_str!("../../shell/standalone/Activate.ps1"), Language::PowerShell),
    ("activate_this.py", include_str!("../../shell/standalone/activate_this.py"), Language::Python),
];

/// The hooks that remove a temporary environment: the name in `bin`, and the content.
pub(crate) const TMPENV_HOOKS: [(&str, &str); 2] = [
    ("postdeactivate", include_str!("../../shell/tmpenv.bash")),
    ("postdeactivate.fish", include_str!("../../shell/tmpenv.fish")),
];

/// The scripts for an environment: the name in `bin`, and the content.
pub(crate) fn scripts(root: &Path, prompt: &OsStr) -> Vec<(&'static str, Vec<u8>)> {
    let fill = |(name, text, language): &(&'static str, &str, Language)| {
        (*name, filled(text, &language.literal(root.as_os_str().as_bytes()), &language.literal(prompt.as_bytes())))
    };
    SCRIPTS.iter().map(fill).collect()
}

/// Replaces both words in one pass: a path that contains the second word must not be filled again.
fn filled(text: &str, root: &[u8], prompt: &[u8]) -> Vec<u8> {
    let mut script = Vec::with_capacity(text.len() + root.len() + prompt.len());
    let mut rest = text;
    while let Some(at) = rest.find("__VIRTUAL_ENV") {
        script.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at..];
        let (word, value) = if rest.starts_with("__VIRTUAL_ENV__") {
            ("__VIRTUAL_ENV__", root)
        } else {
            ("__VIRTUAL_ENV_PROMPT__", prompt)
        };
        script.extend_from_slice(value);
        rest = rest.strip_prefix(word).unwrap_or_default();
    }
    script.extend_from_slice(rest.as_bytes());
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_has_each_word_once() {
        for (name, text, _) in SCRIPTS {
            assert_eq!(text.matches("__VIRTUAL_ENV__").count(), 1, "{name}");
            assert_eq!(text.matches("__VIRTUAL_ENV_PROMPT__").count(), 1, "{name}");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_word_is_not_filled_again() {
        let made = filled("A=__VIRTUAL_ENV__ B=__VIRTUAL_ENV_PROMPT__.", b"'/__VIRTUAL_ENV_PROMPT__'", b"'x'");
        assert_eq!(String::from_utf8(made).unwrap(), "A='/__VIRTUAL_ENV_PROMPT__' B='x'.");
    }
}
