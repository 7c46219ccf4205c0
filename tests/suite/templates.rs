//! `mkproject -t` with directories, programs, the real copier and cookiecutter, and plugins in
//! every real Python.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::support::disk::tree;
use crate::support::pty::{INTERRUPT, RcFile, Terminal};
use crate::support::pythons;
use crate::support::sandbox::{Answer, Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::Story;

/// A sandbox with a PROJECT_HOME and hooks.
fn sandbox(mut sandbox: Sandbox) -> Sandbox {
    let (projects, hooks) = (sandbox.root().join("projects"), sandbox.root().join("hooks"));
    fs::create_dir(&projects).unwrap();
    fs::create_dir_all(hooks.join("templates")).unwrap();
    sandbox.set("PROJECT_HOME", projects).set("VIRTUALENVWRAPPER_HOOK_DIR", hooks);
    sandbox
}

/// Runs mkproject from a script, without pip.
fn make<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Answer<'a> {
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run([&["mkproject", "--without-pip", "-p", python], words].concat())
}

#[test]
fn one_that_is_not_there_is_refused_before_anything_is_made() {
    let sandbox = sandbox(Sandbox::new());
    sandbox.write("hooks/templates/django/file", "");
    sandbox.write("hooks/templates/plain", "");
    let before = tree(sandbox.root());
    let place = "[ROOT]/hooks/templates";
    let cases = [
        ("djagno", format!("no template `djagno` in {place}\nhint: did you mean `django`?")),
        ("x", format!("no template `x` in {place}\nhint: `venvwrap mkproject --list-templates` lists the templates")),
        ("copier:x", "copier is not installed\nhint: `uv tool install copier` or `pipx install copier`".to_owned()),
        (
            "cookiecutter:x",
            "cookiecutter is not installed\nhint: `uv tool install cookiecutter` or `pipx install cookiecutter`"
                .to_owned(),
        ),
    ];
    for (word, says) in cases {
        sandbox
            .run(["mkproject", "-t", "django", "-t", word, "new"])
            .status(1)
            .stdout("")
            .stderr(format!("venvwrap: {says}\n"));
    }
    sandbox
        .run(["mkproject", "-t", "plain", "new"])
        .status(1)
        .stderr_contains("/plain is not executable\nhint: `chmod +x ");
    assert_eq!(tree(sandbox.root()), before);
}

#[test]
fn a_directory_is_copied_and_what_is_there_stays() {
    let sandbox = sandbox(Sandbox::new());
    sandbox.program("hooks/templates/it's web/bin/run", "#!/bin/sh\necho runs\n");
    sandbox.write("hooks/templates/it's web/README", "template");
    sandbox.write("hooks/templates/it's web/sub/new", "new");
    symlink("nowhere", sandbox.root().join("hooks/templates/it's web/link")).unwrap();
    sandbox.write("projects/new/README", "mine");
    sandbox.write("projects/new/sub/old", "old");
    make(&sandbox, &["-f", "-t", "it's web", "new"]).status(0).stdout_contains("\n\nApplying template it's web\n");
    let project = sandbox.root().join("projects/new");
    assert_eq!(fs::read_to_string(project.join("README")).unwrap(), "mine");
    assert!(project.join("sub/old").is_file() && project.join("sub/new").is_file());
    assert_eq!(fs::read_link(project.join("link")).unwrap(), Path::new("nowhere"));
    sandbox.run_command(sandbox.command(project.join("bin/run")), b"").status(0).stdout("runs\n");
}

