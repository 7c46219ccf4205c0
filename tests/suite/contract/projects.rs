//! Projects: `mkproject`, `setvirtualenvproject` and `cdproject`. Which project `workon` goes to:
//! `verbs::workon`.

use std::fs;

use super::telling::{assert_heard, hooks, quick_sandbox, sourced, typed, typing, write};
use crate::support::disk::{names, tree};
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::{Player, Story};

#[test]
fn a_project_is_a_directory_an_environment_and_the_link_between_them() {
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        let there = "[ -d \"$PROJECT_HOME/it's\" ] && echo '* the directory is there'";
        write(&sandbox.workon_home().join("premkproject"), &format!("#!/bin/sh\necho '* before'\n{there}\n"), 0o755);
        sourced(
            &sandbox.workon_home(),
            "postmkproject",
            &format!("{there}\nls -A\n"),
            "echo '* the directory is there'; ls -A",
        );
        fs::create_dir(sandbox.root().join("projects/old")).unwrap();
        // Going to the project has nothing to do with this setting here.
        let story = Story::new().set("VIRTUALENVWRAPPER_WORKON_CD", "0").run(["mkproject", "it's"]).directory();
        let story = story.get("VIRTUAL_ENV").run(["mkproject", "old", "-f"]).directory().get("VIRTUAL_ENV_PROMPT");
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[""],
            "* before
             Creating [ROOT]/projects/it's
             Setting project for it's to [ROOT]/projects/it's
             * the directory is there
             * before
             * the directory is there
             Creating [ROOT]/projects/old
             Setting project for old to [ROOT]/projects/old
             * the directory is there",
        );
        told.records(
            "mkproject it's: 0
             in [ROOT]/projects/it's
             export VIRTUAL_ENV=[ROOT]/envs/it's
             mkproject old -f: 0
             in [ROOT]/projects/old
             export VIRTUAL_ENV_PROMPT=old",
        );
        let link = fs::read(sandbox.environment("it's").join(".project")).unwrap();
        assert_eq!(link, [bytes(sandbox.root().join("projects/it's")), b"\n".to_vec()].concat());
    }
}

#[test]
fn templates_are_applied_in_their_order_before_the_last_hook() {
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        let templates = sandbox.workon_home().join("templates");
        let program = "#!/bin/sh\nprintf '%s\\n' \"* $0 [$1] [$2] in $(pwd -P)\"; ls -A\nexit 3\n";
        write(&templates.join("my program"), program, 0o755);
        write(&templates.join("tree/a/b"), "of the template\n", 0o644);
        write(&templates.join("tree/kept"), "of the template\n", 0o644);
        fs::create_dir(sandbox.root().join("projects/it's")).unwrap();
        fs::write(sandbox.root().join("projects/it's/kept"), "mine\n").unwrap();
        hooks(&sandbox.workon_home(), "global", &["postmkproject"]);
        let words = ["mkproject", "-t", "tree", "-f", "-t", "my program", "it's"];
        let told = Story::new().run(words).played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &[""],
            "Creating [ROOT]/projects/it's
             Setting project for it's to [ROOT]/projects/it's

             Applying template tree

             Applying template my program
             * [ROOT]/envs/templates/my program [it's] [[ROOT]/projects/it's] in [ROOT]/projects/it's
             a
             kept
             * global postmkproject [] in [ROOT]/projects/it's: env=it's last= cd=",
        );
        assert!(told.stderr_text().contains("template my program failed with status 3\n"), "{told}");
        told.records("mkproject -t tree -f -t my program it's: 1");
        let made = tree(&sandbox.root().join("projects/it's"));
        assert_eq!(made, "a/ 755\na/b 644 of the template\\n\nkept 644 mine\\n");
    }
}

#[test]
fn a_project_that_cannot_be_made_leaves_nothing() {
    let sandbox = quick_sandbox();
    fs::create_dir(sandbox.root().join("projects/old")).unwrap();
    let story = Story::new()
        .run_failing(["mkproject", "old"])
        .run_failing(["mkproject", "-t", "nosuch", "new"])
        .run_failing(["mkproject", "-p", "/no/such/python", "new"])
        .run_failing(["mkproject", "a/b"])
        .run_failing(["mkproject"])
        .set("PROJECT_HOME", "/no/such/home")
        .run_failing(["mkproject", "new"])
        .unset("PROJECT_HOME")
        .run_failing(["mkproject", "new"])
        .get("VIRTUAL_ENV")
        .directory();
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        let stderr = told.stderr_text();
        for said in [
            "mkproject: [ROOT]/projects/old already exists\nhint: `mkproject -f old` uses it as it is\n",
            "no template `nosuch` in [ROOT]/envs/templates\n",
            "PROJECT_HOME: directory /no/such/home does not exist\n",
            "PROJECT_HOME is not set\nhint: set it to the directory that holds your projects\n",
        ] {
            assert!(stderr.contains(said), "{said} in {told}");
        }
        assert_eq!(told.stdout_text(), "", "{told}");
        told.records(
            "mkproject old: 1
             mkproject -t nosuch new: 1
             mkproject -p /no/such/python new: 1
             mkproject a/b: 1
             mkproject: 2
             mkproject new: 1
             mkproject new: 1
             unset VIRTUAL_ENV
             in [ROOT]",
        );
        assert_eq!(names(&sandbox.root().join("projects")), ["old"]);
        let made = names(&sandbox.workon_home());
        assert!(made.iter().all(|name| name.starts_with('.')), "{made:?}");
    }
}

