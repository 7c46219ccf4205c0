//! venvwrap: named Python virtual environments, switched with one word.
//!
//! This is the index of the house. A module imports only from those above it here
//! (tests/suite/layering.rs holds the table). Only `shell` writes shell code, only `quoting` knows
//! how a language writes a value, and only `context` looks at the outside.

mod env_vars; //     the variables, by name
mod quoting; //      values as each language writes them
mod shown; //        a value in a message
mod one_line; //     a value in a file that others read line by line
mod versions; //     version numbers and conditions on them
mod verb; //         how a hint spells a verb
mod error; //        what can go wrong, and the hint
mod fs; //           careful steps on disk
mod formats; //      file formats of the Python world
mod programs; //     finding a program on PATH
mod context; //      the one window to the outside
mod asked; //        a question to another program
mod isolation; //    a Python started apart from where we are
#[cfg(test)]
mod fuzzed; //       odd input for the tests of parsers
mod directories; //  where things live
mod output; //       what a person reads
mod belief; //       whose files are believed
mod uv; //           the uv that runs
mod config; //       settings
mod processes; //    who else uses an environment
mod environment; //  one environment on disk
mod workon_home; //  the store of them
mod hooks; //        the person's own scripts
mod templates; //    what projects are filled from
mod trust; //        which of a project's hooks may be sourced
mod project; //      the directory an environment belongs to
mod tmpenv; //       temporary environments and their shells
mod customization; // what you set up in an environment
mod keepsake; //     saved copies of that
mod interpreter; //  pythons: asked for, found, probed
mod elsewhere; //    environments that other tools keep
mod recipe; //       what an environment is made of
mod search; //       what an environment holds
mod seed; //         pip in a new environment
mod creator; //      the environment itself
mod installer; //    packages, by pip or uv
mod relocate; //     what a changed place changes
mod health; //       what is wrong, and mending it
mod activation; //   what a shell must do, as data
mod variables; //    what a program in an environment is given, as data
mod shell; //        both, as code
mod commands; //     the verbs
mod cli; //          the command line

fn main() -> std::process::ExitCode {
    cli::run(&context::Context::from_process())
}
