//! `mktmpenv`: where it leads, what it says, and when the environment goes away.

use std::fs;

use super::telling::{self, assert_heard, hooks, quick_sandbox, typed, write};
use crate::support::disk::names;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::told::Told;

const NOTICE: &str = "This is a temporary environment. It will be deleted when you run 'deactivate'.\n";

/// The name that was made up, as the story recorded it.
fn name(told: &Told<'_>) -> String {
    let text = told.records.iter().find_map(|record| record.strip_prefix(b"export VIRTUAL_ENV_PROMPT="));
    let name = String::from_utf8(text.unwrap().to_vec()).unwrap();
    let digits = name.strip_prefix("tmp-").unwrap();
    assert!(digits.len() == 16 && digits.chars().all(|digit| "0123456789abcdef".contains(digit)), "{name}");
    name
}

/// What is in the store besides what venvwrap keeps there.
fn environments(sandbox: &Sandbox) -> Vec<String> {
    let is_environment = |name: &String| sandbox.environment(name).is_dir() && !name.starts_with('.');
    names(&sandbox.workon_home()).into_iter().filter(is_environment).collect()
}

#[test]
fn it_goes_away_on_leaving_between_the_hooks() {
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        hooks(&sandbox.workon_home(), "global", telling::GLOBAL);
        let story = typed(&["mktmpenv"]).get("VIRTUAL_ENV_PROMPT").directory();
        let story = story.code("cat README.tmpenv >&2", "cat README.tmpenv >&2").run(["deactivate"]).directory();
        let told = story.played(&sandbox, shell.plain());
        let name = name(&told);
        assert!(told.stderr_text().contains(NOTICE), "{told}");
        assert_heard(
            &told,
            &["This is", "Removing"],
            &format!(
                "* global initialize [] in [ROOT]: env= last= cd=
                 > mktmpenv
                 * global premkvirtualenv [{name}] in [ROOT]/envs: env= last= cd=
                 {NOTICE}\
                 * global preactivate [{name}] in [ROOT]/envs: env= last= cd=
                 * global postactivate [] in [ROOT]: env={name} last= cd=1
                 * global postmkvirtualenv [] in [ROOT]: env={name} last= cd=
                 * global predeactivate [] in [ROOT]/envs/{name}: env={name} last= cd=
                 Removing temporary environment: {name}
                 Removing {name}...
                 * global prermvirtualenv [{name}] in [ROOT]/envs: env= last= cd=
                 * global postrmvirtualenv [{name}] in [ROOT]/envs: env= last= cd=
                 * global postdeactivate [] in [ROOT]/envs: env= last={name} cd="
            ),
        );
        told.records(&format!(
            "mktmpenv: 0
             export VIRTUAL_ENV_PROMPT={name}
             in [ROOT]/envs/{name}
             deactivate: 0
             in [ROOT]/envs"
        ));
        assert_eq!(environments(&sandbox), Vec::<String>::new());
    }
}

#[test]
fn it_goes_away_on_entering_another_and_stays_without_its_notice() {
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        sandbox.minimal_environment("x");
        let story = Story::new().run(["mktmpenv", "-n"]).get("VIRTUAL_ENV_PROMPT").directory().run(["workon", "x"]);
        let told = story.played(&sandbox, shell.plain());
        let gone = name(&told);
        told.records(&format!("mktmpenv -n: 0\nexport VIRTUAL_ENV_PROMPT={gone}\nin [ROOT]\nworkon x: 0"));
        assert_eq!(environments(&sandbox), ["x"]);
        let story = Story::new().run(["mktmpenv"]).get("VIRTUAL_ENV_PROMPT");
        let story = story.code("rm README.tmpenv", "rm README.tmpenv").run(["deactivate"]).run(["workon", "x"]);
        let told = story.played(&sandbox, shell.plain());
        let kept = name(&told);
        assert_eq!(told.stdout_text(), NOTICE, "{told}");
        assert_eq!(environments(&sandbox), [&kept, "x"]);
        assert_ne!(gone, kept);
    }
}

#[test]
fn the_directory_is_the_options_matter_then_that_of_the_variable() {
    let cases: [(&[&str], &str, bool); 6] = [
        (&["mktmpenv"], "1", true),
        (&["mktmpenv"], "0", false),
        (&["mktmpenv"], "", false),
        (&["mktmpenv", "-c"], "0", true),
        (&["mktmpenv", "--no-cd"], "1", false),
        (&["mktmpenv", "-n", "--cd"], "1", true),
    ];
    for (words, setting, inside) in cases {
        for shell in Shell::ALL {
            let sandbox = quick_sandbox();
            let story = Story::new().set("VIRTUALENVWRAPPER_WORKON_CD", setting).run(words);
            let told = story.get("VIRTUAL_ENV_PROMPT").directory().played(&sandbox, shell.plain());
            let (called, name) = (words.join(" "), name(&told));
            let place = if inside { format!("/envs/{name}") } else { String::new() };
            told.records(&format!("{called}: 0\nexport VIRTUAL_ENV_PROMPT={name}\nin [ROOT]{place}"));
        }
    }
}

