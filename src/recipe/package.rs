//! One distribution in a recipe: its version, and where it came from.
//!
//! Owns the requirement that installs it again, and the rules for its values, because recipes can
//! come from untrusted sources.

use std::path::Path;

use serde::Deserialize;

use super::located;
use crate::error::Result;
use crate::formats::dist_info::{is_name, normalized};
use crate::formats::file_url;
use crate::one_line::is_one_line;

/// A distribution. Without `path` and `url` it came from a package index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Package {
    /// The name, as the distribution spells it.
    pub(crate) name: String,
    /// The version.
    pub(crate) version: String,
    /// Whether the user asked for it; else it is a dependency.
    #[serde(default)]
    pub(crate) requested: bool,
    /// The extras that were probably requested.
    #[serde(default)]
    pub(crate) extras: Vec<String>,
    /// Whether it is installed in place: from `path`, or from a checkout of `url`.
    #[serde(default)]
    pub(crate) editable: bool,
    /// The directory or archive on this machine that it was installed from.
    pub(crate) path: Option<String>,
    /// The URL that it was installed from.
    pub(crate) url: Option<String>,
    /// The version control system behind `url`: `git`, `hg`, `svn`, `bzr`.
    pub(crate) vcs: Option<String>,
    /// The commit that was installed.
    pub(crate) commit: Option<String>,
    /// The requested branch or tag.
    pub(crate) revision: Option<String>,
    /// The directory of the project below `path` or `url`.
    pub(crate) subdirectory: Option<String>,
    /// The hash of the archive, as `sha256:…`.
    pub(crate) hash: Option<String>,
}

impl Package {
    /// The name as indexes compare it (PEP 503).
    pub(crate) fn normalized(&self) -> String {
        normalized(&self.name)
    }

