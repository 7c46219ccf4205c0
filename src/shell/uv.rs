//! The shell functions that have uv use an environment in its project. They are part of a plan, so
//! that a shell without such an environment does not load them.

use super::Shell;
use super::init;

const SHARED: &[u8] = include_bytes!("../../shell/uv.sh");

/// The functions, which the step `uv` evaluates.
pub(super) fn code(shell: Shell) -> Vec<u8> {
    init::code(match shell {
        Shell::Bash => &[SHARED, include_bytes!("../../shell/uv.bash")],
        Shell::Zsh => &[SHARED, include_bytes!("../../shell/uv.zsh")],
        Shell::Fish => &[include_bytes!("../../shell/uv.fish")],
        // It evaluates no text: all of it is in its module.
        Shell::Nu => &[],
    })
}
