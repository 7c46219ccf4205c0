//! Turns pipenv's `Pipfile.lock` into requirements files with pins, markers, hashes, and indexes.
//!
//! Takes what `pipenv sync` installs: every package of the section `default`. Anything that a
//! requirements file cannot express is refused, never dropped.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::one_line::is_one_line;
use crate::shown::shown;

/// Environment markers (PEP 508) that appear as keys of their own beside `markers`.
const MARKERS: [&str; 11] = [
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
];

const SYSTEMS: [&str; 4] = ["git", "hg", "svn", "bzr"];

#[derive(Debug, Deserialize)]
struct Lock {
    #[serde(default, rename = "_meta")]
    meta: Meta,
    #[serde(default)]
    default: BTreeMap<String, Package>,
}

#[derive(Debug, Default, Deserialize)]
struct Meta {
    #[serde(default)]
    sources: Vec<Source>,
}

#[derive(Debug, Deserialize)]
struct Source {
    #[serde(default)]
    name: String,
    url: String,
    #[serde(default = "yes")]
    verify_ssl: bool,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Package {
    version: Option<String>,
    extras: Vec<String>,
    markers: Option<String>,
    hashes: Vec<String>,
    index: Option<String>,
    file: Option<String>,
    path: Option<String>,
    editable: bool,
    #[serde(rename = "ref")]
    revision: Option<String>,
    subdirectory: Option<String>,
    #[serde(flatten)]
    others: BTreeMap<String, serde_json::Value>,
}

/// The texts of up to two files: packages with hashes, and packages that cannot have any, because
/// pip requires hashes for all or none in one call. Empty if nothing is locked.
pub(super) fn read(text: &str, file: &Path) -> Result<Vec<String>> {
    let wrong = |reason: String| Error::Malformed { what: shown(file).to_string(), reason };
    let lock: Lock = serde_json::from_str(text).map_err(|error| wrong(shown(&error.to_string()).to_string()))?;
    let mut indexes = String::new();
    for (number, source) in lock.meta.sources.iter().enumerate() {
        let is_word = |text: &str| !text.is_empty() && is_one_line(text.as_bytes()) && !text.contains(' ');
        if !is_word(&source.url) {
            return Err(wrong(format!("`{}` is not the URL of an index", shown(&source.url))));
        }
        let option = if number == 0 { "--index-url" } else { "--extra-index-url" };
        let _ = writeln!(indexes, "{option} {}", source.url);
        if let (false, Some(host)) = (source.verify_ssl, host(&source.url)) {
            let _ = writeln!(indexes, "--trusted-host {host}");
        }
    }
    let [mut hashed, mut plain] = [String::new(), String::new()];
    for (name, package) in &lock.default {
        let first = lock.meta.sources.first().map(|source| source.name.as_str());
        let is_of_another = package.index.as_deref().is_some_and(|index| Some(index) != first);
        if is_of_another && package.hashes.is_empty() {
            let index = package.index.as_deref().unwrap_or_default();
            return Err(wrong(format!(
                "`{}` comes from the index `{}` and has no hash, so another index could replace it; `pipenv sync` installs it",
                shown(name),
                shown(index)
            )));
        }
        let line = package.line(name).map_err(wrong)?;
        if !name.starts_with(|letter: char| letter.is_ascii_alphanumeric()) || !is_one_line(line.as_bytes()) {
            return Err(wrong(format!("`{}` is not a requirement", shown(&line))));
        }
        let into = if package.hashes.is_empty() { &mut plain } else { &mut hashed };
        let _ = writeln!(into, "{line}");
    }
    Ok([hashed, plain].into_iter().filter(|text| !text.is_empty()).map(|text| format!("{indexes}{text}")).collect())
}

impl Package {
    /// The requirement line. The error says what is wrong with the entry.
    fn line(&self, name: &str) -> std::result::Result<String, String> {
        let extras = self.extras();
        let system = SYSTEMS.into_iter().find_map(|system| Some((system, self.others.get(system)?.as_str()?)));
        let at = self.path.as_deref().or(self.file.as_deref());
        let mut line = match (system, at, self.version.as_deref()) {
            (Some((system, url)), ..) => {
                let revision = self.revision.as_ref().map(|revision| format!("@{revision}")).unwrap_or_default();
                let below =
                    self.subdirectory.as_ref().map(|below| format!("#subdirectory={below}")).unwrap_or_default();
                format!("{name}{extras} @ {}{revision}{below}", address(system, url))
            }
            (_, Some(url), _) if url.contains("://") => format!("{name}{extras} @ {url}"),
            (_, Some(path), _) => {
                // A leading `-` would make it an option.
                let here = if path.starts_with(['/', '.']) { "" } else { "./" };
                // pip ignores markers on editable requirements.
                if self.editable {
                    return Ok(format!("-e {here}{path}{extras}"));
                }
                format!("{here}{path}{extras}")
            }
            (.., Some("*")) => format!("{name}{extras}"),
            (.., Some(version)) => {
                let equals = if version.starts_with(['=', '<', '>', '!', '~']) { "" } else { "==" };
                format!("{name}{extras}{equals}{version}")
            }
            _ => return Err(format!("`{}` has neither a version nor a source", shown(name))),
        };
        let keys = MARKERS.iter().filter_map(|key| Some(format!("{key} {}", self.others.get(*key)?.as_str()?)));
        let markers: Vec<String> = self.markers.iter().map(|text| format!("({text})")).chain(keys).collect();
        if !markers.is_empty() {
            // Without the blank, `;` would be part of a URL.
            let _ = write!(line, " ; {}", markers.join(" and "));
        }
        for hash in &self.hashes {
            let _ = write!(line, " --hash={hash}");
        }
        Ok(line)
    }

