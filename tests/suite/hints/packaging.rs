//! Hints about packages, recipes, and lists of dependencies.

use std::fs;
use std::os::unix::fs::symlink;

use super::play::After::{Again, Line, Shown, Unpasted, Value};
use super::play::situation;
use super::prepared::{environment, other, python, script, site_packages, with_python};
use super::{Row, by, mentioned, pasted};
use crate::support::pythons;
use crate::support::sandbox::Sandbox;

pub(super) const ROWS: &[Row] = &[
    pasted(
        "`venvwrap export NAME -o FILE` writes a recipe",
        situation(other, "venvwrap import {root}/nosuch.toml", &[Line("venvwrap import -n new.toml")])
            .fill(&[("FILE", "new.toml"), ("NAME", "other")]),
    ),
    pasted(
        "`{} --from {} -p {} {}` creates it with another Python",
        situation(other_python, "venvwrap import {root}/it*s.toml", &[Line("showvirtualenv api")]),
    ),
    pasted(
        "`venvwrap import -` reads standard input",
        situation(recipe, "venvwrap import {root}", &[Shown]).fill(&[("import -", "import - <api.toml")]),
    ),
    pasted(
        "The hooks of `{}` were not written ({names}); `venvwrap import --hooks FILE` writes hooks, into new \
         environments only",
        situation(
            with_hook,
            "venvwrap import {root}/api.toml",
            &[
                Value,
                Line(
                    "rmvirtualenv api; venvwrap import --hooks {root}/api.toml; grep mine {envs}/api/bin/postactivate",
                ),
            ],
        )
        .fill(&[("FILE", "api.toml")]),
    ),
    pasted(
        "rename it with `{} {}`, then try again",
        situation(differing, "mkvirtualenv --from {root}/api.toml api", &[Again]).fill(&[("OLD", "old")]),
    ),
    mentioned(
        "needs an index that changes meanwhile; it only shows something",
        "`venvwrap export {}` prints what it has",
    ),
    pasted(
        "`venvwrap export NAME -o FILE` writes one; `{} -r FILE NAME` takes a requirements file",
        situation(no_recipe, "venvwrap import {root}/no*recipe.toml", &[Shown, Unpasted("the file is none")])
            .fill(&[("FILE", "new.toml"), ("NAME", "other")]),
    ),
    pasted(
        "name an environment (`{} -b` lists them) or a file",
        situation(environment, "venvwrap diff {name} ./nosuch", &[Shown]),
    ),
    pasted(
        "name what to compare with: `venvwrap diff {}`",
        situation(two, "venvwrap diff {name}", &[Shown]).fill(&[("OTHER", "other")]),
    ),
    pasted(
        "`venvwrap import --dry-run FILE` shows what it describes",
        situation(recipes, "venvwrap diff {name} {root}/two.toml", &[Shown]).fill(&[("FILE", "two.toml")]),
    ),
    pasted("`venvwrap find {}`", situation(numpy, "venvwrap find 'numpy 2'", &[Shown])),
    pasted("`conda env export -p {}` describes it", situation(of_conda, "venvwrap export gis", &[Shown])),
    pasted(
        "choose a file with `--to FILE`, or link a project: `{} {}`",
        situation(real, "venvwrap freeze {name}", &[Unpasted("an option"), Again]).fill(&[("PROJECT", ".")]),
    ),
    pasted(
        "the messages above say why; `venvwrap doctor` reports what is half removed",
        situation(half_removed, "workon {name}; wipeenv", &[Shown]).loaded(),
    ),
    pasted(
        "install uv, or add pip: `venvwrap run {name} python -m ensurepip --default-pip`",
        situation(without_pip, "workon {name}; wipeenv", &[Again]).loaded(),
    ),
    pasted(
        "upgrade its pip: `venvwrap run {name} python -m pip install --upgrade pip`",
        situation(old_pip, "mkvirtualenv -r {root}/pylock.toml {name}", &[Shown]),
    ),
    by(UPGRADE, "`venvwrap upgrade{python} --latest {name}` installs newer versions; "),
    by(UPGRADE, "{latest}`venvwrap upgrade{python} --force {name}` upgrades it anyway"),
    pasted(
        "create the environment without --from, activate it, and run `{command}` in the project",
        situation(private_source, "mkvirtualenv --from {root}/shop {name}", &[Shown]).after_line("cd {root}/shop"),
    ),
    pasted(
        "it has no versions; `pipenv lock` writes a Pipfile.lock beside it",
        situation(pipfile, "mkvirtualenv --without-pip --from {root}/shop/Pipfile {name}", &[Shown])
            .after_line("cd {root}/shop"),
    ),
    pasted(
        "`{}` comes from the index `{}` and has no hash, so another index could replace it; `pipenv sync` installs it",
        situation(pipfile, "mkvirtualenv --without-pip --from {root}/shop {name}", &[Value, Value, Shown])
            .after_line("cd {root}/shop"),
    ),
    pasted(
        "`{} -m pip uninstall {name}` until nothing is left, then install it again",
        situation(twice, "venvwrap export {name}", &[Again]),
    ),
    pasted(
        "install it again: `{} -m pip install --force-reinstall {name}`",
        situation(without_version, "venvwrap export {name}", &[Again]),
    ),
    mentioned("names the environment", "environment `{name}`"),
    mentioned("names the environment", "environment `{name}`: {fault}"),
    mentioned("names the environment", "No difference between `{name}` and {}: {packages}"),
    mentioned("names the package", "`{name}` is installed twice: {} and {}"),
    mentioned("names the package", "it does not say which version of `{name}` is installed"),
    mentioned("names a setting of pip", "`{key}` of {}"),
    mentioned("names a key of a recipe", "`{key}`"),
    mentioned("names an option", "a missing directory for `{option}`"),
    mentioned("names a group", "{}{and}the group `{GROUP}`"),
    mentioned(
        "names a table of pyproject.toml",
        "{}: `{table}` says where `{}` comes from; an index may have another package of that name",
    ),
    mentioned("the first line of a file", "# Made by `venvwrap export`."),
    mentioned(
        "the first lines of a file",
        "{MARK} `venvwrap import` builds the environments.\nschema = {SCHEMA}\nhas-end = true\n",
    ),
    mentioned("the first line of a file", "# What is installed, as `venvwrap freeze` found it."),
];

