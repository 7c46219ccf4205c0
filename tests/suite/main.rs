//! The test suite: one binary, so that it links once. This is its index; the support comes first.
//!
//! Tests of a single function stand beside it in src. What is here runs the built program, mostly
//! in real shells, in a directory with a hostile name (support/sandbox.rs).
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and it is a program of its own"
)]

mod support; // sandboxes, shells, stories, terminals, and Pythons for the tests

mod activation; // activating, switching, and deactivating restore everything, in every shell and mode
mod automatic; //      switching by directory, at a terminal in every shell
mod beside; //         another maker's activate sourced while one of ours is active
mod completing; //     Tab for every command
mod contract; //       what virtualenvwrapper promised, row by row, in every shell
mod creation; // new environments with every real Python, compared with those of other tools
mod freeze; //         what is installed, back in the file of the project
mod documented; //   the tests that the documents name are there, and the reference is complete
mod elsewhere; // environments of other tools: found, activated, never changed
mod figures; //        what `make bench` makes of its samples, and when it refuses to publish them
mod frameworks; //     oh-my-zsh, prezto and bash-it: their calls, in their order
mod going_back; //     `workon -`, the beginning of a name, what Tab shows beside one
mod hints; //       each command that a message offers, pasted where it is printed
mod here; //           which environment belongs to the project one is in
mod in_use; //         an environment that other processes use, taken away
mod dependencies; //   what a project needs, put into its environment
mod dot_venv; //       the link .venv of a project, with the real uv
mod doctor; //         what is wrong is found, said and mended; what is whole is left in peace
mod init_script; // the output of `venvwrap init`: linted, silent, loaded twice, no process
mod inside; //         prompt, appended lines and directories while an environment is active
mod installers; //     pip, uv, lock files, groups, projects, what every environment gets
mod interactive; // completion, prompt, and Ctrl-C at a real terminal
mod json; //           each --json document against docs/json.md
mod keepsake; //       what other tools empty is restored; the link and git
mod layering; //       who may import whom in src, and who may do what
mod meddling; //       what others change between entering and leaving, and before loading
mod names; // the user's own variables, aliases, functions, and options
mod nu; //             Nushell, which has its own way of every promise
mod network; //        the two tests that need a package index
mod packaging; //      what is published: the install script, and a release before it is made
mod pasted; //       every command line of the documents, run
mod pipenv; //         one environment of a project for the real pipenv and for us
mod recipes; //        environments as a file, and built from it
mod pointers; //       a `.venv` that is a file, and `.python-envs`
mod protocol; // functions and binary: streams, descriptors, a missing, killed, or different binary
mod promises; //       the promises, for every verb: a table, and what walks it
mod projects; // moved projects, several environments of one
mod quoting; // any bytes, through every shell
mod requests; // which Python is used: compared with uv, requested by projects, missing
mod robustness; //     killed, interrupted, many at once, damaged
mod shims; //          virtualenvwrapper.sh and its lazy loader, for rc files and frameworks
mod running_in; // programs in an environment that is not active: run, env in every format, which
mod standalone; //     the activate scripts that an environment carries, without venvwrap
mod states; // random states of a shell, random walks through environments
mod takeover; //       a home of the real virtualenvwrapper: used in every shell, and by it again
mod templates; //      what mkproject fills a project from, with the real copier, cookiecutter and pythons
mod trusted; //       what is run of files that are not the person's own, and read of files that can be anything
mod whole_life; //     every Python from the request to the removal
mod verbs; //          each verb by what it says and what is on disk afterwards
mod worktrees; //      worktrees of a git repository, which share environments or have their own
