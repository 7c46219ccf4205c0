//! venvwrap: named Python virtual environments, switched with one word.
//!
//! This is the index of the house. A module imports only from those above it here (tests/suite/layering.rs holds the
//! table); only `shell` writes shell code, only `context` looks at the outside.

mod activation; //   what a shell must do, as data
mod cli;
mod commands; //     the verbs
mod config; //       settings
mod context; //      the one window to the outside
mod creator; //      the environment itself
mod directories; //  where things live
mod env_vars; //     the variables, by name
mod environment; //  one environment on disk
mod error; //        what can go wrong, and the hint
mod fs; //           careful steps on disk
mod installer; //    packages, by pip or uv
mod interpreter; //  pythons: asked for, found, probed
mod output; //       what a person reads
mod project; //      the directory an environment belongs to
mod seed; //         pip in a new environment
mod shell; //        the same, as code
mod shown; //        a value in a message
mod workon_home; //  the store of them //          the command line

fn main() -> std::process::ExitCode {
    cli::run(&context::Context::from_process())
}
