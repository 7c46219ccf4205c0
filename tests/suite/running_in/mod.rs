//! Programs in an environment without entering it: `venvwrap run`, `venvwrap env` and `venvwrap
//! which`, as scripts, cron, CI, make and editors call them.

mod completion; // Tab behind `venvwrap`
mod finding; //    which program is run, and what is said where there is none
mod formats; //    one process environment, however it was handed over
mod readers; //    formats read as their documentation says, where the real program is not at hand
mod running; //    streams, signals, status, and the barest surroundings
mod which; //      where things are