const UPGRADE: &str = "verbs::upgrade::what_cannot_be_installed_is_told_by_package_and_nothing_is_exchanged";

/// A recipe of the environment `api` without packages.
pub(super) fn recipe(sandbox: &mut Sandbox) {
    python(sandbox);
    sandbox.write("api.toml", format!("schema = 1\n{}", entry("api")));
}

fn entry(name: &str) -> String {
    format!("[[environment]]\nname = \"{name}\"\npython = \"{}\"\n", pythons::complete().minor())
}

/// The recipe needs a Python that no machine has.
fn other_python(sandbox: &mut Sandbox) {
    python(sandbox);
    sandbox.write("it's.toml", "schema = 1\n[[environment]]\nname = \"api\"\npython = \"3.0\"\n");
}

/// A hook in the recipe; its environment was removed again.
fn with_hook(sandbox: &mut Sandbox) {
    recipe(sandbox);
    let text = format!("{}[[environment.hook]]\nname = \"postactivate\"\ntext = \"echo mine\\n\"\n", entry("api"));
    sandbox.write("api.toml", format!("schema = 1\n{text}"));
}

/// `api` exists and has a package that the recipe has not.
fn differing(sandbox: &mut Sandbox) {
    recipe(sandbox);
    let root = sandbox.minimal_environment("api");
    let metadata = root.join("lib/python3.11/site-packages/thing-1.dist-info");
    fs::create_dir(&metadata).unwrap();
    fs::write(metadata.join("METADATA"), "Name: thing\nVersion: 1\n").unwrap();
}

fn no_recipe(sandbox: &mut Sandbox) {
    other(sandbox);
    sandbox.write("no recipe.toml", "[project]\n");
}

fn two(sandbox: &mut Sandbox) {
    environment(sandbox);
    other(sandbox);
}

fn recipes(sandbox: &mut Sandbox) {
    python(sandbox);
    two(sandbox);
    sandbox.write("two.toml", format!("schema = 1\n{}{}", entry("a"), entry("b")));
}

