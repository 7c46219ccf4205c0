//! venvwrap: named Python virtual environments, switched with one word.
//!
//! This is the index of the house, from the lowest floor to the highest. A module imports only
//! modules above it in this list (tests/suite/layering.rs checks that). Only `shell` writes shell
//! code, only `quoting` knows how a language writes a value, and only `context` looks at the
//! outside.

// Facts: no disk, no process, no environment variable.
mod env_vars; //     names of environment variables
mod sorting; //      lists in order
mod quoting; //      values as each language writes them
mod shown; //        a value in a message
mod one_line; //     a value in a file that is read line by line
mod versions; //     version numbers and conditions on them
mod isolation; //    options that keep a Python apart from its surroundings
mod activation; //   what a shell must do, as data
mod variables; //    what programs in an environment are given, as data
mod verb; //         how a hint spells a verb
mod error; //        what can go wrong, and the hint

// Outside: files, streams, other programs.
mod fs; //           careful steps on disk
mod formats; //      file formats of the Python world
mod programs; //     finding a program on PATH
mod context; //      process state: arguments, variables, current directory
#[cfg(test)]
mod fuzzed; //       odd input for the tests of parsers
#[cfg(test)]
mod stand_in; //     programs that tests run in the place of others
mod output; //       stdout, stderr, tables, questions
mod asked; //        a question to another program
mod directories; //  where things live
mod processes; //    which processes use an environment
mod belief; //       whose files are believed
mod config; //       settings
mod uv; //           the uv that runs
#[cfg(all(panic = "abort", target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod unlinked; //     what a release does without
mod shell; //        plans and variables as code of a shell
mod rc_files; //     what shells read when they start

// Store: environments and what belongs to them.
mod environment; //  one environment on disk
mod workon_home; //  WORKON_HOME, the trash, builds in progress
mod hooks; //        the user's own scripts
mod trust; //        which hooks of a project may be sourced
mod project; //      the directory an environment belongs to
mod templates; //    what new projects are filled from
mod tmpenv; //       temporary environments and their shells
mod customization; // what users set up in an environment
mod keepsake; //     its copies, kept beside the environment
mod recipe; //       what an environment is made of
mod search; //       what an environment holds
mod size; //         what an environment takes on disk

// Work: creating, installing, moving, repairing.
mod interpreter; //  Pythons: requested, found, examined
mod elsewhere; //    environments that other tools keep
mod seed; //         pip in a new environment
mod creator; //      a new environment
mod installer; //    packages, by pip or uv
mod relocate; //     files that name the place of their environment
mod kernels; //      the kernels that Jupyter starts
mod health; //       problems and their repair

// Words: from the command line to an outcome.
mod commands; //     the verbs
mod cli; //          the command line

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    cli::run(&context::Context::from_process())
}
