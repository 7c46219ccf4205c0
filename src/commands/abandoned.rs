//! Removes temporary environments whose shells were killed, before a command changes the store.
//!
//! Owns saying so. Which those are: `tmpenv`.

use super::Session;
use crate::output;
use crate::shown::{operands, shown};
use crate::tmpenv;
use crate::workon_home::WorkonHome;

/// Moves them to the trash. One that cannot be moved is left for `doctor` to report.
pub(super) fn remove(session: &Session<'_>, home: &WorkonHome) {
    for name in tmpenv::abandoned(home) {
        if home.remove(&name, session.active_root()).is_ok() {
            let (shown, typed) = (shown(name.as_os_str()), operands(&[name.as_os_str()]));
            output::note(&format!(
                "Removed temporary environment {shown}: its shell was killed; `venvwrap undo {typed}` brings it back"
            ));
        }
    }
}
