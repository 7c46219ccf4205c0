//! Suggests how to get a missing interpreter: with uv, with pyenv, or as a package of the system.
//!
//! Owns these hints, and `--download`, which lets uv install one. All of this follows a search that
//! found nothing, so starting programs is worth the time.

use std::ffi::OsStr;
use std::path::Path;

use super::offered::offered;
use super::pyenv::Pyenv;
use super::request::{Description, Request};
use crate::asked::{Patience, ask};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::shown::typed;
use crate::uv;
use crate::verb::verb;

/// Hints after a failed search: which Pythons there are, and how to install the requested one.
pub(crate) fn ways(context: &Context, request: Option<&OsStr>, may_download: bool) -> Vec<String> {
    let mut ways = Vec::new();
    if let Some(there) = listed(&offered(context)) {
        ways.push(format!("installed: {there}"));
    }
    let Some(wanted) = description(context, request) else { return ways };
    let uv = uv::find(context).ok();
    if may_download && uv.is_none() {
        ways.push("`--download` needs uv, and no uv on PATH works; `pipx install uv` installs it".to_owned());
    }
    let asked = wanted.to_string();
    let by_uv = uv.is_some_and(|uv| uv_has(context, &uv.path, &asked));
    let by_pyenv = Pyenv::of(context).is_some_and(|pyenv| pyenv.is_installed());
    match (by_uv, wanted.for_pyenv().filter(|_| by_pyenv)) {
        (true, _) => {
            let (asked, create) = (typed(&asked), verb("mkvirtualenv"));
            ways.push(format!(
                "`uv python install {asked}` installs it; so does `{create} --download -p {asked} NAME`"
            ));
        }
        (false, Some(version)) => ways.push(format!("`pyenv install {version}` installs it")),
        (false, None) if !may_download => ways.push(match wanted.for_system() {
            Some(package) => format!("your system may have it as the package `{package}`; uv and pyenv install others"),
            None => "uv and pyenv install other Pythons".to_owned(),
        }),
        (false, None) => {}
    }
    ways
}

/// Lets uv install the requested interpreter; uv writes to the user's terminal. Without uv this
/// does nothing: the search that follows fails as before, with a hint about uv.
pub(crate) fn download(context: &Context, request: Option<&OsStr>) -> Result<()> {
    let (Some(wanted), Some(uv)) = (description(context, request), uv::find(context).ok()) else { return Ok(()) };
    let mut command = context.command(&uv.path);
    command.args(["python", "install", "--"]).arg(wanted.to_string());
    let status = Context::run_in_foreground(&mut command).map_err(Error::io("run", uv.path))?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Child {
        what: "uv python install".to_owned(),
        status: status.code().unwrap_or(1),
        hint: "its message is above; nothing was created".to_owned(),
    })
}

/// The request as a description. Paths and commands cannot be installed.
fn description(context: &Context, request: Option<&OsStr>) -> Option<Description> {
    match Request::parse(request, context).ok()? {
        Request::Default => Some(Description::any_3()),
        Request::Described(wanted) => Some(wanted),
        Request::Path(_) | Request::Command(_) => None,
    }
}

/// Whether uv can download such an interpreter. uv has the list built in.
fn uv_has(context: &Context, uv: &Path, asked: &str) -> bool {
    let words = ["python", "list", "--only-downloads", "--offline", "--no-config", "--", asked];
    let asked = ask(context, uv, Patience::USUAL, |command| {
        command.args(words);
    });
    asked.is_ok_and(|output| output.status.success() && !output.stdout.trim_ascii().is_empty())
}

/// `2.7, 3.12 and pypy3.9`.
fn listed(versions: &[String]) -> Option<String> {
    let (last, others) = versions.split_last()?;
    Some(if others.is_empty() { last.clone() } else { format!("{} and {last}", others.join(", ")) })
}
