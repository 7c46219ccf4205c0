//! Requirements (PEP 508): `numpy`, `numpy>=1.26,<2`, `celery[redis]>5; python_version < "3.13"`,
//! `pip @ https://host/pip.whl`.
//!
//! Owns splitting a requirement into its parts. Markers and URLs stay text.

use super::dist_info::{is_name, normalized};
use crate::versions::Specifiers;

/// A requirement with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The name as indexes compare it (PEP 503).
    pub(crate) name: String,
    /// The extras, as written.
    pub(crate) extras: Vec<String>,
    /// The allowed versions, or a URL.
    pub(crate) wanted: Wanted,
    /// The environment marker: the condition for the requirement.
    pub(crate) marker: Option<String>,
}

/// What a requirement asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A version from an index.
    Versions(Specifiers),
    /// The distribution at a URL.
    Address(String),
}

impl Requirement {
    /// `None` for anything that PEP 508 does not allow.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_of_name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let (name, rest) = text.split_at(text.find(|letter| !is_of_name(letter)).unwrap_or(text.len()));
        let (extras, rest) = match rest.trim_start().strip_prefix('[') {
            Some(inside) => inside.split_once(']')?,
            None => ("", rest),
        };
        let extras: Vec<String> = extras.split(',').map(str::trim).map(str::to_owned).collect();
        let extras = if extras == [""] { Vec::new() } else { extras };
        let rest = rest.trim_start();
        let (wanted, marker) = if let Some(address) = rest.strip_prefix('@') {
            // A `;` without a blank before it is a part of the URL.
            let (address, marker) = split(address, " ;");
            (Wanted::Address(address.trim().to_owned()), marker)
        } else {
            let (versions, marker) = split(rest, ";");
            let versions = versions.trim();
            let inside = versions.strip_prefix('(').and_then(|inside| inside.strip_suffix(')'));
            (Wanted::Versions(Specifiers::parse(inside.unwrap_or(versions))?), marker)
        };
        let is_sound = is_name(name) && extras.iter().all(|extra| is_name(extra));
        let has_address = wanted != Wanted::Address(String::new());
        (is_sound && has_address).then(|| Self { name: normalized(name), extras, wanted, marker })
    }
}

fn split<'t>(text: &'t str, sign: &str) -> (&'t str, Option<String>) {
    match text.split_once(sign) {
        Some((before, marker)) => (before, Some(marker.trim().to_owned())),
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_split_into_their_parts() {
        let versions = |text: &str| Wanted::Versions(Specifiers::parse(text).unwrap());
        let address = |text: &str| Wanted::Address(text.to_owned());
        for (text, name, extras, wanted, marker) in [
            ("numpy", "numpy", "", versions(""), None),
            (" Zope.Event <2,>= 1 ", "zope-event", "", versions("<2,>=1"), None),
            ("numpy (<2)", "numpy", "", versions("<2"), None),
            ("a[]==1.*", "a", "", versions("==1.*"), None),
            ("a [x, y-z] ~=1.4", "a", "x y-z", versions("~=1.4"), None),
            ("a>1 ; python_version < '4'", "a", "", versions(">1"), Some("python_version < '4'")),
            ("a;os_name=='nt'", "a", "", versions(""), Some("os_name=='nt'")),
            ("a @ https://h/x;y ; m", "a", "", address("https://h/x;y"), Some("m")),
            ("a[x]@git+https://h/r@v1", "a", "x", address("git+https://h/r@v1"), None),
        ] {
            let found = Requirement::parse(text).unwrap_or_else(|| panic!("{text}"));
            let found = (&*found.name, found.extras.join(" "), found.wanted, found.marker);
            assert_eq!(found, (name, extras.to_owned(), wanted, marker.map(str::to_owned)), "{text}");
        }
        for text in ["", "-e .", "numpy 2", "numpy=2", "numpy<", "num py", "a[x", "a[x y]", "a @ ", "./a", "a,b", "<2"]
        {
            assert_eq!(Requirement::parse(text), None, "{text}");
        }
    }
}
