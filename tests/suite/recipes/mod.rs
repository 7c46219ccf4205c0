//! `venvwrap export` and `venvwrap import`: an environment as a file, and back.
//!
//! Which values a recipe takes is tried beside the module that reads it.

pub(crate) mod building;

use std::fs;
use std::path::Path;

use crate::support::sandbox::{Sandbox, bytes};

const HEADER: &str =
    "# Made by `venvwrap export`. `venvwrap import` builds the environments.\nschema = 1\nhas-end = true\n";
const END: &str = "\n[end]\n";

/// Metadata of a package that nobody installed.
fn distribution(root: &Path, name: &str, version: &str) {
    let directory = root.join(format!("lib/python3.11/site-packages/{name}-{version}.dist-info"));
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("METADATA"), format!("Name: {name}\nVersion: {version}\n")).unwrap();
}

fn recipe_of(name: &str, rest: &str) -> String {
    format!("\n[[environment]]\nname = \"{name}\"\npython = \"3.11\"\npython-version = \"3.11.2\"\n{rest}")
}

#[test]
fn an_environment_is_exported_without_its_python_even_where_that_is_missing() {
    let sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    distribution(&root, "six", "1.16.0");
    distribution(&root, "idna", "3.6");
    fs::remove_file(root.join("bin/python")).unwrap();
    let packages = "packages = [\n    { name = \"idna\", version = \"3.6\" },\n    \
                    { name = \"six\", version = \"1.16.0\" },\n]\n";
    let expected = format!("{HEADER}{}{END}", recipe_of("x", packages));
    sandbox.run(["export", "x"]).status(0).stdout(&expected).stderr("");
    sandbox.run(["export", "x", "-o", "-"]).status(0).stdout(&expected).stderr("");
    sandbox.run(["export", "x", "-o", "x.toml"]).status(0).stdout("").stderr("Exported `x` to [ROOT]/x.toml\n");
    assert_eq!(fs::read_to_string(sandbox.root().join("x.toml")).unwrap(), expected);
    let requirements = "# Made by `venvwrap export`.\nidna==3.6\nsix==1.16.0\n";
    sandbox.run(["export", "x", "--format", "requirements"]).status(0).stdout(requirements).stderr("");
}

#[test]
fn the_active_environment_and_that_of_the_project_are_meant_without_a_name() {
    let mut sandbox = Sandbox::new();
    let root = sandbox.minimal_environment("x");
    fs::write(root.join(".project"), [bytes(sandbox.root()), b"\n".to_vec()].concat()).unwrap();
    let none = "venvwrap: no virtualenv active\n";
    let said = sandbox.run(["export"]).status(1).stdout("").stderr_text();
    assert!(said.starts_with(none), "{said}");
    let by_name = sandbox.run(["export", "x"]).status(0).stdout_text();
    sandbox.run(["export", "."]).status(0).stdout(&by_name);
    sandbox.set("VIRTUAL_ENV", root);
    sandbox.run(["export"]).status(0).stdout(&by_name);
}

#[test]
fn all_environments_go_into_one_file_and_one_that_cannot_be_described_is_told() {
    let sandbox = Sandbox::with_x_and_y();
    let all = format!("{HEADER}{}{}{END}", recipe_of("x", "packages = [\n]\n"), recipe_of("y", "packages = [\n]\n"));
    sandbox.run(["export", "--all"]).status(0).stdout(&all).stderr("");
    let said = "Exported 2 environments to [ROOT]/all.toml\n";
    sandbox.run(["export", "--all", "-o", "all.toml"]).status(0).stdout("").stderr(said);
    for version in ["1", "2"] {
        distribution(&sandbox.environment("y"), "six", version);
    }
    let told = "venvwrap: [ROOT]/envs/y/lib/python3.11/site-packages: `six` is installed twice: ";
    let answer = sandbox.run(["export", "--all", "-o", "all.toml"]).status(1).stdout("").stderr_contains(told);
    let said = answer.stderr_text();
    assert!(said.ends_with("`y` was not exported\nExported 1 environment to [ROOT]/all.toml\n"), "{said}");
    let text = fs::read_to_string(sandbox.root().join("all.toml")).unwrap();
    assert_eq!(text, format!("{HEADER}{}{END}", recipe_of("x", "packages = [\n]\n")));
}

#[test]
fn a_file_of_somebody_else_is_not_replaced() {
    let sandbox = Sandbox::with_x_and_y();
    let file = sandbox.write("pyproject.toml", "[project]\n");
    let said = "venvwrap: [ROOT]/pyproject.toml: it exists, and `export` did not write it\n\
                hint: name another file, or add `--force` to replace it\n";
    sandbox.run(["export", "x", "-o", "pyproject.toml"]).status(1).stdout("").stderr(said);
    assert_eq!(fs::read_to_string(&file).unwrap(), "[project]\n");
    sandbox.run(["export", "x", "--force", "-o", "pyproject.toml"]).status(0).stdout("");
    assert!(fs::read_to_string(file).unwrap().starts_with(HEADER));
    let said = "venvwrap: [ROOT]/envs: it exists and is not a regular file\n\
                hint: name another file\n";
    sandbox.run(["export", "x", "-f", "-o", "envs"]).status(1).stdout("").stderr(said);
    for _ in 0..2 {
        sandbox.run(["export", "x", "-o", "x.toml"]).status(0);
    }
}
