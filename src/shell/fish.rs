//! fish: how a value is quoted and a step written.

use super::{Shell, write_common};
use crate::activation::Step;

/// `'…'`, each `\` in it as `\\` and each `'` as `\'`. The POSIX form is wrong here as soon as
/// there is a backslash.
pub(super) fn quoted(bytes: &[u8]) -> Vec<u8> {
    let mut word = Vec::with_capacity(bytes.len() + 2);
    word.push(b'\'');
    for byte in bytes {
        if matches!(byte, b'\'' | b'\\') {
            word.push(b'\\');
        }
        word.push(*byte);
    }
    word.push(b'\'');
    word
}

/// Appends the code of one step.
pub(super) fn write(step: &Step, code: &mut Vec<u8>) {
    // Lines at the end of `bin/activate` are written for bash and zsh; fish could not read them.
    if !matches!(step, Step::AppendedLines(_)) {
        write_common(Shell::Fish, step, code);
    }
}
