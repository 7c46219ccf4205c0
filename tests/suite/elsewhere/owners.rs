//! Environments made by the real tools: listed, activated, and deactivated in every shell, and
//! never changed.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use super::masked;
use crate::support::disk::tree;
use crate::support::pythons::{self, peer};
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

/// The least that hatch and poetry accept as a project, without a package to build or download.
const PROJECT: &str = "[project]\nname = \"shop\"\nversion = \"1\"\n[tool.poetry]\npackage-mode = false\n\
                       [tool.hatch.envs.default]\nskip-install = true\n[tool.hatch.envs.test]\nskip-install = true\n";

/// An environment: its name, the project that `workon` changes to, and the owner's command for
/// removal.
struct Made {
    name: &'static str,
    origin: &'static str,
    project: PathBuf,
    removal: String,
}

fn run(sandbox: &Sandbox, directory: &Path, program: &str, words: &[&str]) -> String {
    let mut command = sandbox.command(peer(program));
    command.args(words).current_dir(directory).env_remove("WORKON_HOME");
    // None of the tools may use the network.
    command.envs([("PIP_NO_INDEX", "1"), ("UV_OFFLINE", "1"), ("VIRTUALENV_NO_PERIODIC_UPDATE", "1")]);
    command.envs([("PIPENV_NOSPIN", "1"), ("NO_COLOR", "1")]);
    command.env("HATCH_PYTHON", &pythons::complete().path);
    sandbox.run_command(command, b"").status(0).stdout_text()
}

/// One project per tool, all but one with the same name, and the environment that the tool creates.
fn made(sandbox: &Sandbox) -> Vec<Made> {
    let python = pythons::complete();
    let interpreter = python.path.to_str().unwrap();
    let projects = sandbox.root().join("projects");
    let at = |place: &str| {
        let directory = projects.join(place);
        fs::create_dir_all(&directory).unwrap();
        directory
    };
    let shop = at("shop");
    fs::write(shop.join("pyproject.toml"), PROJECT).unwrap();
    let (piped, with_uv, plain) = (at("piped"), at("with-uv"), at("plain"));
    thread::scope(|scope| {
        scope.spawn(|| run(sandbox, &piped, "pipenv", &["--python", interpreter]));
        scope.spawn(|| run(sandbox, &shop, "poetry", &["env", "use", interpreter]));
        scope.spawn(|| {
            run(sandbox, &shop, "hatch", &["env", "create"]);
            run(sandbox, &shop, "hatch", &["env", "create", "test"]);
        });
        run(sandbox, &with_uv, "uv", &["venv", "--no-project", "--python", interpreter]);
        run(sandbox, &plain, "virtualenv", &["--no-seed", "--python", interpreter, ".venv"]);
    });
    let short = |path: &Path| path.strip_prefix(sandbox.root()).unwrap().to_str().unwrap().to_owned();
    let of_poetry = fs::read_dir(sandbox.root().join("cache/pypoetry/virtualenvs")).unwrap().flatten();
    let of_poetry = of_poetry.map(|entry| entry.file_name()).find(|name| name != "envs.toml").unwrap();
    let owned = |name, origin, project: &PathBuf, removal: String| Made {
        name,
        origin,
        project: project.clone(),
        removal: removal.replace("[P]", &format!("[ROOT]/{}", short(project))),
    };
    vec![
        owned("piped", "pipenv", &piped, "cd [P] && pipenv --rm".to_owned()),
        owned("poetry:shop", "poetry", &shop, format!("cd [P] && poetry env remove {}", of_poetry.display())),
        owned("hatch:shop", "hatch", &shop, "cd [P] && hatch env remove default".to_owned()),
        owned("shop:test", "hatch", &shop, "cd [P] && hatch env remove test".to_owned()),
        owned("with-uv", "uv", &with_uv, "rm -r [P]/.venv".to_owned()),
        owned("plain", "venv", &plain, "rm -r [P]/.venv".to_owned()),
    ]
}

