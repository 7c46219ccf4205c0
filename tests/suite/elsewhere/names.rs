//! The names of environments outside the store.

use std::fs;
use std::os::unix::fs::symlink;

use super::{listed, of_poetry, poetry, project, world};
use crate::support::conda;
use crate::support::disk::tree;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};

#[track_caller]
fn leads(sandbox: &Sandbox, name: &str, to: &str) {
    sandbox.run(["which", name]).status(0).stderr("").stdout(format!("[ROOT]/{to}\n"));
}

#[test]
fn the_store_comes_first_and_then_a_name_that_is_one_environments() {
    let sandbox = world();
    project(&sandbox, "shop");
    leads(&sandbox, "shop", "projects/shop/.venv");
    sandbox.minimal_environment("shop");
    leads(&sandbox, "shop", "envs/shop");
    leads(&sandbox, "venv:shop", "projects/shop/.venv");
    assert_eq!(listed(&sandbox), ["shop", "venv:shop"]);
    // A directory in the store that is not an environment also blocks the name.
    project(&sandbox, "api");
    fs::create_dir(sandbox.environment("api")).unwrap();
    sandbox.run(["which", "api"]).status(1).stderr_contains("it has neither pyvenv.cfg nor bin/activate");
    assert_eq!(listed(&sandbox), ["shop", "venv:api", "venv:shop"]);
    // A name in the store that looks like `OWNER:NAME` is the store's.
    sandbox.minimal_environment("venv:api");
    leads(&sandbox, "venv:api", "envs/venv:api");
}

#[test]
fn a_name_of_several_is_refused_with_what_to_type_for_each() {
    let sandbox = world();
    project(&sandbox, "shop");
    of_poetry(&sandbox, "shop-Z-lblKmL-py3.11");
    of_poetry(&sandbox, "shop-Z-lblKmL-py3.12");
    let one = conda::prefix(&sandbox, "one/envs/gis");
    conda::prefix(&sandbox, "two/envs/gis");
    sandbox.run(["run", "shop", "true"]).status(1).stdout("").stderr(
        "venvwrap: `shop`: 3 environments outside WORKON_HOME have that name\n\
         hint: name the one you mean: `poetry:shop-py3.11` or `poetry:shop-py3.12` or `venv:shop`\n",
    );
    leads(&sandbox, "shop-py3.12", "cache/pypoetry/virtualenvs/shop-Z-lblKmL-py3.12");
    leads(&sandbox, "poetry:shop-Z-lblKmL-py3.11", "cache/pypoetry/virtualenvs/shop-Z-lblKmL-py3.11");
    sandbox
        .run(["which", "poetry:shop"])
        .status(1)
        .stderr_contains("2 environments outside WORKON_HOME have that name");
    // conda has no names for environments outside its bases, so the path is shown.
    sandbox.run(["which", "gis"]).status(1).stderr_contains("or `conda:[ROOT]/two/envs/gis`\n");
    leads(&sandbox, &format!("conda:{}", one.to_str().unwrap()), "one/envs/gis");
    sandbox.run(["which", "conda:/nowhere"]).status(1).stderr_contains("does not exist");
    let names = listed(&sandbox);
    assert_eq!(names[2..], ["poetry:shop-py3.11", "poetry:shop-py3.12", "venv:shop"]);
    // Every listed name finds one environment.
    for name in &names {
        let name = name.replace("[ROOT]", sandbox.root().to_str().unwrap());
        sandbox.run(["which", &name]).status(0).stderr("");
    }
}

