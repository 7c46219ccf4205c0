//! Checks the lines of `pip freeze`: each must be the only line of an installed distribution.
//!
//! Owns the form of such a line, and removes passwords from it. pip and uv print what the metadata
//! of packages says, so a line for any other name, or a second line for a name, is refused.

use std::path::{Path, PathBuf};

use super::direct::DirectOrigin;
use crate::error::{PackageError, Result};
use crate::formats::dist_info::{is_name, normalized};
use crate::formats::file_url;
use crate::fs::tidied;
use crate::one_line::is_one_line;

/// A line of `pip freeze`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frozen {
    /// The name of the distribution (PEP 503).
    pub(crate) name: String,
    /// A line of a requirements file, without a password.
    pub(crate) line: String,
    /// The directory or file on this machine that it was installed from.
    pub(crate) place: Option<PathBuf>,
    /// Whether it is installed in place.
    pub(crate) is_editable: bool,
}

impl Frozen {
    /// Reads a line. `None` if it is not the line of a distribution.
    fn of(line: &str, origins: &[DirectOrigin]) -> Option<Self> {
        if !is_one_line(line.as_bytes()) {
            return None;
        }
        if let Some(what) = line.strip_prefix("-e ") {
            let what = what.trim();
            let local = file_url::path_in(what).unwrap_or_else(|| tidied(Path::new(what)));
            let at = |origin: &&DirectOrigin| origin.is_editable && origin.place.as_ref() == Some(&local);
            let egg =
                what.split_once("#egg=").map(|(_, egg)| normalized(egg.split(['&', '[']).next().unwrap_or_default()));
            let origin = match &egg {
                Some(name) => origins.iter().find(|origin| origin.is_editable && origin.name == *name),
                None => origins.iter().find(at),
            };
            if egg.is_some() && what.contains(char::is_whitespace) {
                return None;
            }
            let name = origin.map(|origin| origin.name.clone()).or(egg)?;
            let place = origin.and_then(|origin| origin.place.clone());
            return Some(Self { name, line: format!("-e {}", without_password(what)), place, is_editable: true });
        }
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let (name, rest) = line.split_at(line.find(|letter| !is_of_name(letter)).unwrap_or(line.len()));
        let is_word = |text: &str| !text.is_empty() && !text.contains(|letter: char| letter.is_whitespace());
        let is_of_version = |letter: char| letter.is_alphanumeric() || ".!+-_".contains(letter);
        let is_version = |text: &str| !text.is_empty() && text.chars().all(is_of_version);
        let line = if let Some(version) = rest.strip_prefix("===").or_else(|| rest.strip_prefix("==")) {
            is_version(version).then(|| line.to_owned())?
        } else {
            let url = rest.strip_prefix(" @ ")?;
            (is_word(url) && url.contains(':')).then(|| format!("{name} @ {}", without_password(url)))?
        };
        let name = is_name(name).then(|| normalized(name))?;
        let origin = origins.iter().find(|origin| origin.name == name);
        Some(Self { place: origin.and_then(|origin| origin.place.clone()), is_editable: false, line, name })
    }
}

/// The lines that `program` printed. `installed`: the names of the installed distributions.
pub(crate) fn checked(
    text: &str,
    program: &str,
    installed: &[String],
    origins: &[DirectOrigin],
) -> Result<Vec<Frozen>> {
    let mut found: Vec<Frozen> = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let refused = |reason| PackageError::FreezeLine { program: program.to_owned(), line: line.to_owned(), reason };
        let frozen = Frozen::of(line, origins).ok_or_else(|| refused("is not a line for a package"))?;
        if !installed.iter().any(|name| normalized(name) == frozen.name) {
            return Err(refused("names a package that is not installed").into());
        }
        match found.iter().find(|other| other.name == frozen.name) {
            Some(other) if *other == frozen => {}
            Some(_) => return Err(refused("names a package that has another line already").into()),
            None => found.push(frozen),
        }
    }
    Ok(found)
}

/// The URL without user and password. `git@` stays, because it is not secret; so does `${NAME}`,
/// which pip replaces with a variable, and the user in an ssh URL, which is needed.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, behind)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = behind.split_at(behind.find(['/', '?', '#']).unwrap_or(behind.len()));
    let Some((user, host)) = authority.rsplit_once('@') else { return url.to_owned() };
    let is_variable = |part: &str| part.starts_with("${") && part.ends_with('}');
    let name = user.split(':').next().unwrap_or_default();
    if user == "git" || user.split(':').all(is_variable) {
        return url.to_owned();
    }
    if scheme.ends_with("ssh") && !name.is_empty() {
        return format!("{scheme}://{name}@{host}{path}");
    }
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn passwords_and_tokens_are_removed() {
        for (url, clean) in [
            ("https://user:secret@h/x.whl", "https://h/x.whl"),
            ("git+https://token@h/r@abc#egg=x", "git+https://h/r@abc#egg=x"),
            ("git+ssh://git:secret@h/r", "git+ssh://git@h/r"),
            ("git+ssh://git@h/r@1", "git+ssh://git@h/r@1"),
            ("git+ssh://me@h/r", "git+ssh://me@h/r"),
            ("https://${USER}:${TOKEN}@h/x", "https://${USER}:${TOKEN}@h/x"),
            ("https://h/x@1", "https://h/x@1"),
            ("/home/a@b", "/home/a@b"),
        ] {
            assert_eq!(without_password(url), clean);
        }
    }

    #[test]
    fn only_lines_of_installed_distributions_are_accepted() {
        let installed = ["Tiny_Thing", "x", "e"].map(str::to_owned);
        let origins = [DirectOrigin { name: "e".to_owned(), place: Some("/p q".into()), is_editable: true }];
        let lines = |text: &str| checked(text, "pip freeze", &installed, &origins);
        let good = "tiny-thing==1.0+local\n# Editable\n-e /p q\nx @ https://u:p@h/x-1.whl#sha256=0\n";
        let found: Vec<String> = lines(good).unwrap().into_iter().map(|frozen| frozen.line).collect();
        assert_eq!(found, ["tiny-thing==1.0+local", "-e /p q", "x @ https://h/x-1.whl#sha256=0"]);
        assert_eq!(lines("-e git+https://t@h/r@1#egg=e\n").unwrap()[0].line, "-e git+https://h/r@1#egg=e");
        for bad in [
            "--index-url https://h",
            "-r /etc/passwd",
            "-e /elsewhere",
            "-e git+https://h/r#egg=e --config-settings x=y",
            "gone==1",
            "x==1\nx==2",
            "x==1 ; m",
            "x==1\u{2028}--index-url h",
            "x @ https://h/x --hash=sha256:0",
            "x @ y",
            "./x",
            "https://h/x.whl",
            "x",
        ] {
            assert!(matches!(lines(bad), Err(Error::Package(PackageError::FreezeLine { .. }))), "{bad}");
        }
    }
}
