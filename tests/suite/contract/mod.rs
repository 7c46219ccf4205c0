//! virtualenvwrapper's contract, row by row, played in bash, zsh and fish.
//!
//! What stands in another part of the suite is not tested twice. Where a row is looked at:
//!
//! | what | where |
//! |---|---|
//! | ground rules: functions, variables as they are, cd, aliases, `set -e`, a missing store | `helpers`, `activation`, `protocol`, `init_script`, `verbs::store` |
//! | hooks: which, when, how, where, told what; trust | `hooks`, `sourced` |
//! | projects: mkproject, setvirtualenvproject, cdproject, workon's switching; mktmpenv | `projects`, `temporary`, `verbs::workon` |
//! | variables, and the files that are made | `variables` |
//! | functions that other people's hooks call | `helpers` |
//! | quirks that are not to come back | `quirks`, which says where the others are |
//! | allvirtualenv | `everywhere` |
//! | making, copying, listing, removing; entering and leaving; packages | `verbs`, `activation`, `inside`, `creation`; the units in src/commands |
//! | completion | `interactive` |

mod everywhere; // allvirtualenv
mod helpers; //    ground rules, and functions for hooks
mod hooks; //      fourteen events in their order, and files that cannot be run
mod projects; //   mkproject, setvirtualenvproject, cdproject
mod quirks; //     what is not to come back
mod sourced; //    what a sourced hook may do, and trust in those of a project
mod telling; //    hooks that tell what they see
mod temporary; //  mktmpenv
mod variables; //  variables, and files that are made
