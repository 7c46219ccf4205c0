//! Each command with an environment that another tool manages.

use std::fs;

use super::{clone_hint, masked, of_poetry, project, world};
use crate::interactive::in_every_shell;
use crate::support::conda;
use crate::support::disk::tree;
use crate::support::pty::Terminal;
use crate::support::pythons;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::story::Story;

#[test]
fn the_list_is_one_with_the_owner_of_each() {
    let sandbox = world();
    sandbox.minimal_environment("mine");
    project(&sandbox, "shop");
    of_poetry(&sandbox, "api-Z-lblKmL-py3.11");
    let gis = conda::prefix(&sandbox, "conda/envs/gis");
    fs::remove_file(sandbox.root().join("projects/shop/.venv/bin/python")).unwrap();
    let path = |place: &str| masked(&sandbox, &sandbox.root().join(place));
    let table = format!(
        "name  origin  python  path\nmine  store   3.11.2  {}\napi   poetry  3.11.2  {}\ngis   conda   3.11.9  {}\n\
         shop  venv    broken  {}\n",
        path("envs/mine"),
        path("cache/pypoetry/virtualenvs/api-Z-lblKmL-py3.11"),
        masked(&sandbox, &gis),
        path("projects/shop/.venv"),
    );
    for words in [&["lsvirtualenv", "--all"][..], &["lsvirtualenv", "-a"]] {
        sandbox.run(words).status(0).stderr("").stdout(&table);
    }
    sandbox.run(["lsvirtualenv", "-ab"]).status(0).stderr("").stdout("mine\napi\ngis\nshop\n");
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stderr("").stdout("mine\n");
    let long = sandbox.run(["lsvirtualenv", "-al"]).status(0).stderr("").stdout_text();
    assert!(long.contains("\napi\n===\npython:    3.11.2\n") && long.contains("\nkept by:   poetry\n"), "{long}");
    let answer = sandbox.run(["lsvirtualenv", "--all", "--json"]).status(0).stderr("");
    let told: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap();
    let field = |field: &str| told["environments"].as_array().unwrap().iter().map(|each| each[field].clone()).collect();
    let (names, origins, projects): (Vec<_>, Vec<_>, Vec<_>) = (field("name"), field("origin"), field("project"));
    assert_eq!(names, ["mine", "api", "gis", "shop"]);
    assert_eq!(origins, ["store", "poetry", "conda", "venv"]);
    assert_eq!(projects[3], sandbox.root().join("projects/shop").to_str().unwrap());
    assert!(projects[..3].iter().all(serde_json::Value::is_null), "{projects:?}");
    assert_eq!(told["schema"], 1);
    sandbox.run(["showvirtualenv", "api"]).status(0).stderr("").stdout_contains("kept by:   poetry\n");
}

/// Showing and activating write nothing; changes are refused with one line and a hint.
#[test]
fn nothing_of_others_is_changed() {
    let sandbox = world();
    project(&sandbox, "shop");
    let gis_root = conda::prefix(&sandbox, "conda/envs/gis");
    let before = tree(sandbox.root());
    let shop = "venvwrap: `shop` belongs to venv: [ROOT]/projects/shop/.venv\nhint: ";
    let gis = "venvwrap: `gis` belongs to conda: [ROOT]/conda/envs/gis\nhint: ";
    let copy = "`venvwrap cpvirtualenv shop NAME` makes a copy in WORKON_HOME\n";
    let clone = &clone_hint(&gis_root);
    let refuses = |words: &[&str], said: &str, hint: &str| {
        sandbox.run(words).status(1).stdout("").stderr(format!("{said}{hint}"));
    };
    refuses(&["mvvirtualenv", "shop", "y"], shop, copy);
    refuses(&["doctor", "shop"], shop, copy);
    refuses(&["doctor", "--fix", "venv:shop"], shop, copy);
    refuses(&["mvvirtualenv", "gis", "y"], gis, clone);
    let answer = sandbox.run(["cpvirtualenv", "gis", "y"]).status(1);
    answer.stdout("Please provide a valid virtualenv to copy.\n").stderr(format!("{gis}{clone}"));
    for words in [["rmvirtualenv", "shop"], ["rmvirtualenv", "venv:shop"], ["rmvirtualenv", "-f"]] {
        let words = if words[1] == "-f" { vec!["rmvirtualenv", "-f", "shop"] } else { words.to_vec() };
        let said = sandbox.run(words).status(1).stdout("").stderr_text();
        assert!(said.starts_with(shop) && said.contains("`rm -r ") && said.ends_with("/.venv'`\n"), "{said}");
    }
    let path = format!("conda:{}", sandbox.root().join("conda/envs/gis").to_str().unwrap());
    sandbox.run(["rmvirtualenv", &path]).status(1).stdout("").stderr_contains("\nhint: `conda env remove -p ");
    // If one of several names is refused, nothing is removed.
    sandbox.minimal_environment("x");
    sandbox.run(["rmvirtualenv", "x", "gis"]).status(1).stdout("");
    fs::remove_dir_all(sandbox.environment("x")).unwrap();
    for verb in ["which", "env", "showvirtualenv"] {
        sandbox.run([verb, "shop"]);
        sandbox.run([verb, "gis"]);
    }
    sandbox.run(["lsvirtualenv", "--all", "-l"]).status(0);
    // The cache is ours.
    let after: Vec<String> =
        tree(sandbox.root()).lines().filter(|line| !line.starts_with("cache/venvwrap/")).map(str::to_owned).collect();
    assert_eq!(after.join("\n"), before.trim_end());
}

