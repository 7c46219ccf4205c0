//! Recipes as a TOML file: schema 1, described in docs/recipe.md.
//!
//! Owns the format, and the rules for accepting a file. The order never depends on the disk, so
//! that a file can be committed and compared. `export` writes one line per package.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write;

use serde::Deserialize;

use super::{HookText, Package, Recipe, hook_names, is_request, package};
use crate::error::{Error, Result};
use crate::shown::{deceives, is_legible, shown};
use crate::variables::brought::refusal;
use crate::verb::verb;
use crate::workon_home::beside::LONGEST_NOTE;
use crate::workon_home::name::EnvironmentName;
use crate::workon_home::variables::wrong_value;

/// The schema of new files, and the newest that can be read.
const SCHEMA: i64 = 1;

/// The start of every file that `export` writes, in each format.
pub(crate) const MARK: &str = "# Made by `venvwrap export`.";

/// Longest file that is read: a thousand environments of two hundred packages.
pub(crate) const LIMIT: u64 = 16 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Recipes {
    #[allow(dead_code, reason = "looked at before")]
    schema: i64,
    /// Whether the last line is `[end]`. A file that was cut short lacks it.
    #[serde(default)]
    has_end: bool,
    #[serde(default)]
    environment: Vec<Recipe>,
    end: Option<End>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct End {}

/// Whether a text is a recipe: a TOML file with `schema` and `environment` at the top level.
pub(crate) fn is_recipe(text: &str) -> bool {
    let table = toml::from_str::<toml::Table>(text).unwrap_or_default();
    table.get("schema").is_some_and(toml::Value::is_integer) && table.contains_key("environment")
}

/// Reads a file of recipes. `what` is the name of the file in errors. Fails for every invalid name,
/// path, or requirement, before any is used.
pub(crate) fn parse(text: &str, what: &str) -> Result<Vec<Recipe>> {
    #[derive(Deserialize)]
    struct Versioned {
        schema: Option<i64>,
    }
    let wrong = |error: toml::de::Error| {
        let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        let place = line.map(|line| format!(", line {line}")).unwrap_or_default();
        Error::Malformed { what: format!("{what}{place}"), reason: shown(error.message()).to_string() }
    };
    let refused = |reason: String, hint: &str| Error::Recipe { what: what.to_owned(), reason, hint: hint.to_owned() };
    match toml::from_str::<Versioned>(text).map_err(wrong)?.schema {
        Some(SCHEMA) => {}
        Some(newer) if newer > SCHEMA => {
            let reason = format!("it was made by a newer venvwrap (schema {newer}; this one reads {SCHEMA})");
            return Err(refused(reason, "update venvwrap, or export again with this version"));
        }
        _ => {
            let hint = format!(
                "`venvwrap export NAME -o FILE` writes one; `{} -r FILE NAME` takes a requirements file",
                verb("mkvirtualenv")
            );
            return Err(refused(format!("it is not a recipe: no `schema = {SCHEMA}`"), &hint));
        }
    }
    let Recipes { has_end, environment: recipes, end, .. } = toml::from_str(text).map_err(wrong)?;
    if has_end && end.is_none() {
        let reason = "it was cut short: its last line, `[end]`, is missing".to_owned();
        return Err(refused(reason, "copy or export it again; nothing was changed"));
    }
    let mut names = BTreeSet::new();
    for recipe in &recipes {
        recipe.check().map_err(|error| match error {
            Error::Recipe { what: value, reason, hint } => {
                Error::Recipe { what: format!("{what}: {value}"), reason, hint }
            }
            other => other,
        })?;
        if !names.insert(&recipe.name) {
            let reason = format!("it has two environments called `{}`", shown(&recipe.name));
            return Err(refused(reason, "give one of them another name"));
        }
    }
    Ok(recipes)
}

impl Recipe {
    /// Fails for the first invalid value.
    pub(super) fn check(&self) -> Result<()> {
        let refused = |value: &str, reason: &str| {
            Err(Error::Recipe {
                what: format!("environment `{}`: {value}", shown(&self.name)),
                reason: reason.to_owned(),
                hint: "docs/recipe.md describes each value of a recipe".to_owned(),
            })
        };
        EnvironmentName::new(OsStr::new(&self.name))?;
        let is_of_python = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
        if !self.python.chars().all(is_of_python) || !self.python.contains(|letter: char| letter.is_ascii_digit()) {
            let value = format!("python, `{}`", shown(&self.python));
            return refused(&value, "it is not a version such as `3.12`, `3.13t`, `pypy3.10`");
        }
        if let Some(request) = self.python_request.as_deref().filter(|request| !is_request(request)) {
            let value = format!("python-request, `{}`", shown(request));
            return refused(&value, "it is not a version or conditions such as `3.12`, `>=3.11,<3.14`");
        }
        if !self.prompt.as_deref().is_none_or(is_legible) {
            return refused("prompt", "it contains a control character or an invisible character");
        }
        if self.note.as_ref().is_some_and(|note| note.len() > LONGEST_NOTE) {
            return refused("note", &format!("it is longer than {} KiB", LONGEST_NOTE / 1024));
        }
        for path in self.project.iter().chain(&self.extra_paths).chain(&self.path) {
            if !package::is_path(path) {
                let reason = "it is not an absolute path, and does not begin with `~/`";
                return refused(&format!("path `{}`", shown(path)), reason);
            }
        }
        for path in &self.path {
            if path.contains(|letter: char| letter == ':' || letter.is_control()) {
                return refused(&format!("path `{}`", shown(path)), "PATH cannot hold a `:` or a control character");
            }
        }
        for (name, value) in &self.variables {
            if let Some(reason) = refusal(name).or(wrong_value(value)) {
                return refused(&format!("variable `{}`", shown(name)), reason);
            }
        }
        for HookText { name, .. } in &self.hooks {
            if !hook_names().any(|known| known == *name) {
                return refused(&format!("hook `{}`", shown(name)), "an environment has no hook of that name");
            }
        }
        let mut names = BTreeSet::new();
        for package in &self.packages {
            let value = |key: &str| format!("package `{}`: {key}", shown(&package.name));
            if let Some((key, reason)) = package.wrong_value() {
                return refused(&value(key), reason);
            }
            if !names.insert(package.normalized()) {
                return refused(&value("name"), "it is in the list twice");
            }
        }
        Ok(())
    }
}

/// The file for these recipes, in their order.
pub(crate) fn written(recipes: &[Recipe]) -> String {
    let mut text = format!("{MARK} `venvwrap import` builds the environments.\nschema = {SCHEMA}\nhas-end = true\n");
    for recipe in recipes {
        write_recipe(recipe, &mut text);
    }
    text.push_str("\n[end]\n");
    text
}

fn write_recipe(recipe: &Recipe, text: &mut String) {
    let Recipe { name, python, python_version, python_request, prompt, project, note, .. } = recipe;
    text.push_str("\n[[environment]]\n");
    let python = Some(python);
    let values = [
        ("name", Some(name)),
        ("python", python),
        ("python-version", python_version.as_ref()),
        ("python-request", python_request.as_ref()),
        ("prompt", prompt.as_ref()),
        ("project", project.as_ref()),
        ("note", note.as_ref()),
    ];
    for (key, value) in values {
        if let Some(value) = value {
            let _ = writeln!(text, "{key} = {}", quoted(value));
        }
    }
    if recipe.system_site_packages {
        text.push_str("system-site-packages = true\n");
    }
    if !recipe.extra_paths.is_empty() {
        let _ = writeln!(text, "extra-paths = {}", list(&recipe.extra_paths));
    }
    if !recipe.path.is_empty() {
        let _ = writeln!(text, "path = {}", list(&recipe.path));
    }
    if !recipe.variables.is_empty() {
        let variables = recipe.variables.iter().map(|(name, value)| format!("{name} = {}", quoted(value)));
        let _ = writeln!(text, "variables = {{ {} }}", variables.collect::<Vec<_>>().join(", "));
    }
    if recipe.uv {
        text.push_str("uv = true\n");
    }
    text.push_str("packages = [\n");
    for package in &recipe.packages {
        let _ = writeln!(text, "    {{ {} }},", fields(package));
    }
    text.push_str("]\n");
    for HookText { name, executable, text: content } in &recipe.hooks {
        let _ = write!(text, "\n[[environment.hook]]\nname = {}\n", quoted(name));
        if *executable {
            text.push_str("executable = true\n");
        }
        let _ = writeln!(text, "text = {}", block(content));
    }
}

fn fields(package: &Package) -> String {
    let Package { name, version, requested, extras, editable, path, url, vcs, commit, revision, subdirectory, hash } =
        package;
    let mut fields = vec![format!("name = {}", quoted(name)), format!("version = {}", quoted(version))];
    fields.extend(requested.then(|| "requested = true".to_owned()));
    fields.extend((!extras.is_empty()).then(|| format!("extras = {}", list(extras))));
    fields.extend(editable.then(|| "editable = true".to_owned()));
    let texts = [
        ("path", path),
        ("url", url),
        ("vcs", vcs),
        ("commit", commit),
        ("revision", revision),
        ("subdirectory", subdirectory),
        ("hash", hash),
    ];
    let texts = texts.into_iter().filter_map(|(key, value)| Some(format!("{key} = {}", quoted(value.as_ref()?))));
    fields.extend(texts);
    fields.join(", ")
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", "))
}

/// A string on one line, with escapes for control and invisible characters.
fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len() + 2);
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' | '\\' => text.extend(['\\', letter]),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            _ if deceives(letter) => _ = write!(text, "\\U{:08X}", u32::from(letter)),
            _ => text.push(letter),
        }
    }
    text.push('"');
    text
}

/// A text of several lines, unescaped if TOML allows that.
fn block(value: &str) -> String {
    let is_plain = |letter: char| matches!(letter, '\n' | '\t') || !deceives(letter);
    if value.contains("'''") || value.ends_with('\'') || !value.chars().all(is_plain) {
        return quoted(value);
    }
    format!("'''\n{value}'''")
}
