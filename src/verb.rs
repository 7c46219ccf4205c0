//! How a command that a message proposes is spelled: `workon` where the shell functions are loaded,
//! else `venvwrap workon`, and the sign between two commands.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::shown::is_for_nushell;

static IS_FUNCTION: AtomicBool = AtomicBool::new(false);

/// Makes hints spell verbs as functions, because a function called us.
pub(crate) fn spell_as_functions() {
    IS_FUNCTION.store(true, Ordering::Relaxed);
}

/// The sign between two commands of which the second runs only if the first succeeds. Nushell ends
/// a line at the first failure, and refuses `&&`.
pub(crate) fn and() -> &'static str {
    if is_for_nushell() { ";" } else { " &&" }
}

/// Whether the calling shell has the functions.
pub(crate) fn is_function() -> bool {
    IS_FUNCTION.load(Ordering::Relaxed)
}

/// A verb as the calling shell knows it.
pub(crate) fn verb(name: &str) -> String {
    if is_function() { name.to_owned() } else { format!("venvwrap {name}") }
}