#[test]
fn environments_that_a_tool_keeps_by_name_in_one_place_are_reached() {
    let mut sandbox = world();
    let root = sandbox.root().to_path_buf();
    sandbox.set("PYENV_ROOT", root.join("pyenv"));
    sandbox.set("UV_CACHE_DIR", root.join("uv cache"));
    for path in [
        "pyenv/versions/3.11.7/envs/shop",
        "pyenv/versions/3.12.1/envs/api",
        "home/.scuv/virtualenvs/shop",
        "home/.scuv/virtualenvs/web",
        "uv cache/environments-v2/docs-cp3.11.7-9190066bfa43e176",
        "uv cache/environments-v2/linked-cp3.11.7-0123456789abcdef",
        // The environment of a script.
        "uv cache/environments-v2/hello-84e289fe3f6241a0",
    ] {
        sandbox.minimal_environment_at(&root.join(path));
    }
    symlink(root.join("pyenv/versions/3.11.7/envs/shop"), root.join("pyenv/versions/shop")).unwrap();
    // uv links the project to it.
    fs::create_dir(root.join("projects/linked")).unwrap();
    let of_linked = root.join("uv cache/environments-v2/linked-cp3.11.7-0123456789abcdef");
    fs::write(of_linked.join("pyvenv.cfg"), "home = /usr/bin\nuv = 0.13.8\n").unwrap();
    symlink(&of_linked, root.join("projects/linked/.venv")).unwrap();
    assert_eq!(listed(&sandbox), ["api", "docs", "linked", "pyenv:shop", "scuv:shop", "web"]);
    leads(&sandbox, "api", "pyenv/versions/3.12.1/envs/api");
    leads(&sandbox, "pyenv:3.11.7/envs/shop", "pyenv/versions/3.11.7/envs/shop");
    leads(&sandbox, "scuv:shop", "home/.scuv/virtualenvs/shop");
    leads(&sandbox, "docs", "uv cache/environments-v2/docs-cp3.11.7-9190066bfa43e176");
    leads(&sandbox, "linked", "projects/linked/.venv");
    let listed = sandbox.run(["complete", "zsh", "--", "workon", "pyenv:"]).status(0).stdout_text();
    assert_eq!(listed, "pyenv:api\npyenv:shop\n");
    // A project chooses one in a file of that tool.
    fs::create_dir_all(root.join("projects/mine/sub")).unwrap();
    for (file, text, found) in [
        (".python-version", "shop\n", "pyenv/versions/3.11.7/envs/shop"),
        (".python-version", "3.12.1/envs/api\n", "pyenv/versions/3.12.1/envs/api"),
        (".scuv-version", "web\n", "home/.scuv/virtualenvs/web"),
    ] {
        let file = sandbox.write(format!("projects/mine/{file}"), text);
        let mut command = sandbox.command(BINARY);
        command.args(["which", "."]).current_dir(root.join("projects/mine/sub"));
        sandbox.run_command(command, b"").status(0).stderr("").stdout(format!("[ROOT]/{found}\n"));
        fs::remove_file(file).unwrap();
    }
    sandbox.set("SCUV_HOME", root.join("moved"));
    assert!(!super::listed(&sandbox).contains(&"web".to_owned()));
}

#[test]
fn a_name_that_a_terminal_would_obey_is_not_there() {
    let sandbox = world();
    for name in ["a\nb", "\u{1b}[31mred", "\u{202e}x"] {
        project(&sandbox, name);
        of_poetry(&sandbox, name);
        conda::prefix(&sandbox, format!("conda/envs/{name}"));
        sandbox.run(["which", name]).status(1).stdout("");
    }
    let odd = "it's \"$HOME\" `x` {a,b};*é";
    project(&sandbox, odd);
    assert_eq!(listed(&sandbox), [odd]);
    leads(&sandbox, odd, &format!("projects/{odd}/.venv"));
}

#[test]
fn what_is_no_environment_or_leads_nowhere_is_not_there() {
    let sandbox = world();
    // A `.venv` file that names a store environment (an older draft of PEP 832), a link into the
    // store, and a dangling link.
    for (name, target) in [("linked", sandbox.environment("x")), ("gone", "nowhere".into())] {
        let project = sandbox.root().join("projects").join(name);
        fs::create_dir(&project).unwrap();
        symlink(target, project.join(".venv")).unwrap();
    }
    sandbox.minimal_environment("x");
    sandbox.write("projects/named/.venv", "x\n");
    sandbox.write("projects/empty/file", "");
    fs::create_dir_all(poetry(&sandbox).join("plain-Z-lblKmL-py3.11")).unwrap();
    conda::register(&sandbox, &sandbox.root().join("gone"));
    conda::register(&sandbox, std::path::Path::new("relative"));
    conda::register(&sandbox, std::path::Path::new(""));
    let before = tree(sandbox.root());
    assert_eq!(listed(&sandbox), ["x"]);
    assert_eq!(tree(sandbox.root()), before, "looking changed something");
}