#[test]
fn a_program_is_run_in_the_project_and_its_failure_is_told() {
    let sandbox = sandbox(Sandbox::new());
    sandbox.program("hooks/templates/good", "#!/bin/sh\nprintf '%s|%s|%s\\n' \"$1\" \"$2\" \"$PWD\"\n");
    sandbox.program("hooks/templates/bad", "#!/bin/sh\nprintf '%s\\n' \"$VIRTUAL_ENV\"\nexit 7\n");
    let python = pythons::complete().path.to_str().unwrap();
    for shell in Shell::ALL {
        let words = ["mkproject", "-t", "bad", "-t", "good", "--without-pip", "-p", python, "a b"];
        let told = Story::new().run_failing(words).get("VIRTUAL_ENV").directory().played(&sandbox, shell.plain());
        let project = "[ROOT]/projects/a b";
        let said =
            format!("\nApplying template bad\n[ROOT]/envs/a b\n\nApplying template good\na b|{project}|{project}\n");
        assert!(told.stdout_text().ends_with(&said), "{told}");
        assert!(told.stderr_text().ends_with("template bad failed with status 7\n"), "{told}");
        told.records(&format!("{}: 1\nexport VIRTUAL_ENV=[ROOT]/envs/a b\nin {project}", words.join(" ")));
        sandbox.run(["rmvirtualenv", "--now", "a b"]).status(0);
        fs::remove_dir(sandbox.root().join("projects/a b")).unwrap();
    }
}

#[test]
fn copier_fills_the_project() {
    let sandbox = sandbox(Sandbox::plain());
    symlink(pythons::peer("copier"), sandbox.tools().join("copier")).unwrap();
    sandbox.write("tpl/copier.yml", "license:\n  type: str\n  default: MIT\n");
    sandbox.write("tpl/README.md.jinja", "{{ project_name }} {{ license }}\n");
    sandbox.write("tpl/kept.jinja", "from the template\n");
    let mut git = sandbox.command("git");
    git.args(["init", "--quiet", "tpl"]);
    sandbox.run_command(git, b"").status(0);
    sandbox.write("projects/my api/kept", "mine\n");
    make(&sandbox, &["-f", "-t", "copier:./tpl", "my api"]).status(0);
    let project = sandbox.root().join("projects/my api");
    assert_eq!(fs::read_to_string(project.join("README.md")).unwrap(), "my api MIT\n");
    assert_eq!(fs::read_to_string(project.join("kept")).unwrap(), "mine\n");
    let gone = "venvwrap: template `copier:./gone`: [ROOT]/gone does not exist\n";
    sandbox.run(["mkproject", "-t", "copier:./gone", "new"]).status(1).stdout("").stderr(gone);
    // In a shell, which changes directory before the template is applied.
    let python = pythons::complete().path.to_str().unwrap();
    let words = ["mkproject", "--without-pip", "-p", python, "-t", "copier:tpl", "two"];
    let told = Story::new().run(words).directory().played(&sandbox, Shell::Bash.plain());
    told.records(&format!("{}: 0\nin [ROOT]/projects/two", words.join(" ")));
    assert_eq!(fs::read_to_string(sandbox.root().join("projects/two/README.md")).unwrap(), "two MIT\n");
}