#[test]
fn a_copy_comes_into_the_store() {
    let sandbox = world();
    let python = pythons::complete();
    let root = of_poetry(&sandbox, "api-Z-lblKmL-py3.11");
    fs::remove_dir_all(&root).unwrap();
    let mut command = sandbox.command(&python.path);
    command.args(["-m", "venv", "--without-pip"]).arg(&root);
    sandbox.run_command(command, b"").status(0);
    for (words, name) in
        [(&["cpvirtualenv", "poetry:api"][..], "api"), (&["cpvirtualenv", "poetry:api", "mine"], "mine")]
    {
        sandbox.run(words).status(0);
        let prefix = "import sys; print(sys.prefix)";
        sandbox.run(["run", name, "python", "-c", prefix]).status(0).stdout(format!("[ROOT]/envs/{name}\n"));
    }
}

/// Names of other tools' environments are free in the store.
#[test]
fn the_name_is_free_in_the_store() {
    let sandbox = world();
    project(&sandbox, "shop");
    sandbox.run(["mkvirtualenv", "--without-pip", "shop"]).status(0);
    sandbox.run(["which", "shop"]).status(0).stdout("[ROOT]/envs/shop\n");
}

/// Commands for the active environment.
#[test]
fn in_one_the_commands_for_the_active_one_work() {
    let sandbox = world();
    let shop = project(&sandbox, "shop");
    sandbox.write("projects/shop/.venv/lib/python3.11/site-packages/thing.py", "");
    Story::new()
        .run(["workon", "-n", "shop"])
        .directory()
        .run(["cdproject"])
        .directory()
        .run(["cdvirtualenv", "bin"])
        .directory()
        .run(["cdsitepackages"])
        .directory()
        .get("VIRTUAL_ENV_PROMPT")
        .run(["deactivate"])
        .run_failing(["cdproject"])
        .played(&sandbox, Shell::Bash.plain())
        .records(
            "workon -n shop: 0
             in [ROOT]
             cdproject: 0
             in [ROOT]/projects/shop
             cdvirtualenv bin: 0
             in [ROOT]/projects/shop/.venv/bin
             cdsitepackages: 0
             in [ROOT]/projects/shop/.venv/lib/python3.11/site-packages
             export VIRTUAL_ENV_PROMPT=shop
             deactivate: 0
             cdproject: 1",
        );
    for shell in Shell::ALL {
        let story = Story::new().run(["workon", "shop"]).run(["lssitepackages"]).run(["toggleglobalsitepackages"]);
        story.played(&sandbox, shell.plain()).says("thing.py\nEnabled global site-packages\n", "");
        let story =
            Story::new().run(["workon", "shop"]).run(["toggleglobalsitepackages", "-q"]).run(["showvirtualenv"]);
        let told = story.played(&sandbox, shell.plain());
        assert!(told.stdout_text().contains("path:      [ROOT]/projects/shop/.venv\n"), "{told}");
    }
    drop(shop);
}