#[test]
fn projects_are_known_by_a_link_or_by_where_they_lie() {
    let mut sandbox = world();
    let linked = sandbox.root().join("anywhere/linked");
    sandbox.minimal_environment_at(&linked.join(".venv"));
    sandbox.run(["which", "linked"]).status(1);
    let x = sandbox.minimal_environment("x");
    fs::write(x.join(".project"), linked.to_str().unwrap()).unwrap();
    project(&sandbox, "shop");
    // A project known for two reasons is listed once.
    let y = sandbox.minimal_environment("y");
    fs::write(y.join(".project"), sandbox.root().join("projects/../projects/shop").to_str().unwrap()).unwrap();
    assert_eq!(listed(&sandbox), ["x", "y", "linked", "shop"]);
    sandbox.unset("PROJECT_HOME");
    fs::remove_file(y.join(".project")).unwrap();
    assert_eq!(listed(&sandbox), ["x", "y", "linked"]);
}

/// `.` finds the store's environment first, then another tool's for the nearest directory that has
/// one.
#[test]
fn a_dot_is_that_of_the_project_one_is_in() {
    let sandbox = world();
    let shop = sandbox.root().join("anywhere/shop");
    sandbox.minimal_environment_at(&shop.join(".venv"));
    fs::create_dir_all(shop.join("a/b")).unwrap();
    let here = |place: &std::path::Path| {
        let mut command = sandbox.command(BINARY);
        command.args(["which", "."]).current_dir(place);
        sandbox.run_command(command, b"")
    };
    for place in ["", "a/b"] {
        here(&shop.join(place)).status(0).stderr("").stdout("[ROOT]/anywhere/shop/.venv\n");
    }
    // poetry's, by the hash of the path.
    let real = fs::canonicalize(&shop).unwrap();
    let mark = hash_of(&sandbox, &real);
    of_poetry(&sandbox, &format!("shop-{mark}-py3.11"));
    // poetry uses `.venv` if it exists, unless its settings say no.
    here(&shop.join("a")).status(0).stderr("").stdout("[ROOT]/anywhere/shop/.venv\n");
    fs::write(shop.join("poetry.toml"), "[virtualenvs]\nin-project = false\n").unwrap();
    let answer = here(&shop.join("a")).status(1).stdout("");
    answer.stderr_contains("[ROOT]/anywhere/shop is the project of `poetry:shop` and `venv:shop`");
    fs::remove_dir_all(shop.join(".venv")).unwrap();
    here(&shop).status(0).stdout(format!("[ROOT]/cache/pypoetry/virtualenvs/shop-{mark}-py3.11\n"));
    sandbox.minimal_environment("shop");
    here(&shop).status(0).stdout("[ROOT]/envs/shop\n");
    here(&shop.join("a")).status(0).stdout(format!("[ROOT]/cache/pypoetry/virtualenvs/shop-{mark}-py3.11\n"));
}

/// poetry's hash of a path, computed in Python.
fn hash_of(sandbox: &Sandbox, path: &std::path::Path) -> String {
    let code = "import base64, hashlib, os, sys\n\
                print(base64.urlsafe_b64encode(hashlib.sha256(os.fsencode(sys.argv[1])).digest()).decode()[:8])";
    let mut command = sandbox.command(&pythons::complete().path);
    command.args(["-c", code]).arg(path);
    sandbox.run_command(command, b"").status(0).stdout_text().trim_end().to_owned()
}

