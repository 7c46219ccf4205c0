//! `setup`: write the lines that load the functions into each shell's rc file, and remove them.

use std::path::{Path, PathBuf};

use clap::Parser;

use super::{Outcome, Session, Verb};
use crate::error::{Error, Result};
use crate::fs::read_small;
use crate::output;
use crate::rc_files::RcFiles;
use crate::rc_files::block::{self, DamagedBlock, Line, Survey};
use crate::rc_files::former::{self, FormerLine};
use crate::shell::Shell;
use crate::shell::startup::Startup;

mod compat;
mod difference;
mod source;
mod startup_file;

use source::{is_of_this_binary, source};
use startup_file::{LIMIT, StartupFile};

/// Load the commands in every new shell
///
/// Writes a marked block into the rc file of each shell: ~/.bashrc (and the file of a login bash
/// that does not read it), .zshrc in ZDOTDIR or the home directory, conf.d/venvwrap.fish, and
/// autoload/venvwrap.nu. The changes are shown first and written after a question, or with --yes.
/// A file that already loads venvwrap stays as it is. fish needs no block where it reads the file
/// of a package by itself.
#[derive(Debug, Parser)]
#[command(
    name = "setup",
    after_help = "\
Examples:
  venvwrap setup                     set up your shells
  venvwrap setup zsh --dry-run       show what would be written
  venvwrap setup bash fish --yes     write without asking
  venvwrap setup --auto              also switch environments by directory
  venvwrap setup --replace-virtualenvwrapper
                                     also disable lines that load virtualenvwrapper
  venvwrap setup --compat            also write virtualenvwrapper.sh, for rc files
                                     and frameworks that source it
  venvwrap setup --uninstall         remove the block from all rc files"
)]
#[allow(clippy::struct_excessive_bools, reason = "one for each option")]
pub(crate) struct Setup {
    /// Shells to set up [default: your login shell, and those with an rc file]
    #[arg(value_name = "SHELL")]
    shells: Vec<Shell>,
    /// Activate a project's environment when you enter its directory, and
    /// deactivate it when you leave; kept by later runs
    #[arg(long, conflicts_with = "uninstall")]
    auto: bool,
    /// Also disable lines that load virtualenvwrapper; --uninstall enables them again
    #[arg(long)]
    replace_virtualenvwrapper: bool,
    /// Also write virtualenvwrapper.sh and virtualenvwrapper_lazy.sh beside the
    /// binary; --uninstall removes them
    #[arg(long, conflicts_with = "uninstall")]
    compat: bool,
    /// Remove the block
    #[arg(long, conflicts_with = "replace_virtualenvwrapper")]
    uninstall: bool,
    /// Show what would change and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// A file with its changes.
struct Edit {
    file: StartupFile,
    lines: Vec<Line>,
    /// Whether nothing is left of the file.
    is_removal: bool,
    /// What is said when it is done.
    success: String,
    /// The shell that has a block now and had none.
    new_in: Option<Shell>,
    /// The file holds what `venvwrap init` prints for this word, and little else.
    printed: Option<&'static str>,
    is_program: bool,
}

/// All changes, and what else there is to say.
#[derive(Default)]
struct Changes {
    edits: Vec<Edit>,
    remarks: Vec<String>,
}

impl Verb for Setup {
    fn run(self, session: &Session<'_>) -> Result<Outcome> {
        let mut changes = Changes::default();
        for shell in self.shells(session)? {
            if self.uninstall {
                remove(session, shell, &mut changes)?;
            } else {
                self.add(session, shell, &mut changes)?;
            }
        }
        if self.compat {
            compat::add(session, &mut changes)?;
        }
        if self.uninstall && self.shells.is_empty() {
            compat::remove(session, &mut changes);
        }
        let Changes { edits, remarks } = changes;
        output::data(edits.iter().map(Edit::shown).collect::<String>().as_bytes())?;
        for remark in &remarks {
            output::note(remark);
        }
        if edits.is_empty() {
            if self.uninstall && remarks.is_empty() {
                output::note("Nothing to remove: no rc file has a block of `venvwrap setup`");
            }
            return Ok(Outcome::Done);
        }
        if self.dry_run {
            output::note("Nothing was written");
            return Ok(Outcome::Done);
        }
        self.confirm(&edits)?;
        for edit in &edits {
            let text = block::joined(&edit.lines);
            edit.file.write((!edit.is_removal).then_some(&text), edit.is_program)?;
            output::note(&edit.success);
        }
        let set_up: Vec<Shell> = edits.iter().filter_map(|edit| edit.new_in).collect();
        if session.shell.is_none() && set_up.contains(&session.calling_shell()) {
            let line = session.calling_shell().loading_line();
            output::note(&format!("Start a new shell, or load the commands in this one: `{line}`"));
        }
        Ok(Outcome::Done)
    }
}

impl Setup {
    /// The shells named, without repetition, else those that the user has.
    fn shells(&self, session: &Session<'_>) -> Result<Vec<Shell>> {
        let all = Shell::ALL;
        if !self.shells.is_empty() || self.uninstall {
            let named = |shell: &Shell| self.shells.is_empty() || self.shells.contains(shell);
            return Ok(all.into_iter().filter(named).collect());
        }
        let is_there = |file: &Path| file.symlink_metadata().is_ok();
        let has_file = |shell: Shell| {
            let files = RcFiles::of(session.context, shell);
            // Without a home directory, what is said of the login shell is enough.
            files.is_ok_and(|files| is_there(&files.own) || is_there(&files.of_setup))
        };
        let is_used = |shell: &Shell| session.login_shell() == Some(*shell) || has_file(*shell);
        let shells: Vec<Shell> = all.into_iter().filter(is_used).collect();
        if shells.is_empty() {
            return Err(Error::Usage {
                message: "setup: missing SHELL: none has an rc file, and the variable SHELL names none".to_owned(),
                hint: format!("for this shell, run `venvwrap setup {}`", session.calling_shell()),
            });
        }
        Ok(shells)
    }