/// Global hooks run as usual; hooks in the environment itself run only if trusted.
#[test]
fn hooks_are_the_persons_own() {
    let sandbox = world();
    let shop = project(&sandbox, "shop");
    let say = |text: &str| format!("echo \"{text} $VIRTUAL_ENV_PROMPT\"\n");
    for hook in ["postactivate", "predeactivate", "postdeactivate"] {
        sandbox.write(format!("envs/{hook}"), say(&format!("global {hook}")));
        sandbox.write(format!("projects/shop/.venv/bin/{hook}"), say(&format!("own {hook}")));
        sandbox.write(format!("projects/shop/.virtualenvwrapper/{hook}"), say(&format!("project {hook}")));
    }
    sandbox.program("envs/preactivate", "#!/bin/sh\necho \"global preactivate $1\"\n");
    let activate = shop.join(".venv/bin/activate");
    let text = fs::read_to_string(&activate).unwrap();
    fs::write(&activate, format!("{text}echo appended\n")).unwrap();
    let story = Story::new().run(["workon", "shop"]).run(["deactivate"]);
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        assert_eq!(
            told.stdout_text(),
            "global preactivate shop\nglobal postactivate shop\nglobal predeactivate shop\nglobal postdeactivate \n"
        );
        let said = told.stderr_text();
        assert!(said.contains("bin/postactivate and 1 more are not trusted and were not sourced"), "{said}");
        assert!(said.contains(".virtualenvwrapper/postactivate is not trusted and was not sourced"), "{said}");
        assert_eq!(said.lines().count(), 5, "{said}");
    }
    sandbox.run(["trust", "projects/shop"]).status(0);
    sandbox.run(["trust", "projects/shop/.venv"]).status(0).stderr_contains("/.venv/bin/activate\n");
    for shell in Shell::ALL {
        let appended = if shell == Shell::Fish { "" } else { "appended\n" };
        let all = format!(
            "global preactivate shop\n{appended}project postactivate shop\nglobal postactivate shop\nown postactivate shop\n\
             project predeactivate shop\nown predeactivate shop\nglobal predeactivate shop\nown postdeactivate \n\
             global postdeactivate \n"
        );
        story.played(&sandbox, shell.plain()).says(&all, "");
    }
}

#[test]
fn tab_offers_them_where_the_store_has_nothing() {
    let sandbox = world();
    sandbox.minimal_environment("shed");
    project(&sandbox, "shop");
    of_poetry(&sandbox, "api-Z-lblKmL-py3.11");
    let offered = |verb: &str, typed: &str| {
        let mut command = sandbox.command(BINARY);
        command.args(["complete", "fish", "--", verb, typed]);
        sandbox.run_command(command, b"").status(0).stderr("").stdout_text()
    };
    assert_eq!(offered("workon", "sh"), "shed\t3.11.2\n");
    assert_eq!(offered("workon", "sho"), "shop\n");
    assert_eq!(offered("workon", ""), "shed\t3.11.2\n");
    assert_eq!(offered("showvirtualenv", "a"), "api\n");
    assert_eq!(offered("workon", "poetry:"), "poetry:api\n");
    assert_eq!(offered("rmvirtualenv", "sho"), "");
    assert_eq!(offered("workon", "nothing"), "");
}

/// bash splits words at `:`.
#[test]
fn tab_completes_them_at_a_terminal() {
    let sandbox = world();
    project(&sandbox, "shop");
    of_poetry(&sandbox, "api one-Z-lblKmL-py3.11");
    in_every_shell(&sandbox, |terminal| {
        assert_eq!(terminal.completed("workon sh\t"), "workon shop ", "{:?}", terminal.shell);
        let completed = terminal.completed("workon poetry:a\t");
        let expected = ["workon poetry:api\\ one ", "workon 'poetry:api one' "];
        assert!(expected.contains(&&*completed), "{:?}: {completed}", terminal.shell);
    });
}

/// The prompt shows the environment, also in a child shell.
#[test]
fn the_prompt_shows_a_conda_environment() {
    let sandbox = world();
    conda::prefix(&sandbox, "conda/envs/gis");
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        assert!(terminal.run("workon gis").ends_with("\n(gis) $"), "{shell:?}");
        assert!(terminal.run("deactivate").ends_with("\n$"), "{shell:?}");
    }
}

#[test]
fn a_broken_one_is_for_its_owner_to_mend() {
    let sandbox: Sandbox = world();
    let root = of_poetry(&sandbox, "api-Z-lblKmL-py3.11");
    fs::remove_file(root.join("bin/python")).unwrap();
    sandbox.run(["run", "api", "true"]).status(1).stdout("").stderr(format!(
        "venvwrap: environment `api` is broken: its Python, {}/bin/python, does not exist\n\
         hint: recreate it with poetry\n",
        masked(&sandbox, &root)
    ));
}