#[test]
fn what_other_tools_make_is_entered_and_left_by_name_and_never_changed() {
    let mut sandbox = Sandbox::plain().with_own_cache();
    sandbox.set("PROJECT_HOME", sandbox.root().join("projects"));
    // Before 3.12, the first start would compile a module of virtualenv's that every start imports.
    sandbox.set("PYTHONDONTWRITEBYTECODE", "1");
    let made = made(&sandbox);
    let answer = sandbox.run(["lsvirtualenv", "--all", "--json"]).status(0).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let environments = told["environments"].as_array().unwrap();
    let listed: Vec<(&str, &str)> =
        environments.iter().map(|each| (each["name"].as_str().unwrap(), each["origin"].as_str().unwrap())).collect();
    let roots = || environments.iter().map(|entry| Path::new(entry["path"].as_str().unwrap()));
    let trees = || roots().map(tree).chain([tree(&sandbox.root().join("projects"))]).collect::<Vec<_>>();
    let before = trees();
    let mut expected: Vec<(&str, &str)> = made.iter().map(|made| (made.name, made.origin)).collect();
    expected.sort_unstable();
    assert_eq!(listed, expected);

    for shell in Shell::ALL {
        let mut records = String::new();
        let (mut story, mut still) = (Story::new(), Story::new().set("PS1", "$ ").snapshot("before"));
        for each in &made {
            let entry = environments.iter().find(|entry| entry["name"] == each.name).unwrap();
            let path = masked(&sandbox, Path::new(entry["path"].as_str().unwrap()));
            let project = masked(&sandbox, &each.project);
            let prefix = "python -c 'import sys; print(sys.prefix)'";
            story = story
                .run(["workon", each.name])
                .get("VIRTUAL_ENV")
                .code(format!("__story_record \"$({prefix})\""), format!("__story_record ({prefix})"))
                .directory()
                .run(["deactivate"]);
            still = still.run(["workon", "-n", each.name]);
            let seen = ["export VIRTUAL_ENV=", &path, "\n", &path, "\nin ", &project, "\ndeactivate: 0\n"].concat();
            records += &["workon ", each.name, ": 0\n", &seen].concat();
        }
        story.played(&sandbox, shell.plain()).silent().records(&records);
        let told = still.run(["deactivate"]).snapshot("after").played(&sandbox, shell.plain()).silent();
        told.same("before", "after");
    }
    for each in &made {
        let answer = sandbox.run(["rmvirtualenv", each.name]).status(1).stdout("");
        let said = answer.stderr_text();
        assert!(said.starts_with(&format!("venvwrap: `{}` belongs to {}: [ROOT]/", each.name, each.origin)), "{said}");
        assert!(said.ends_with(&format!("\nhint: `{}`\n", each.removal)), "{said}");
    }
    assert_eq!(trees(), before);
}

/// The shell functions set WORKON_HOME, and pipenv uses it.
#[test]
fn pipenvs_environment_in_the_store_has_two_names() {
    let sandbox = Sandbox::plain().with_own_cache();
    let project = sandbox.root().join("piped");
    fs::create_dir(&project).unwrap();
    let mut command = sandbox.command(peer("pipenv"));
    command.args([OsString::from("--python"), pythons::complete().path.clone().into()]).current_dir(&project);
    command.envs([("PIPENV_NOSPIN", "1"), ("PIP_NO_INDEX", "1")]);
    sandbox.run_command(command, b"").status(0);
    let names = super::listed(&sandbox);
    let [name] = &names[..] else { panic!("{names:?}") };
    assert!(name.starts_with("piped-"), "{name}");
    for typed in [name, "piped", "pipenv:piped"] {
        sandbox.run(["which", typed]).status(0).stderr("").stdout(format!("[ROOT]/envs/{name}\n"));
    }
    // If the hash does not match the project, it is not pipenv's.
    fs::write(sandbox.environment(name).join(".project"), "/elsewhere\n").unwrap();
    sandbox.run(["which", "piped"]).status(1).stdout("");
}
