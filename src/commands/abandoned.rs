//! Removes temporary environments of killed shells, before a command changes the store.
//!
//! Owns the reports; `tmpenv` knows which environments are abandoned.

use super::Session;
use crate::output;
use crate::shown::{operands, shown};
use crate::tmpenv;
use crate::workon_home::WorkonHome;

/// Moves them to the trash. Those that cannot be moved are left for `doctor` to report.
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