/// `x` and `y` in the store, an environment elsewhere, and two project directories.
fn with_places() -> Sandbox {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.minimal_environment_at(&sandbox.root().join("p/.venv"));
    // Called like an environment of the store, which comes first.
    sandbox.minimal_environment_at(&sandbox.root().join("x"));
    fs::create_dir(sandbox.root().join("my $project")).unwrap();
    sandbox
}

#[test]
fn setvirtualenvproject_links_and_says_so_and_goes_nowhere() {
    for shell in Shell::ALL {
        let sandbox = with_places();
        hooks(&sandbox.workon_home(), "global", &["postactivate", "predeactivate"]);
        let story = typed(&["setvirtualenvproject x p", "setvirtualenvproject ./p/.venv p", "setvirtualenvproject y"]);
        let story = story.run(["setvirtualenvproject", "x", "my $project/../my $project/"]).directory();
        let story = typing(typing(story, "workon x"), "setvirtualenvproject").directory();
        let story = story.line("cd /").run(["setvirtualenvproject"]).run(["cdproject"]).directory();
        let told = story.played(&sandbox, shell.plain());
        assert_heard(
            &told,
            &["Setting"],
            "> setvirtualenvproject x p
             Setting project for x to [ROOT]/p
             > setvirtualenvproject ./p/.venv p
             Setting project for .venv to [ROOT]/p
             > setvirtualenvproject y
             Setting project for y to [ROOT]
             Setting project for x to [ROOT]/my $project
             > workon x
             * global postactivate [] in [ROOT]/my $project: env=x last= cd=1
             > setvirtualenvproject
             Setting project for x to [ROOT]/my $project
             Setting project for x to /",
        );
        told.records(
            "setvirtualenvproject x p: 0
             setvirtualenvproject ./p/.venv p: 0
             setvirtualenvproject y: 0
             setvirtualenvproject x my $project/../my $project/: 0
             in [ROOT]
             workon x: 0
             setvirtualenvproject: 0
             in [ROOT]/my $project
             setvirtualenvproject: 0
             cdproject: 0
             in /",
        );
        let link =
            |file: &str| String::from_utf8(sandbox.masked(&fs::read(sandbox.root().join(file)).unwrap())).unwrap();
        assert!(!sandbox.root().join("x/.project").exists());
        let links = ["envs/x/.project", "envs/y/.project", "p/.venv/.project"].map(link);
        assert_eq!(links, ["/\n", "[ROOT]\n", "[ROOT]/p\n"]);
    }
}

#[test]
fn setvirtualenvproject_refuses_what_is_none() {
    let sandbox = with_places();
    let before = tree(&sandbox.workon_home());
    let story = Story::new()
        .run_failing(["setvirtualenvproject"])
        .run_failing(["setvirtualenvproject", "nosuch"])
        .run_failing(["setvirtualenvproject", "p", "p"])
        .run_failing(["setvirtualenvproject", "x", "nosuch"])
        .run_failing(["setvirtualenvproject", "x", "p/.venv/pyvenv.cfg"])
        .run_failing(["setvirtualenvproject", "x", "p", "y"]);
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        let stderr = told.stderr_text();
        assert!(stderr.contains("No virtualenv") && stderr.contains("no virtualenv active"), "{told}");
        assert_eq!(told.stdout_text(), "", "{told}");
        told.records(
            "setvirtualenvproject: 1
             setvirtualenvproject nosuch: 1
             setvirtualenvproject p p: 1
             setvirtualenvproject x nosuch: 1
             setvirtualenvproject x p/.venv/pyvenv.cfg: 1
             setvirtualenvproject x p y: 2",
        );
        assert_eq!(tree(&sandbox.workon_home()), before);
    }
}

#[test]
fn cdproject_goes_there_or_says_why_not() {
    let sandbox = with_places();
    let link = |name: &str, text: Vec<u8>| fs::write(sandbox.environment(name).join(".project"), text).unwrap();
    link("x", bytes(sandbox.root().join("my $project")));
    for name in ["empty", "gone"] {
        sandbox.minimal_environment(name);
    }
    link("empty", b"\n".to_vec());
    link("gone", b"/no/such/place\n".to_vec());
    let story = Story::new().run_failing(["cdproject"]).run(["workon", "-n", "x"]).run(["cdproject"]).directory();
    let story = ["y", "empty", "gone"]
        .iter()
        .fold(story, |story, name| story.run(["workon", name]).run_failing(["cdproject"]).directory());
    for player in Player::all() {
        let told = story.played(&sandbox, player);
        let stderr = told.stderr_text();
        for said in ["no virtualenv active", "No project set in [ROOT]/envs/y/.project", "/no/such/place"] {
            assert!(stderr.contains(said), "{said} in {told}");
        }
        told.records(
            "cdproject: 1
             workon -n x: 0
             cdproject: 0
             in [ROOT]/my $project
             workon y: 0
             cdproject: 1
             in [ROOT]/my $project
             workon empty: 0
             cdproject: 1
             in [ROOT]/my $project
             workon gone: 0
             cdproject: 1
             in [ROOT]/my $project",
        );
    }
}