    fn extras(&self) -> String {
        if self.extras.is_empty() { String::new() } else { format!("[{}]", self.extras.join(",")) }
    }
}

/// A URL in pip's form: `git+https://…`. git's short form `git@host:path` becomes `git+ssh://…`.
fn address(system: &str, url: &str) -> String {
    let plus = format!("{system}+");
    let url = url.strip_prefix(&plus).unwrap_or(url);
    match url.split_once(':') {
        Some((host, path)) if !path.starts_with("//") => format!("{plus}ssh://{host}/{}", path.trim_start_matches('/')),
        _ => format!("{plus}{url}"),
    }
}

/// The host and port of a URL.
fn host(url: &str) -> Option<&str> {
    let behind = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let host = behind.rsplit_once('@').map_or(behind, |(_, host)| host);
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = r#"{"_meta": {"sources": [{"name": "pypi", "url": "https://a/simple", "verify_ssl": true}]},"#;

    fn texts(lock: &str) -> Result<Vec<String>> {
        read(lock, Path::new("/p/Pipfile.lock"))
    }

    fn lines(default: &str) -> String {
        let texts = texts(&format!("{HEAD} \"default\": {{{default}}}}}")).unwrap();
        texts.join("").replace("--index-url https://a/simple\n", "")
    }

    #[test]
    fn a_package_is_a_line_with_all_that_was_locked() {
        let cases = [
            (r#""six": {"version": "==1.17.0"}"#, "six==1.17.0"),
            (r#""six": {"version": "1.17.0", "index": "pypi"}"#, "six==1.17.0"),
            (r#""any": {"version": "*", "extras": ["a", "b"]}"#, "any[a,b]"),
            (
                r#""a": {"version": "==1", "markers": "os_name == 'nt' or x", "sys_platform": "== 'x'"}"#,
                "a==1 ; (os_name == 'nt' or x) and sys_platform == 'x'",
            ),
            (r#""a": {"version": "==1", "hashes": ["sha256:1", "sha256:2"]}"#, "a==1 --hash=sha256:1 --hash=sha256:2"),
            (r#""a": {"git": "https://h/r.git", "ref": "abc"}"#, "a @ git+https://h/r.git@abc"),
            (
                r#""a": {"git": "git@h:o/r.git", "ref": "abc", "subdirectory": "s", "extras": ["x"], "markers": "m"}"#,
                "a[x] @ git+ssh://git@h/o/r.git@abc#subdirectory=s ; (m)",
            ),
            (r#""a": {"hg": "hg+ssh://h/r"}"#, "a @ hg+ssh://h/r"),
            (r#""a": {"file": "https://h/a.whl", "markers": "m"}"#, "a @ https://h/a.whl ; (m)"),
            (r#""a": {"path": "a/b.whl"}"#, "./a/b.whl"),
            (r#""a": {"path": "-r", "editable": true, "extras": ["x"]}"#, "-e ./-r[x]"),
            (r#""a": {"file": ".", "editable": true, "markers": "m"}"#, "-e ."),
        ];
        for (package, line) in cases {
            assert_eq!(lines(package), format!("{line}\n"), "{package}");
        }
    }

    #[test]
    fn indexes_stand_in_each_file_and_what_has_hashes_stands_apart() {
        let lock = r#"{"_meta": {"sources": [{"name": "one", "url": "https://${USER}:x@one:8/simple", "verify_ssl": false},
            {"name": "two", "url": "https://two/simple"}]}, "develop": {"d": {"version": "==1"}},
            "default": {"b": {"version": "==1", "hashes": ["h"], "index": "two"}, "a": {"path": "."}}}"#;
        let indexes =
            "--index-url https://${USER}:x@one:8/simple\n--trusted-host one:8\n--extra-index-url https://two/simple\n";
        assert_eq!(texts(lock).unwrap(), [format!("{indexes}b==1 --hash=h\n"), format!("{indexes}.\n")]);
        assert_eq!(texts("{}").unwrap(), Vec::<String>::new());
    }

    #[test]
    fn what_cannot_be_told_to_an_installer_is_refused() {
        let said = |default: &str| texts(&format!("{HEAD} \"default\": {{{default}}}}}")).unwrap_err().to_string();
        let of_another = said(r#""a": {"version": "==1", "index": "two"}"#);
        assert!(of_another.contains("comes from the index `two` and has no hash"), "{of_another}");
        for package in [
            r#""-r x": {"version": "==1"}"#,
            r#""a": {"version": "==1\n-r x"}"#,
            r#""a": {"path": "x\n-r y", "editable": true}"#,
            r#""": {"version": "==1"}"#,
        ] {
            assert!(said(package).ends_with("is not a requirement"), "{package}");
        }
        assert!(said(r#""a": {}"#).contains("neither a version nor a source"));
        for lock in ["", "3", r#"{"default": []}"#, r#"{"_meta": {"sources": [{"url": "x\n-r y"}]}}"#] {
            assert!(texts(lock).unwrap_err().to_string().starts_with("/p/Pipfile.lock: "), "{lock}");
        }
    }
}