    /// Whether both are the same distribution of the same origin. Versions of editable packages are
    /// not compared, because they change with the source. Hashes count only if both are known.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_same_hash = self.hash.is_none() || other.hash.is_none() || self.hash == other.hash;
        self.normalized() == other.normalized()
            && self.editable == other.editable
            && (self.editable || self.version == other.version)
            && (&self.path, &self.url, &self.commit) == (&other.path, &other.url, &other.commit)
            && self.subdirectory == other.subdirectory
            && is_same_hash
    }

    /// The line of a requirements file that installs this distribution. For an editable package,
    /// what follows the `-e`: the directory, or the repository as `pip freeze` writes it.
    pub(crate) fn requirement(&self, home: Option<&Path>) -> Result<String> {
        let name = &self.name;
        if let Some(path) = &self.path {
            let place = located(path, home)?;
            if self.editable {
                let place = self.subdirectory.as_ref().map_or(place.clone(), |below| place.join(below));
                return Ok(place.to_string_lossy().into_owned());
            }
            return Ok(format!("{name} @ {}{}", file_url::of(&place), self.fragment()));
        }
        Ok(match (&self.url, &self.vcs, &self.commit) {
            (Some(url), Some(vcs), Some(commit)) if self.editable => {
                let below = self.subdirectory.as_ref().map(|below| file_url::escaped(below.as_bytes()));
                let below = below.map(|below| format!("&subdirectory={below}")).unwrap_or_default();
                format!("{vcs}+{url}@{commit}#egg={}{below}", name.replace('-', "_"))
            }
            (Some(url), Some(vcs), Some(commit)) => format!("{name} @ {vcs}+{url}@{commit}{}", self.fragment()),
            (Some(url), ..) => format!("{name} @ {url}{}", self.fragment()),
            (None, ..) => format!("{name}=={}", self.version),
        })
    }

    /// The same without the version: the newest of an index, or what the branch or tag is now.
    pub(crate) fn newest_requirement(&self, home: Option<&Path>) -> Result<String> {
        let extras = if self.extras.is_empty() { String::new() } else { format!("[{}]", self.extras.join(",")) };
        let name = &self.name;
        Ok(match (&self.url, &self.vcs) {
            _ if self.editable && self.url.is_some() => self.requirement(home)?,
            _ if self.editable => format!("{}{extras}", self.requirement(home)?),
            (Some(url), Some(vcs)) => {
                let revision = self.revision.as_ref().map(|revision| format!("@{revision}")).unwrap_or_default();
                format!("{name}{extras} @ {vcs}+{url}{revision}{}", self.fragment())
            }
            (None, _) if self.path.is_none() => format!("{name}{extras}"),
            _ => self.requirement(home)?,
        })
    }

    /// The fragment of the URL.
    fn fragment(&self) -> String {
        let hash = self.hash.as_ref().map(|hash| hash.replacen(':', "=", 1));
        let below =
            self.subdirectory.as_ref().map(|below| format!("subdirectory={}", file_url::escaped(below.as_bytes())));
        let parts: Vec<String> = hash.into_iter().chain(below).collect();
        if parts.is_empty() { String::new() } else { format!("#{}", parts.join("&")) }
    }

    /// The path or URL that it was installed from; `None` for an index.
    pub(crate) fn origin(&self) -> Option<&str> {
        self.path.as_deref().or(self.url.as_deref())
    }

    /// The key of the first value that a requirement cannot hold, and why. No value may become an
    /// option or a second line.
    pub(super) fn wrong_value(&self) -> Option<(&'static str, &'static str)> {
        let absent_or = |value: &Option<String>, is_right: fn(&str) -> bool| value.as_deref().is_none_or(is_right);
        let is_extra = |extra: &String| is_name(extra);
        let rules: [(&str, bool, &str); 13] = [
            ("name", is_name(&self.name), "it is not the name of a package (PEP 508)"),
            ("version", is_word(&self.version, ".!+-_"), "it is not a version (PEP 440)"),
            ("extras", self.extras.iter().all(is_extra), "it has a value that is not the name of an extra"),
            ("path", absent_or(&self.path, is_path), "it is not an absolute path, and does not begin with `~/`"),
            ("path", !(self.path.is_some() && self.url.is_some()), "`path` and `url` exclude each other"),
            (
                "editable",
                !self.editable || self.path.is_some() || self.vcs.is_some(),
                "an editable package needs a `path`, or `vcs`, `url`, and `commit`",
            ),
            ("url", absent_or(&self.url, is_address), "it is not an address that can be installed from"),
            ("vcs", absent_or(&self.vcs, is_vcs), "it is none of git, hg, svn, bzr"),
            ("vcs", self.vcs.is_none() || self.url.is_some(), "it needs a `url`"),
            ("commit", self.vcs.is_none() == self.commit.is_none(), "`vcs` and `commit` need each other"),
            ("commit", absent_or(&self.commit, |commit| is_word(commit, "._-:")), "it is not a commit"),
            ("subdirectory", absent_or(&self.subdirectory, is_below), "it is not a path below the project"),
            ("hash", absent_or(&self.hash, is_hash), "it is not like `sha256:0123abc`"),
        ];
        rules.into_iter().find(|(_, is_right, _)| !is_right).map(|(key, _, reason)| (key, reason))
    }
}

/// Whether a text has only letters, digits, and these signs.
fn is_word(text: &str, signs: &str) -> bool {
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || signs.contains(letter);
    text.starts_with(|letter: char| letter.is_ascii_alphanumeric()) && text.chars().all(is_inside)
}

/// Whether a text is a path as in recipes.
pub(super) fn is_path(text: &str) -> bool {
    (text.starts_with('/') || text.starts_with("~/")) && is_one_line(text.as_bytes())
}

/// Whether a text is the URL of a download or a repository, without blanks and fragment. Recipes
/// have paths instead of `file:` URLs.
fn is_address(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    is_word(scheme, "+.-")
        && scheme != "file"
        && !rest.is_empty()
        && is_one_line(text.as_bytes())
        && !text.contains(|letter: char| letter.is_whitespace() || letter == '#')
}

fn is_vcs(text: &str) -> bool {
    ["git", "hg", "svn", "bzr"].contains(&text)
}

fn is_below(text: &str) -> bool {
    let mut parts = Path::new(text).components();
    !text.is_empty()
        && is_one_line(text.as_bytes())
        && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn is_hash(text: &str) -> bool {
    let Some((kind, digits)) = text.split_once(':') else { return false };
    is_word(kind, "_") && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
