//! `setup --compat`: puts `virtualenvwrapper.sh` and `virtualenvwrapper_lazy.sh` beside the binary,
//! where rc files and shell frameworks look for them, and removes them.

use super::startup_file::StartupFile;
use super::{Changes, Edit};
use crate::commands::Session;
use crate::error::Result;
use crate::rc_files::block::Line;
use crate::shell::former::{Printed, is_ours};

const FILES: [(Printed, &str); 2] =
    [(Printed::Whole, "virtualenvwrapper.sh"), (Printed::Lazy, "virtualenvwrapper_lazy.sh")];

/// Adds both files. A file that another program put there stays.
pub(super) fn add(session: &Session<'_>, changes: &mut Changes) -> Result<()> {
    for (printed, name) in FILES {
        let Ok(text) = printed.file() else { continue };
        let file = open(session, name)?;
        let shown = file.shown.clone();
        match file.text.as_deref() {
            Some(old) if old == text => changes.remarks.push(format!("{shown} is already there")),
            Some(old) if !is_ours(old) => changes.remarks.push(format!("{shown} is another program's: it stays")),
            old => {
                let removed = lines(old.unwrap_or_default()).map(Line::Removed);
                let lines = removed.chain(lines(text).map(Line::Added)).collect();
                let success = format!("Wrote {shown}");
                changes.edits.push(Edit::of_program(file, lines, name, success));
            }
        }
    }
    Ok(())
}

/// Removes the files that are ours. Those of root, from a package, stay with that.
pub(super) fn remove(session: &Session<'_>, changes: &mut Changes) {
    for (_, name) in FILES {
        let Ok(file) = open(session, name) else { continue };
        if let Some(text) = file.text.as_deref().filter(|text| is_ours(text)) {
            let lines = lines(text).map(Line::Removed).collect();
            let success = format!("Removed {}", file.shown);
            changes.edits.push(Edit { is_removal: true, ..Edit::of_program(file, lines, name, success) });
        }
    }
}

fn open(session: &Session<'_>, name: &str) -> Result<StartupFile> {
    let path = session.context.executable()?.with_file_name(name);
    StartupFile::open(session, &path, &format!("eval \"$(venvwrap init {name})\""))
}

fn lines(text: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec)
}
