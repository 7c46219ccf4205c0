//! Parses one line of a requirements file: which package it is for, and which version.

use std::path::{Path, PathBuf};

use crate::environment::frozen::{Frozen, without_password};
use crate::formats::dist_info::normalized;
use crate::formats::file_url;
use crate::fs::tidied;

/// A logical line of a requirements file.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line<'a> {
    /// A comment, an option, or a blank line.
    Other,
    /// `-r` or `-c` with this path.
    Included(&'a str),
    /// `-e` with this path or URL.
    Editable(&'a str),
    /// A path or a URL without a package name.
    Unnamed(&'a str),
    /// A requirement with a name.
    Named(Requirement<'a>),
}

/// A requirement with a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Requirement<'a> {
    /// As spelled in the file.
    pub(super) name: &'a str,
    /// The line up to the version: name and extras.
    pub(super) head: &'a str,
    /// The version specifier, or `@` and a URL.
    pub(super) wanted: &'a str,
    /// The environment marker; empty if there is none.
    pub(super) marker: &'a str,
}

impl<'a> Requirement<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let (name, behind_name) = text.split_at(text.find(|letter| !is_of_name(letter)).unwrap_or(text.len()));
        let rest = behind_name.trim_start();
        let rest = match rest.find(']') {
            Some(end) if rest.starts_with('[') => &rest[end + 1..],
            _ => rest,
        };
        let head = text[..text.len() - rest.len()].trim_end();
        // As in pip, options start at the first word that begins with `-`.
        let options = rest.match_indices('-').map(|(at, _)| at).find(|at| rest[..*at].ends_with(char::is_whitespace));
        let rest = rest[..options.unwrap_or(rest.len())].trim();
        // A `;` is part of a URL, unless a blank stands before it.
        let behind = if rest.starts_with('@') { rest.find(" ;") } else { rest.find(';') };
        let (wanted, marker) = rest.split_at(behind.unwrap_or(rest.len()));
        let starts_well = name.starts_with(|letter: char| letter.is_ascii_alphanumeric());
        let is_version = wanted.is_empty() || wanted.starts_with(['=', '<', '>', '!', '~', '@', '(']);
        let marker = marker.trim().trim_start_matches(';').trim();
        (starts_well && is_version).then(|| Self { name, head, wanted: wanted.trim(), marker })
    }

    /// Whether a line of `pip freeze` satisfies this requirement. Passwords are ignored: `pip
    /// freeze` prints none.
    pub(super) fn is_wanted_like(&self, frozen: &Frozen) -> bool {
        let plain = |wanted: &str| {
            let text = wanted.split_whitespace().collect::<String>();
            match text.strip_prefix('@') {
                Some(url) => format!("@{}", without_password(url)),
                None => text,
            }
        };
        matches!(Line::of(&frozen.line), Line::Named(other) if plain(self.wanted) == plain(other.wanted))
    }
}

impl<'a> Line<'a> {
    /// `text` has its continuation lines joined.
    pub(super) fn of(text: &'a str) -> Self {
        let text = without_comment(text);
        let option = |names: &[&str]| {
            names.iter().find_map(|name| {
                let behind = text.strip_prefix(name)?;
                let is_short = !name.starts_with("--");
                let value = behind.strip_prefix('=').unwrap_or(behind);
                (is_short || behind.starts_with(['=', ' ', '\t'])).then(|| value.trim())
            })
        };
        if let Some(what) = option(&["--editable", "-e"]) {
            return Self::Editable(what);
        }
        if let Some(file) = option(&["--requirement", "--constraint", "-r", "-c"]) {
            return Self::Included(file);
        }
        if text.is_empty() || text.starts_with('-') {
            return Self::Other;
        }
        Requirement::of(text).map_or(Self::Unnamed(text), Self::Named)
    }

    /// Whether the line is for that package. Relative paths start at `directory`.
    pub(super) fn is_for(&self, frozen: &Frozen, directory: &Path) -> bool {
        match self {
            Self::Other | Self::Included(_) => false,
            Self::Named(requirement) => normalized(requirement.name) == frozen.name,
            Self::Editable(what) => frozen.is_editable && is_at(what, frozen, directory),
            Self::Unnamed(what) => !frozen.is_editable && is_at(what, frozen, directory),
        }
    }
}

pub(super) fn without_comment(text: &str) -> &str {
    let starts = |at: usize| at == 0 || text[..at].ends_with(char::is_whitespace);
    let comment = text.match_indices('#').map(|(at, _)| at).find(|at| starts(*at));
    text[..comment.unwrap_or(text.len())].trim()
}

/// Whether a package came from this path or URL: judged by the name in it, the path, or the URL.
fn is_at(what: &str, frozen: &Frozen, directory: &Path) -> bool {
    if let Some((_, rest)) = what.split_once("#egg=") {
        return normalized(rest.split(['&', '[', ' ', ';']).next().unwrap_or_default()) == frozen.name;
    }
    let what = what.split(" ;").next().unwrap_or_default().trim_end();
    if what.contains("://") && !what.starts_with("file:") {
        let Some((_, address)) = frozen.line.split_once(" @ ") else { return is_file_of(what, frozen) };
        return plain_address(what) == plain_address(address);
    }
    let place = path(what, directory);
    frozen.place.as_deref() == Some(&*place) || frozen.place.is_none() && is_file_of(what, frozen)
}

/// The absolute path in a line, without extras.
pub(super) fn path(what: &str, directory: &Path) -> PathBuf {
    let what = what.find('[').filter(|_| what.ends_with(']')).map_or(what, |extras| &what[..extras]);
    file_url::path_in(what).unwrap_or_else(|| tidied(&directory.join(what)))
}

/// A URL without password, fragment, and (for version control) revision.
fn plain_address(url: &str) -> String {
    let url = without_password(url.split('#').next().unwrap_or_default());
    let is_versioned = url.split(':').next().is_some_and(|scheme| scheme.contains('+'));
    let path = url.find("://").and_then(|at| url[at + 3..].find('/').map(|slash| at + 3 + slash));
    let revision = path.and_then(|path| url[path..].rfind('@').map(|at| path + at)).filter(|_| is_versioned);
    url[..revision.unwrap_or(url.len())].trim_end_matches('/').to_owned()
}

/// Whether a wheel's or archive's file name begins with the package's name. Old pips do not record
/// where a package came from.
fn is_file_of(what: &str, frozen: &Frozen) -> bool {
    let file = what.split(['#', '?']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let is_archive = [".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2"].iter().any(|end| file.ends_with(end));
    let name = file.split_once('-').map(|(name, _)| normalized(name));
    is_archive && name.as_deref() == Some(&frozen.name)
}
