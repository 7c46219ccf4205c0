//! Every verb with what it cannot take, in every shell: one line on stderr, a hint, a status; nothing on disk changes,
//! and the active environment stays as it is.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::disk::tree;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;

const NAME: &str = "hint: a name is one path component, such as `projectx`\n";
const NOT_ONE: &str = "hint: only environments are touched; move it out of the way or take another name\n";

#[test]
fn nothing_changes_and_the_active_environment_stays() {
    let sandbox = Sandbox::new();
    for name in ["keep", "projectx"] {
        sandbox.minimal_environment(name);
    }
    let broken = sandbox.minimal_environment("broken");
    fs::remove_file(broken.join("bin/python")).unwrap();
    symlink("python3", broken.join("bin/python")).unwrap();
    symlink("/opt/py/bin/python3.9", broken.join("bin/python3")).unwrap();
    sandbox.write("envs/plain/file", "precious");
    sandbox.write("envs/file", "precious");
    symlink("nowhere", sandbox.environment("dangling")).unwrap();
    sandbox.write("not a python", "#!/no/such/interpreter\n");
    fs::set_permissions(sandbox.root().join("not a python"), fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.write("a script", "#!/bin/sh\necho 'I am no python' >&2\nexit 7\n");
    fs::set_permissions(sandbox.root().join("a script"), fs::Permissions::from_mode(0o755)).unwrap();

    let broken_says = "venvwrap: environment `broken` is broken: its python, /opt/py/bin/python3.9, is gone\n\
                       hint: install that python again, or make the environment anew: `mkvirtualenv --clear broken`\n";
    let not_an_environment = "is not a virtual environment: it has neither pyvenv.cfg nor bin/activate\n";
    let python_hint = "hint: `-p` takes a version such as `3.12`, a command or a path\n";
    let cases: Vec<(&[&str], i32, String)> = vec![
        // No name, and names that can be none.
        (
            &["mkvirtualenv"],
            2,
            "venvwrap: the following required arguments were not provided: <NAME>\nhint: mkvirtualenv <NAME>\n".into(),
        ),
        (&["mkvirtualenv", ""], 1, format!("venvwrap: `` is not a name for an environment: it is empty\n{NAME}")),
        (
            &["mkvirtualenv", ".."],
            1,
            format!(
                "venvwrap: `..` is not a name for an environment: it names a directory above or the store itself\n{NAME}"
            ),
        ),
        (
            &["mkvirtualenv", "/abs"],
            1,
            format!("venvwrap: `/abs` is not a name for an environment: it has a `/` in it\n{NAME}"),
        ),
        (
            &["mkvirtualenv", "--", "-x"],
            1,
            format!("venvwrap: `-x` is not a name for an environment: it starts with `-`, as an option does\n{NAME}"),
        ),
        (
            &["mkvirtualenv", "a\x1b[31m\nb"],
            1,
            format!(
                "venvwrap: `a\\u{{1b}}[31m\\nb` is not a name for an environment: it has a control character in it\n{NAME}"
            ),
        ),
        (&["workon", ""], 1, format!("venvwrap: `` is not a name for an environment: it is empty\n{NAME}")),
        (
            &["workon", "projectx/"],
            1,
            format!("venvwrap: `projectx/` is not a name for an environment: it has a `/` in it\n{NAME}"),
        ),
        // What there is not, and what is something else.
        (
            &["workon", "porject"],
            1,
            "venvwrap: no environment `porject` in [ROOT]/envs\nhint: did you mean `projectx`?\n".into(),
        ),
        (
            &["workon", "zebra"],
            1,
            "venvwrap: no environment `zebra` in [ROOT]/envs\n\
             hint: `lsvirtualenv -b` lists what is there, `mkvirtualenv zebra` makes it\n"
                .into(),
        ),
        (
            &["showvirtualenv", "kepe"],
            1,
            "venvwrap: no environment `kepe` in [ROOT]/envs\nhint: did you mean `keep`?\n".into(),
        ),
        (&["workon", "plain"], 1, format!("venvwrap: [ROOT]/envs/plain {not_an_environment}{NOT_ONE}")),
        (&["mkvirtualenv", "plain"], 1, format!("venvwrap: [ROOT]/envs/plain {not_an_environment}{NOT_ONE}")),
        (
            &["mkvirtualenv", "--clear", "plain"],
            1,
            format!("venvwrap: [ROOT]/envs/plain {not_an_environment}{NOT_ONE}"),
        ),
        (&["mkvirtualenv", "file"], 1, format!("venvwrap: [ROOT]/envs/file {not_an_environment}{NOT_ONE}")),
        (
            &["mkvirtualenv", "dangling"],
            1,
            format!(
                "venvwrap: [ROOT]/envs/dangling is not a virtual environment: it is a link that leads nowhere\n{NOT_ONE}"
            ),
        ),
        (&["workon", "broken"], 1, broken_says.into()),
        (&["mkvirtualenv", "broken"], 1, broken_says.into()),
        (
            &["mkvirtualenv", "--clear", "keep"],
            1,
            "venvwrap: environment `keep` is active in this shell\nhint: `deactivate` first\n".into(),
        ),
        // Pythons.
        (
            &["mkvirtualenv", "-p", "no such", "new"],
            1,
            "venvwrap: no python found for `no such`\nhint: looked at no such on PATH: not there\n".into(),
        ),
        (
            &["mkvirtualenv", "-p", "./gone", "new"],
            1,
            "venvwrap: no python found for `./gone`\nhint: looked at [ROOT]/gone: not there\n".into(),
        ),
        (
            &["mkvirtualenv", "-p", "./not a python", "new"],
            1,
            format!(
                "venvwrap: [ROOT]/not a python does not work as a python: \
                 the program that its first line or its headers name is not there\n{python_hint}"
            ),
        ),
        (
            &["mkvirtualenv", "-p", "./a script", "new"],
            1,
            format!(
                "venvwrap: [ROOT]/a script does not work as a python: it ended with status 7: I am no python\n\
                 {python_hint}"
            ),
        ),
        // Options.
        (
            &["mkvirtualenv", "--promt", "x", "new"],
            2,
            "venvwrap: unexpected argument '--promt' found\nhint: a similar argument exists: '--prompt'\n".into(),
        ),
        (&["mkvirtualenv", "-a", "no such", "new"], 1, "venvwrap: -a: [ROOT]/no such is not a directory\n".into()),
        (
            &["mkvirtualenv", "-r", "no such", "new"],
            1,
            "venvwrap: cannot read: [ROOT]/no such: No such file or directory (os error 2)\n".into(),
        ),
        (
            &["workon", "--nosuch"],
            2,
            "venvwrap: unexpected argument '--nosuch' found\n\
             hint: a similar argument exists: '--no-cd'\n"
                .into(),
        ),
        (
            &["lsvirtualenv", "what"],
            2,
            "venvwrap: unexpected argument 'what' found\nhint: lsvirtualenv [OPTIONS]\n".into(),
        ),
        (
            &["cdsitepackages", "a", "b"],
            2,
            "venvwrap: unexpected argument 'b' found\nhint: cdsitepackages [DIRECTORY]\n".into(),
        ),
    ];
    let mut story = Story::new().run(["workon", "keep"]).snapshot("before");
    let (mut records, mut stderr) = ("workon keep: 0\n".to_owned(), String::new());
    for (words, status, says) in &cases {
        story = story.run_failing(*words);
        let called = words.join(" ").replace('\n', "\\n");
        records += &format!("{called}: {status}\n");
        stderr += says;
    }
    let story = story.snapshot("after").get("VIRTUAL_ENV");
    records += "export VIRTUAL_ENV=[ROOT]/envs/keep";
    let before = tree(&sandbox.workon_home());
    for shell in Shell::ALL {
        let told = story.played(&sandbox, shell.plain());
        told.says("", &stderr).same("before", "after").records(&records);
    }
    assert_eq!(tree(&sandbox.workon_home()), before);
}

#[test]
fn with_nothing_active_the_verbs_about_the_active_one_say_so() {
    let sandbox = Sandbox::new();
    let says = "venvwrap: no virtualenv active\nhint: `workon NAME` enters one, `workon` lists them\n";
    for shell in Shell::ALL {
        let story = Story::new().run_failing(["cdvirtualenv"]).run_failing(["cdsitepackages", "x"]).directory();
        let told = story.played(&sandbox, shell.plain());
        told.says("", &says.repeat(2)).records("cdvirtualenv: 1\ncdsitepackages x: 1\nin [ROOT]");
    }
}
