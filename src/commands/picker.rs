//! Choosing an environment from a list at a terminal: with fzf if that is installed, else built in.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;
use std::process::{Child, Stdio};

use super::{Session, lsvirtualenv};
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::output;
use crate::project;
use crate::quoting::Language;
use crate::shown::shown;
use crate::sorting;
use crate::workon_home::WorkonHome;

/// The environment that the user chooses, those used often and lately first. `None`: none was
/// chosen.
pub(super) fn pick(session: &Session<'_>, home: &WorkonHome) -> Result<Option<OsString>> {
    let mut names = home.names()?;
    // A list has a line for each.
    names.retain(|name| !name.as_bytes().contains(&b'\n'));
    sorting::sort_by_key(&mut names, |name| std::cmp::Reverse(home.rank(name)));
    if names.is_empty() {
        lsvirtualenv::say_if_none(true);
        return Ok(None);
    }
    let width = names.iter().map(|name| output::display_width(&shown(name).to_string())).max().unwrap_or_default();
    let lines: Vec<String> = names.iter().map(|name| line(session, home, name, width)).collect();
    // An fzf that cannot be started is as good as none.
    if let Some(fzf) = session.context.program("fzf")
        && let Ok(child) = started(session, &fzf)
    {
        return chosen_with(child, &names, &lines).map_err(Error::io("run", fzf));
    }
    Ok(output::chosen("Environment", &lines)?.map(|at| names.swap_remove(at)))
}

/// A name, its Python, and its project.
fn line(session: &Session<'_>, home: &WorkonHome, name: &OsStr, width: usize) -> String {
    let root = home.path().join(name);
    let version = Environment::open(&root).ok().flatten().and_then(|environment| environment.version());
    let version = shown(&version.unwrap_or_default()).to_string();
    let project = project::linked_at(&root, session.context).ok().flatten();
    let project = project.map(|project| session.shown(&project)).unwrap_or_default();
    let name = shown(name).to_string();
    let gap = " ".repeat(width - output::display_width(&name));
    format!("{name}{gap}  {version:8}  {project}").trim_end().to_owned()
}

/// Starts fzf. It gets the number and the name before each line, and shows the rest. `/` separates
/// them: no name has one.
fn started(session: &Session<'_>, fzf: &Path) -> Result<Child> {
    let executable = Language::Sh.literal(session.context.executable()?.as_os_str().as_bytes());
    // fzf quotes what it puts in the place of {s2}, and keeps its spaces.
    let preview = [&executable, &b" showvirtualenv -- {s2}"[..]].concat();
    let mut command = session.context.command(fzf);
    command.args(["--prompt=workon ", "--height=40%", "--reverse", "--no-multi", "--delimiter=/", "--with-nth=3.."]);
    command.arg("--preview").arg(OsString::from_vec(preview)).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().map_err(Error::io("run", fzf))
}

/// The name that is chosen in fzf; `None` if it ends without a choice.
fn chosen_with(mut fzf: Child, names: &[OsString], lines: &[String]) -> io::Result<Option<OsString>> {
    if let Some(mut stdin) = fzf.stdin.take() {
        for (number, (name, line)) in names.iter().zip(lines).enumerate() {
            let line = [format!("{number}/").as_bytes(), name.as_bytes(), b"/", line.as_bytes(), b"\n"].concat();
            // Ends early once a line was chosen.
            if stdin.write_all(&line).is_err() {
                break;
            }
        }
    }
    let mut answer = Vec::new();
    if let Some(stdout) = fzf.stdout.take() {
        stdout.take(64 * 1024).read_to_end(&mut answer)?;
    }
    fzf.wait()?;
    let number = answer.split(|byte| *byte == b'/').next().and_then(|word| std::str::from_utf8(word).ok());
    Ok(number.and_then(|number| names.get(number.parse::<usize>().ok()?)).cloned())
}
