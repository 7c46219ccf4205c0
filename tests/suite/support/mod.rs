//! Shared support for the tests.

pub(crate) mod answer; //   the output of a child
pub(crate) mod conda; //    a conda environment written by hand
pub(crate) mod disk; //     the content of a directory
pub(crate) mod hooks; //   hooks that tell when they run
pub(crate) mod jupyter; //  ipykernel in an environment, and the user's kernels
pub(crate) mod nu; //       Nushell, started clean
pub(crate) mod programs; // programs that a test writes
pub(crate) mod pty; //      an interactive shell at a terminal
pub(crate) mod pythons; //  real interpreters, found once
pub(crate) mod sandbox; //  a hostile directory, and the program run in it
pub(crate) mod screen; //   the visible text of a terminal
pub(crate) mod shells; //   the real shells, started clean
pub(crate) mod small_disk; // a disk that can be full
pub(crate) mod story; //    a script of steps, run in each shell
pub(crate) mod tally; //    counts of tried cases
pub(crate) mod told; //     the results of a story
pub(crate) mod wheel; //    a package to install
