//! Using an environment without activating it: `venvwrap run`, `venvwrap env`, and `venvwrap
//! which`, as called by scripts, cron, CI, make, and editors.

mod completion; // completion after `venvwrap`
mod finding; //    which program is run, and the messages if there is none
mod formats; //    the same variables in every format
mod readers; //    parsers for formats whose program is not installed
mod running; //    streams, signals, status, and a minimal environment
mod which; //      paths of environments and programs
