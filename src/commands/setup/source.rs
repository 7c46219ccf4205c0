//! Where new shells get the functions from: a file that was installed with this binary, or the
//! binary.

use std::path::{Path, PathBuf};

use super::startup_file::LIMIT;
use crate::commands::Session;
use crate::error::Result;
use crate::fs::read_small;
use crate::shell::Shell;
use crate::shell::init::{Script, Switching};
use crate::shell::startup::FunctionsSource;

/// Where new shells get the functions: from the file installed with this binary, else from the
/// binary. The file switches by directory only where the settings say so.
pub(super) fn source(session: &Session<'_>, shell: Shell, is_automatic: bool) -> Result<FunctionsSource> {
    let binary = session.context.executable()?;
    // Nushell gets the commands themselves.
    if let Some(share) = share_of(&binary).filter(|_| !is_automatic && shell != Shell::Nu) {
        let file = share.join(format!("venvwrap/init.{shell}"));
        if is_of_this_binary(session, shell, &file) {
            return Ok(FunctionsSource::File(file));
        }
    }
    Ok(FunctionsSource::Binary(binary))
}

/// The directory share/ of the prefix that the binary is installed in.
fn share_of(binary: &Path) -> Option<PathBuf> {
    Some(binary.parent()?.parent()?.join("share"))
}

/// Whether a file with the functions was installed with this binary.
pub(super) fn is_of_this_binary(session: &Session<'_>, shell: Shell, file: &Path) -> bool {
    let Ok(executable) = session.context.executable() else { return false };
    let share = share_of(&executable);
    let text = read_small(file, LIMIT).ok().flatten().unwrap_or_default();
    let script = Script { executable: &executable, switching: Switching::BySettings, share: share.as_deref() };
    script.is_in(shell, &text)
}
