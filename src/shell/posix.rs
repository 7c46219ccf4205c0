//! bash and zsh: how a value is quoted and a step written.

use super::{Shell, write_common};
use crate::activation::Step;

/// `'…'`, each `'` in it as `'\''`.
pub(super) fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut word = Vec::with_capacity(bytes.len() + 2);
    word.push(b'\'');
    for byte in bytes {
        match byte {
            b'\'' => word.extend_from_slice(b"'\\''"),
            other => word.push(*other),
        }
    }
    word.push(b'\'');
    word
}

/// Appends the code of one step.
pub(super) fn write(step: &Step, code: &mut Vec<u8>) {
    // The calls are the same in both; the name only decides the quoting.
    write_common(Shell::Bash, step, code);
}