#[test]
fn owners_may_keep_them_where_their_settings_say() {
    let mut sandbox = world();
    let elsewhere = sandbox.root().join("of others");
    let config = sandbox.root().join("config");
    let data = sandbox.root().join("data");
    sandbox.set("XDG_CONFIG_HOME", &config).set("XDG_DATA_HOME", data);
    let at = |place: &str| sandbox.minimal_environment_at(&elsewhere.join(place));
    at("poetry by file/one-Z-lblKmL-py3.11");
    at("poetry cache/venvs/two-Z-lblKmL-py3.11");
    at("poetry by variable/three-Z-lblKmL-py3.11");
    at("hatch/env/virtual/four/Z-lblKmL/four");
    at("hatch types/five/Z-lblKmL/docs");
    at("hatch types/five/Z-lblKmL/docs-build");
    sandbox.minimal_environment_at(&sandbox.root().join("data/virtualenvs/six-eL8uuKzx"));
    sandbox.minimal_environment_at(&sandbox.root().join("data/hatch/env/pip-compile/seven/Z-lblKmL/seven"));
    let path = |place: &str| elsewhere.join(place).to_str().unwrap().to_owned();
    let quoted = |place: &str| serde_json::to_string(&path(place)).unwrap();
    assert_eq!(listed(&sandbox), ["seven", "six"]);
    let file = "config/pypoetry/config.toml";
    sandbox.write(file, format!("[virtualenvs]\npath = {}\n", quoted("poetry by file")));
    assert_eq!(listed(&sandbox), ["one", "seven", "six"]);
    let text = format!("cache-dir = {}\n[virtualenvs]\npath = \"{{cache-dir}}/venvs\"\n", quoted("poetry cache"));
    sandbox.write(file, text);
    assert_eq!(listed(&sandbox), ["seven", "six", "two"]);
    // venvwrap does not report invalid settings of others.
    sandbox.write(file, "= no TOML");
    assert_eq!(listed(&sandbox), ["seven", "six"]);
    sandbox.write(
        "config/hatch/config.toml",
        format!("[dirs]\ndata = {}\n[dirs.env]\nvirtual = {}\n", quoted("hatch"), quoted("hatch types")),
    );
    let (poetry, hatch) = (path("poetry by variable"), path("hatch"));
    let config_of_hatch = sandbox.write("in-project.toml", "[dirs.env]\nvirtual = \".hatch\"\n");
    for name in ["shop", "docs", "docs-build"] {
        sandbox.minimal_environment_at(&sandbox.root().join("projects/shop/.hatch").join(name));
    }
    sandbox.set("HATCH_CONFIG", config_of_hatch);
    assert_eq!(listed(&sandbox), ["seven", "shop", "shop:docs", "six"]);
    sandbox.unset("HATCH_CONFIG");
    sandbox.set("POETRY_VIRTUALENVS_PATH", poetry);
    assert_eq!(listed(&sandbox), ["five:docs", "four", "six", "three"]);
    fs::remove_file(config.join("hatch/config.toml")).unwrap();
    sandbox.set("HATCH_DATA_DIR", hatch);
    assert_eq!(listed(&sandbox), ["four", "six", "three"]);
}

#[test]
fn the_nearest_names_are_suggested_wherever_they_are() {
    let sandbox = world();
    sandbox.minimal_environment("projectx");
    project(&sandbox, "projecty");
    sandbox
        .run(["which", "projectz"])
        .status(1)
        .stdout("")
        .stderr("venvwrap: environment `projectz` does not exist in [ROOT]/envs\nhint: did you mean `projectx` or `projecty`?\n");
}

/// Of several environments of one owner, `.` is the owner's default.
#[test]
fn a_dot_is_what_poetry_and_hatch_would_take_of_several() {
    let sandbox = world();
    let shop = sandbox.root().join("anywhere/shop");
    fs::create_dir_all(&shop).unwrap();
    let mark = hash_of(&sandbox, &fs::canonicalize(&shop).unwrap());
    let here = || {
        let mut command = sandbox.command(BINARY);
        command.args(["which", "."]).current_dir(&shop);
        sandbox.run_command(command, b"")
    };
    let (of_3_10, of_3_12) = (format!("shop-{mark}-py3.10"), format!("shop-{mark}-py3.12"));
    let environments = of_poetry(&sandbox, &of_3_10).parent().unwrap().to_path_buf();
    of_poetry(&sandbox, &of_3_12);
    // Without a default, all are named.
    drop(here().status(1).stdout("").stderr_contains("[ROOT]/anywhere/shop is the project of "));
    for (minor, name) in [("3.12", &of_3_12), ("3.10", &of_3_10)] {
        let text = format!("[shop-{mark}]\nminor = \"{minor}\"\npatch = \"{minor}.1\"\n");
        fs::write(environments.join("envs.toml"), text).unwrap();
        drop(here().status(0).stderr("").stdout(format!("[ROOT]/cache/pypoetry/virtualenvs/{name}\n")));
    }
    // A missing default is not replaced by another environment, and invalid TOML counts as none.
    for text in [format!("[shop-{mark}]\nminor = \"3.9\"\n"), "[".to_owned(), String::new()] {
        fs::write(environments.join("envs.toml"), text).unwrap();
        drop(here().status(1).stdout(""));
    }
    fs::remove_dir_all(&environments).unwrap();
    let of_hatch = sandbox.home().join(".local/share/hatch/env/virtual/shop").join(&mark);
    if cfg!(target_os = "linux") {
        for name in ["docs", "shop", "test", "hatch-build"] {
            sandbox.minimal_environment_at(&of_hatch.join(name));
        }
        drop(here().status(0).stderr("").stdout(format!("{}\n", super::masked(&sandbox, &of_hatch.join("shop")))));
        fs::remove_dir_all(of_hatch.join("shop")).unwrap();
        drop(here().status(1).stdout("").stderr_contains("`shop:docs` and `shop:test`"));
    }
}