pub(super) fn numpy(sandbox: &mut Sandbox) {
    environment(sandbox);
    let metadata = site_packages(sandbox).join("numpy-2.dist-info");
    fs::create_dir(&metadata).unwrap();
    fs::write(metadata.join("METADATA"), "Name: numpy\nVersion: 2\n").unwrap();
}

fn of_conda(sandbox: &mut Sandbox) {
    crate::support::conda::prefix(sandbox, "conda/envs/gis");
    script(sandbox, "conda", "test \"$1 $2 $3\" = 'env export -p' && test -d \"$4\"");
}

fn real(sandbox: &mut Sandbox) {
    super::prepared::real(sandbox);
}

/// pip removes nothing.
fn half_removed(sandbox: &mut Sandbox) {
    let root = with_python(sandbox, "exit 1");
    fs::create_dir(site_packages(sandbox).join("pip")).unwrap();
    symlink("/bin/true", root.join("bin/pip")).unwrap();
    numpy_too(sandbox);
}

fn numpy_too(sandbox: &Sandbox) {
    let metadata = site_packages(sandbox).join("numpy-2.dist-info");
    fs::create_dir(&metadata).unwrap();
    for file in ["METADATA", "RECORD"] {
        fs::write(metadata.join(file), "Name: numpy\nVersion: 2\n").unwrap();
    }
}

/// Its python adds pip, and removes what pip is told to.
fn without_pip(sandbox: &mut Sandbox) {
    let body = "packages=${0%/bin/*}/lib/python3.11/site-packages
case $* in
'-m ensurepip --default-pip') mkdir \"$packages/pip\" ;;
*uninstall*) rm -r \"$packages\"/numpy* ;;
esac";
    with_python(sandbox, body);
    numpy_too(sandbox);
}

fn old_pip(sandbox: &mut Sandbox) {
    with_python(sandbox, "test \"$*\" = '-m pip install --upgrade pip'");
    for name in ["pip", "pip-9.0.1.dist-info"] {
        fs::create_dir(site_packages(sandbox).join(name)).unwrap();
    }
    sandbox.write("pylock.toml", "lock-version = \"1.0\"\n");
}

fn private_source(sandbox: &mut Sandbox) {
    python(sandbox);
    let text = "[project]\nname = 'app'\ndependencies = ['thing']\n[tool.uv.sources]\nthing = { path = '../thing' }\n";
    sandbox.write("shop/pyproject.toml", text);
    script(sandbox, "uv", "test \"$*\" = 'pip install -r pyproject.toml' && test -f pyproject.toml");
}

fn pipfile(sandbox: &mut Sandbox) {
    python(sandbox);
    sandbox.write("shop/Pipfile", "");
    let lock = "{\"_meta\": {\"sources\": [{\"name\": \"pypi\", \"url\": \"https://a/simple\", \"verify_ssl\": true}]},
        \"default\": {\"thing\": {\"version\": \"==1\", \"index\": \"mine\"}}}";
    sandbox.write("shop/Pipfile.lock", lock);
    script(sandbox, "pipenv", "case $* in sync|lock) test -f Pipfile ;; *) exit 1 ;; esac");
}

/// Two versions, the newer of which pip would remove.
fn twice(sandbox: &mut Sandbox) {
    with_python(sandbox, REINSTALLS);
    numpy_too(sandbox);
    let metadata = site_packages(sandbox).join("numpy-1.dist-info");
    fs::create_dir(&metadata).unwrap();
    fs::write(metadata.join("METADATA"), "Name: numpy\nVersion: 1\n").unwrap();
}

fn without_version(sandbox: &mut Sandbox) {
    with_python(sandbox, REINSTALLS);
    let metadata = site_packages(sandbox).join("numpy.egg-info");
    fs::create_dir(&metadata).unwrap();
    fs::write(metadata.join("PKG-INFO"), "Name: numpy\n").unwrap();
}

/// Stands for pip.
const REINSTALLS: &str = "case $* in
'-m pip install --force-reinstall numpy'|'-m pip uninstall numpy') ;;
*) exit 1 ;;
esac
cd \"${0%/bin/*}/lib/python3.11/site-packages\" && rm -r numpy*1* numpy.egg-info 2>/dev/null; true";

#[test]
fn hints_about_packages_can_be_pasted() {
    super::play_all(ROWS);
}
