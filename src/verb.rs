//! How a verb is spelled in a command that a message proposes: `workon` where the shell functions
//! are loaded, else `venvwrap workon`.

use std::sync::atomic::{AtomicBool, Ordering};

static IS_FUNCTION: AtomicBool = AtomicBool::new(false);

/// Makes hints spell verbs as functions, because a function called us.
pub(crate) fn spell_as_functions() {
    IS_FUNCTION.store(true, Ordering::Relaxed);
}

/// Whether the calling shell has the functions.
pub(crate) fn is_function() -> bool {
    IS_FUNCTION.load(Ordering::Relaxed)
}

/// A verb as the calling shell knows it.
pub(crate) fn verb(name: &str) -> String {
    if is_function() { name.to_owned() } else { format!("venvwrap {name}") }
}