    fn confirm(&self, edits: &[Edit]) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        let files: Vec<&str> = edits.iter().map(|edit| &*edit.file.shown).collect();
        let files = files.join(", ");
        if !output::can_ask() {
            return Err(Error::Usage {
                message: format!("there is no terminal to ask on whether to change {files}"),
                hint: "`--yes` writes the changes; `--dry-run` only shows them".to_owned(),
            });
        }
        if output::ask(&format!("Change {files}?"))? { Ok(()) } else { Err(Error::Declined) }
    }

    /// Adds or updates the block of a shell.
    fn add(&self, session: &Session<'_>, shell: Shell, changes: &mut Changes) -> Result<()> {
        let files = RcFiles::of(session.context, shell)?;
        let surveys: Vec<(&Path, Survey)> = files.all().map(|file| (file, survey(session, file))).collect();
        let of = |file: &Path| surveys.iter().find(|(other, _)| *other == file).map(|(_, survey)| survey);
        let mut targets: Vec<PathBuf> = vec![files.of_setup.clone()];
        if shell == Shell::Bash {
            match files.of_login_bash() {
                Some(file) if !files.reaches_bashrc(file) => targets.push(file.to_path_buf()),
                // Terminals of macOS start login shells.
                None if cfg!(target_os = "macos") => targets.push(files.others[0].clone()),
                _ => {}
            }
        }
        let mut is_new = false;
        targets.retain(|target| {
            let has_block = of(target).is_some_and(|survey| survey.has_block);
            let places: Vec<&Path> =
                if *target == files.of_setup { files.of_every_shell().collect() } else { vec![target] };
            let by_hand = places.iter().find_map(|place| Some((place, of(place)?.by_hand?))).filter(|_| !has_block);
            if let Some((place, line)) = by_hand {
                let auto = if self.auto { "; add `--auto` there" } else { "" };
                let place = session.shown(place);
                changes.remarks.push(format!("{shell}: line {line} of {place} loads venvwrap{auto}"));
            }
            let of_package = files.of_package.as_deref().filter(|file| {
                *target == files.of_setup && !has_block && !self.auto && is_of_this_binary(session, shell, file)
            });
            if let Some(file) = of_package.filter(|_| by_hand.is_none()) {
                changes.remarks.push(format!("{shell} is already set up by {}", session.shown(file)));
            }
            is_new |= !has_block && by_hand.is_none() && of_package.is_none();
            by_hand.is_none() && of_package.is_none()
        });
        let disables = self.disables(session, &surveys, is_new, changes)?;
        for (path, survey) in &surveys {
            let is_target = targets.iter().any(|target| target == path);
            let has_former = survey.former.iter().any(|(_, kind)| *kind == FormerLine::Whole);
            if !(is_target || disables && has_former) {
                continue;
            }
            let file = StartupFile::open(session, path, shell.loading_line())?;
            let is_automatic = self.auto || survey.is_automatic;
            let startup = Startup {
                source: source(session, shell, is_automatic)?,
                home: session.context.home(),
                is_shared: path.ends_with(".profile"),
                is_automatic,
            };
            let code = is_target.then(|| startup.code(shell));
            let lines = block::with_block(file.text.as_deref(), code.as_deref(), disables)
                .map_err(|damaged| damaged_block(&file, &damaged))?;
            let shown = file.shown.clone();
            if file.text.as_deref() == Some(&*block::joined(&lines)) {
                changes.remarks.push(format!("{shell} is already set up in {shown}"));
                continue;
            }
            let success = match (is_target, survey.has_block) {
                (true, false) => format!("Set up {shell} in {shown}"),
                (true, true) => format!("Updated {shown}"),
                (false, _) => format!("Disabled virtualenvwrapper in {shown}"),
            };
            changes.edits.push(Edit {
                file,
                lines,
                is_removal: false,
                success,
                new_in: (is_target && !survey.has_block).then_some(shell),
                printed: (shell == Shell::Nu).then_some("nu"),
                is_program: false,
            });
        }
        if shell == Shell::Bash && is_new && targets.len() == 1 && files.of_login_bash().is_none() {
            changes.remarks.push(
                "a login bash (ssh, `su -`) does not read ~/.bashrc: `echo '. ~/.bashrc' >>~/.bash_profile` changes that"
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// Whether to disable lines that load virtualenvwrapper. Asks where a block is new.
    fn disables(
        &self,
        session: &Session<'_>,
        surveys: &[(&Path, Survey)],
        is_new: bool,
        changes: &mut Changes,
    ) -> Result<bool> {
        let lines = surveys.iter().flat_map(|(path, survey)| survey.former.iter().map(move |line| (*path, line)));
        let said = |path: &Path, line: usize| format!("line {line} of {}", session.shown(path));
        let mut whole = Vec::new();
        for (path, (line, kind)) in lines {
            match kind {
                FormerLine::Whole => whole.push(said(path, *line)),
                FormerLine::Part => changes.remarks.push(format!(
                    "{} loads virtualenvwrapper, too, and does more; edit it yourself",
                    said(path, *line)
                )),
            }
        }
        if whole.is_empty() || self.replace_virtualenvwrapper {
            return Ok(self.replace_virtualenvwrapper);
        }
        let whole = whole.join(", ");
        if is_new && !self.yes && !self.dry_run && output::can_ask() {
            return output::ask(&format!("Disable {whole}, where virtualenvwrapper is loaded?"));
        }
        changes
            .remarks
            .push(format!("virtualenvwrapper is loaded, too, in {whole}; `--replace-virtualenvwrapper` disables that"));
        Ok(false)
    }
}

/// Removes the block of a shell from all its files.
fn remove(session: &Session<'_>, shell: Shell, changes: &mut Changes) -> Result<()> {
    for path in RcFiles::of(session.context, shell)?.all() {
        let survey = survey(session, path);
        if let Some(line) = survey.by_hand {
            changes.remarks.push(format!(
                "line {line} of {} loads venvwrap and was not written by `venvwrap setup`: it stays",
                session.shown(path)
            ));
        }
        if !survey.has_block && !survey.has_disabled {
            continue;
        }
        let file = StartupFile::open(session, path, shell.loading_line())?;
        let (lines, is_removal) = block::without_block(file.text.as_deref().unwrap_or_default())
            .map_err(|damaged| damaged_block(&file, &damaged))?;
        let success = if is_removal { format!("Removed {}", file.shown) } else { format!("Restored {}", file.shown) };
        changes.edits.push(Edit {
            file,
            lines,
            is_removal,
            success,
            new_in: None,
            printed: (shell == Shell::Nu).then_some("nu"),
            is_program: false,
        });
    }
    Ok(())
}

/// What a file, which may be missing or unreadable, has to do with venvwrap.
fn survey(session: &Session<'_>, file: &Path) -> Survey {
    let text = read_small(file, LIMIT).ok().flatten().unwrap_or_default();
    block::survey(&text, |line| former::is_shim(line, session.context))
}

fn damaged_block(file: &StartupFile, DamagedBlock(line): &DamagedBlock) -> Error {
    Error::Setup {
        message: format!("cannot change {}: the block of `venvwrap setup` in line {line} is not whole", file.shown),
        hint: "remove what is left of it with an editor, and run `venvwrap setup` again".to_owned(),
    }
}

impl Edit {
    /// A file that another one sources or runs.
    fn of_program(file: StartupFile, lines: Vec<Line>, printed: &'static str, success: String) -> Self {
        Self { file, lines, is_removal: false, success, new_in: None, printed: Some(printed), is_program: true }
    }

    /// The changes as a diff, or in words if they are hundreds of lines of our own.
    fn shown(&self) -> String {
        let old = if self.file.text.is_some() { &self.file.shown } else { "/dev/null" };
        let new = if self.is_removal { "/dev/null" } else { &self.file.shown };
        if let Some(word) = self.printed {
            return format!("--- {old}\n+++ {new}\n    (what `venvwrap init {word}` prints)\n");
        }
        difference::unified(old, new, &self.lines)
    }
}