#[test]
fn what_is_wrong_makes_none_and_marks_none() {
    let mut sandbox = quick_sandbox();
    let x = sandbox.minimal_environment("x");
    let story =
        Story::new().run(["workon", "x"]).run_failing(["mktmpenv", "name"]).run_failing(["mktmpenv", "--bogus"]);
    let story = story.run_failing(["mktmpenv", "-p", "/no/such/python"]).run(["mktmpenv", "-h"]).get("VIRTUAL_ENV");
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        assert!(!told.stdout_text().contains(NOTICE) && told.stdout_text().contains("mktmpenv [OPTIONS]"), "{told}");
        told.records(
            "workon x: 0
             mktmpenv name: 2
             mktmpenv --bogus: 2
             mktmpenv -p /no/such/python: 1
             mktmpenv -h: 0
             export VIRTUAL_ENV=[ROOT]/envs/x",
        );
    }
    // The status is that of the creation.
    write(&sandbox.tools().join("creator"), "#!/bin/sh\nexit 9\n", 0o755);
    sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "creator");
    sandbox.run(["mktmpenv"]).status(9).stdout("");
    assert_eq!(environments(&sandbox), ["x"]);
    assert_eq!(names(&x), ["bin", "lib", "pyvenv.cfg"]);
    assert_eq!(names(&x.join("bin")), ["activate", "python"]);
}

#[test]
fn one_that_another_creator_made_goes_away_too() {
    for shell in Shell::ALL {
        let mut sandbox = quick_sandbox();
        let model = sandbox.minimal_environment_at(&sandbox.root().join("model"));
        fs::remove_file(model.join("bin/python")).unwrap();
        std::os::unix::fs::symlink("/usr/bin/env", model.join("bin/python")).unwrap();
        let creator = "#!/bin/sh\neval \"name=\\${$#}\"\ncp -R \"$HOME/../model\" \"$name\"\n";
        write(&sandbox.tools().join("creator"), creator, 0o755);
        sandbox.set("VIRTUALENVWRAPPER_VIRTUALENV", "creator").unset("VIRTUALENVWRAPPER_VIRTUALENV_ARGS");
        hooks(&sandbox.workon_home(), "global", &["postdeactivate"]);
        let told = Story::new().run(["mktmpenv"]).get("VIRTUAL_ENV_PROMPT").run(["deactivate"]);
        let told = told.played(&sandbox, shell.plain());
        let name = name(&told);
        assert_heard(
            &told,
            &["This is", "Removing"],
            &format!(
                "{NOTICE}\
                 Removing temporary environment: {name}
                 Removing {name}...
                 * global postdeactivate [] in [ROOT]/envs: env= last={name} cd="
            ),
        );
        assert_eq!(environments(&sandbox), Vec::<String>::new());
    }
}

/// Whoever is killed removes nothing. The next command that changes the store does, once all shells
/// that activated the environment have ended for certain.
#[test]
fn one_whose_shell_was_killed_goes_with_the_next_command() {
    if !cfg!(target_os = "linux") {
        return;
    }
    for shell in Shell::ALL {
        let sandbox = quick_sandbox();
        let script = shell.plain().script(&sandbox, "mktmpenv -q -n --without-pip\nkill -9 $fish_pid $$\n");
        let code = fs::read_to_string(&script).unwrap();
        let code = if shell == Shell::Fish {
            code.replace("$fish_pid $$", "$fish_pid")
        } else {
            code.replace("$fish_pid $$", "$$")
        };
        fs::write(&script, code).unwrap();
        sandbox.run_command(shell.plain().command(&sandbox, &script), b"");
        let [name] = &environments(&sandbox)[..] else { panic!("{shell:?}: {:?}", environments(&sandbox)) };
        // Looking changes nothing, and says so.
        sandbox.run(["doctor"]).stdout_contains("is a temporary environment whose shell was killed");
        assert_eq!(environments(&sandbox), [name.as_str()]);
        let said = format!(
            "Removed temporary environment {name}: its shell was killed; `venvwrap undo {name}` brings it back\n"
        );
        let (before, after) = (sandbox.environment(name), sandbox.environment("kept"));
        // Marked by nobody, or by a list that cannot be read, it stays.
        for (file, text) in
            [("README.tmpenv", None), (".venvwrap-owners", Some("nonsense\n")), (".venvwrap-owners", None)]
        {
            let path = before.join(file);
            let old = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            if let Some(text) = text {
                fs::write(&path, text).unwrap();
            }
            sandbox.run(["rmvirtualenv", "-f", "nosuch"]).status(0).stderr("");
            assert!(before.is_dir(), "{shell:?}: {file}");
            fs::write(&path, old).unwrap();
        }
        // Another shell that lives has activated it since.
        let words = shell.quoted(name);
        let answer = shell.plain().run(&sandbox, [b"workon ", &words[..], b"\nrmvirtualenv -f nosuch\n"].concat());
        assert!(!answer.stderr_text().contains("Removed") && before.is_dir(), "{shell:?}");
        sandbox.run(["rmvirtualenv", "-f", "nosuch"]).status(0).stderr(said.as_str());
        assert!(!before.is_dir() && !after.is_dir());
        sandbox.run(["undo", name]).status(0);
        assert!(before.is_dir());
        sandbox.run(["doctor", "--fix"]);
        assert!(!before.is_dir());
    }
}
