//! What the tests stand on.

pub(crate) mod answer; //   what a child said
pub(crate) mod conda; //    a conda environment, laid out by hand
pub(crate) mod disk; //     what lies on it
pub(crate) mod pty; //      an interactive shell at a terminal
pub(crate) mod pythons; //  real interpreters, found once
pub(crate) mod sandbox; //  a hostile directory, and the program run in it
pub(crate) mod screen; //   what a person sees of a terminal
pub(crate) mod shells; //   the real shells, started clean
pub(crate) mod small_disk; // a disk that can be full
pub(crate) mod story; //    one story, played in each shell
pub(crate) mod tally; //    how much was tried
pub(crate) mod told; //     what a story has told
pub(crate) mod wheel; //    a package to install
