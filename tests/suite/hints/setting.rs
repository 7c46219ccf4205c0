//! Hints about the variables of one environment.

use super::play::After::{Gone, Line, Shown};
use super::play::situation;
use super::prepared::{environment, other};
use super::{Row, pasted};
use crate::support::sandbox::Sandbox;

pub(super) const ROWS: &[Row] = &[
    pasted(
        "`venvwrap unset {}` removes a variable",
        situation(environment, "venvwrap set {name} KEY", &[Line("venvwrap set {name}")])
            .after_line("venvwrap set {name} KEY=1"),
    ),
    pasted(
        "No variables yet. Set one with `venvwrap set {name} KEY=VALUE`.",
        situation(environment, "venvwrap set {name}", &[Gone]),
    ),
    pasted(
        "`venvwrap set {}` lists them; see `venvwrap unset --help`",
        situation(environment, "venvwrap unset {name}", &[Shown, Shown]),
    ),
    pasted("`venvwrap set {}` lists what it sets", situation(environment, "venvwrap unset {name} KEY", &[Shown])),
    pasted(
        "This shell changes with `{again}`",
        situation(environment, "venvwrap set {name} KEY=1", &[Line("test \"$KEY\" = 1")])
            .after_line("workon {name}")
            .loaded(),
    ),
    pasted(
        "`venvwrap uv on NAME` sets it, in the project only",
        situation(linked, "venvwrap set {name} UV_PROJECT_ENVIRONMENT=/x", &[Line("venvwrap uv list | grep -q other")])
            .fill(&[("NAME", "other")]),
    ),
    pasted(
        "`{} DIR` adds a directory to sys.path",
        situation(environment, "venvwrap set {name} PYTHONPATH=/lib", &[Shown])
            .after_line("workon {name}")
            .loaded()
            .fill(&[("DIR", ".")]),
    ),
    pasted(
        "`venvwrap set NAME KEY=VALUE` sets one variable, to any value",
        situation(broken_file, "venvwrap set {name} --from-file {root}/it*s.env", &[Shown]).fill(&[("NAME", "other")]),
    ),
];

fn broken_file(sandbox: &mut Sandbox) {
    environment(sandbox);
    other(sandbox);
    sandbox.write("it's.env", "KEY\n");
}

fn linked(sandbox: &mut Sandbox) {
    environment(sandbox);
    other(sandbox);
    sandbox.run(["setvirtualenvproject", "other", "."]).status(0);
}

#[test]
fn hints_about_variables_can_be_pasted() {
    super::play_all(ROWS);
}
