//! Hooks that tell when they run.

use super::sandbox::Sandbox;

/// Writes global hooks that print their name and what they are given.
pub(crate) fn telling_hooks(sandbox: &Sandbox, run: &[&str], sourced: &[&str]) {
    for name in run {
        sandbox.program(format!("envs/{name}"), format!("#!/bin/sh\nprintf '%s\\n' \"{name}: $*\"\n"));
    }
    for name in sourced {
        sandbox.write(format!("envs/{name}"), format!("echo {name}\n"));
    }
}