#[test]
fn cookiecutter_fills_the_project_whatever_the_template_calls_it() {
    let sandbox = sandbox(Sandbox::plain());
    symlink(pythons::peer("cookiecutter"), sandbox.tools().join("cookiecutter")).unwrap();
    let slug = "{{ cookiecutter.project_name.lower().replace(' ', '_') }}";
    sandbox.write("tpl/cookiecutter.json", format!(r#"{{"project_name": "Demo", "slug": "{slug}"}}"#));
    sandbox.write("tpl/{{cookiecutter.slug}}/README", "{{ cookiecutter.project_name }}\n");
    sandbox.write("tpl/{{cookiecutter.slug}}/src/kept", "from the template\n");
    sandbox.write("tpl/{{cookiecutter.slug}}/src/new", "from the template\n");
    sandbox.write("tpl/hooks/post_gen_project.py", "import os\nopen('where', 'w').write(os.getcwd())\n");
    // With the name that the template uses, and with another.
    for name in ["api", "My Api"] {
        let project = sandbox.root().join("projects").join(name);
        sandbox.write(project.join("src/kept"), "mine\n");
        make(&sandbox, &["-f", "-t", "cookiecutter:tpl", name]).status(0);
        assert_eq!(fs::read_to_string(project.join("README")).unwrap(), format!("{name}\n"));
        assert_eq!(fs::read_to_string(project.join("src/kept")).unwrap(), "mine\n");
        assert_eq!(fs::read_to_string(project.join("src/new")).unwrap(), "from the template\n");
        assert_eq!(fs::read_to_string(project.join("where")).unwrap() == project.to_str().unwrap(), name == "api");
    }
    assert_eq!(crate::support::disk::names(&sandbox.root().join("projects")), ["My Api", "api"]);
    let answer = make(&sandbox, &["-t", "cookiecutter:tpl/hooks", "bad"]).status(1);
    assert!(answer.stderr_text().contains("template cookiecutter:[ROOT]/tpl/hooks failed with status 1\n"), "{answer}");
    assert_eq!(crate::support::disk::names(&sandbox.root().join("projects")), ["My Api", "api", "bad"]);
}

/// An installed package with a plugin, in a directory for PYTHONPATH.
fn plugin(sandbox: &Sandbox) {
    sandbox.write(
        "plugins/our_plugin.py",
        "import os\nprint('noise while it is loaded')\n\n\ndef web(args):\n    \"\"\"A web project\n\n    And more.\n    \"\"\"\n    \
         name, directory = args\n    with open(os.path.join(directory, 'made'), 'w') as file:\n        \
         file.write('%s|%s|%s' % (type(args).__name__, name, os.getcwd()))\n",
    );
    sandbox
        .write("plugins/our_plugin-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: our-plugin\nVersion: 1.0\n");
    sandbox.write(
        "plugins/our_plugin-1.0.dist-info/entry_points.txt",
        "[virtualenvwrapper.project.template]\nweb = our_plugin:web\nbroken = no_such_module:x\n",
    );
}

#[test]
fn plugins_of_every_python_are_listed_and_run() {
    let mut sandbox = sandbox(Sandbox::new());
    plugin(&sandbox);
    sandbox.set("PYTHONPATH", sandbox.root().join("plugins"));
    let mut count = 0;
    for python in pythons::all().iter().filter(|python| python.version >= (3, 6, 0)) {
        sandbox.set("VIRTUALENVWRAPPER_PYTHON", &python.path);
        let text = sandbox.run(["mkproject", "-h"]).status(0).stderr("").stdout_text();
        let has_metadata = python.version >= (3, 8, 0) || text.contains("\n  web ");
        if !has_metadata {
            eprintln!("skipped: {} has neither importlib.metadata nor pkg_resources", python.full());
            continue;
        }
        count += 1;
        assert!(text.contains("\nAvailable templates:\n  broken            cannot be loaded: "), "{text}");
        assert!(text.contains("\n  web               A web project\n"), "{text}");
        make(&sandbox, &["-t", "wbe", "new"]).status(1).stderr_contains("hint: did you mean `web`?");
        make(&sandbox, &["-t", "web", "new"]).status(0);
        let made = fs::read(sandbox.root().join("projects/new/made")).unwrap();
        assert_eq!(String::from_utf8_lossy(&sandbox.masked(&made)), "list|new|[ROOT]/envs", "{}", python.full());
        let answer = make(&sandbox, &["-f", "-t", "broken", "new"]).status(1);
        assert!(answer.stderr_text().contains("no_such_module"), "{answer}");
        sandbox.run(["rmvirtualenv", "--now", "new"]).status(0);
        fs::remove_dir_all(sandbox.root().join("projects/new")).unwrap();
    }
    assert!(count >= 2, "{count}");
    let list: serde_json::Value =
        serde_json::from_slice(&sandbox.run(["mkproject", "--list-templates", "--json"]).status(0).stdout).unwrap();
    assert_eq!(list["templates"][1]["name"], "web");
    assert_eq!(list["templates"][1]["kind"], "plugin");
}

/// The variable may be set without export. If it is unset, no Python is started.
#[test]
fn the_python_of_the_plugins_is_the_one_that_is_named() {
    let sandbox = sandbox(Sandbox::new());
    plugin(&sandbox);
    sandbox.program("tools/python3", "#!/bin/sh\n: >canary\n");
    let python = pythons::complete().path.to_str().unwrap().to_owned();
    for shell in Shell::ALL {
        let story = Story::new()
            .export("PYTHONPATH", bytes(sandbox.root().join("plugins")))
            .run_failing(["mkproject", "-t", "web", "-p", &python, "new"])
            .set("VIRTUALENVWRAPPER_PYTHON", &python)
            .run(["mkproject", "-t", "web", "--without-pip", "-p", &python, "new"])
            .directory();
        let told = story.played(&sandbox, shell.plain());
        assert!(told.stderr_text().starts_with("venvwrap: no template `web` in [ROOT]/hooks/templates\n"), "{told}");
        told.records(&format!(
            "mkproject -t web -p {python} new: 1
             mkproject -t web --without-pip -p {python} new: 0
             in [ROOT]/projects/new"
        ));
        assert!(sandbox.root().join("projects/new/made").is_file());
        sandbox.run(["rmvirtualenv", "--now", "new"]).status(0);
        fs::remove_dir_all(sandbox.root().join("projects/new")).unwrap();
    }
    assert!(!sandbox.root().join("canary").exists());
    for (value, says) in [("/no/python", "there is no program /no/python"), ("true", "does not list its templates")] {
        let mut command = sandbox.command(crate::support::sandbox::BINARY);
        command.args(["mkproject", "-t", "web", "new"]).env("VIRTUALENVWRAPPER_PYTHON", value);
        sandbox.run_command(command, b"").status(1).stdout("").stderr_contains(says);
    }
    assert!(!sandbox.environment("new").exists());
}

#[test]
fn tab_offers_what_lies_in_the_directory() {
    let sandbox = sandbox(Sandbox::new());
    sandbox.write("hooks/templates/my web/file", "");
    sandbox.write("hooks/templates/other", "");
    for shell in Shell::ALL {
        let before = if shell == Shell::Zsh { "autoload -Uz compinit; compinit -u -D" } else { "" };
        let terminal = Terminal::start_with(&sandbox, shell, RcFile { before, after: "" });
        assert_eq!(terminal.completed("mkproject -t my\t"), "mkproject -t my\\ web ");
        assert_eq!(terminal.completed("mkproject --list-t\t"), "mkproject --list-templates ");
    }
}

/// On a terminal the template asks. Ctrl-C goes to the template, is reported, and the project
/// stays.
#[test]
fn at_a_terminal_a_template_may_ask_and_be_interrupted() {
    let sandbox = sandbox(Sandbox::plain());
    sandbox.program("hooks/templates/asks", "#!/bin/sh\nprintf 'license? '\nread answer\necho \"$answer\" >license\n");
    let python = pythons::complete().path.to_str().unwrap();
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        for (keys, license) in [("MIT\r", Some("MIT\n")), (INTERRUPT, None)] {
            let prompts = terminal.prompts();
            terminal.type_keys(format!("mkproject --without-pip -p {python} -t asks new\r"));
            terminal.wait_for("license?");
            terminal.type_keys(keys);
            terminal.wait_for_prompt_after(prompts);
            let file = sandbox.root().join("projects/new/license");
            assert_eq!(fs::read_to_string(file).ok().as_deref(), license, "{shell:?}: {}", terminal.screen());
            let screen = terminal.screen();
            assert_eq!(
                screen.contains("template asks failed with status 130"),
                license.is_none(),
                "{shell:?}: {screen}"
            );
            assert_eq!(terminal.value("VIRTUAL_ENV"), "[ROOT]/envs/new", "{shell:?}: {screen}");
            terminal.run("deactivate; cd ..; rmvirtualenv --now new; rm -r \"$PROJECT_HOME/new\"");
        }
    }
}
