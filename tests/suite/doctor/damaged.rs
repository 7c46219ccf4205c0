//! Each kind of damage, done to real environments: what is said, what programs are told, and that
//! it can be mended.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use nix::unistd::Uid;

use super::{assert_quiet, kinds, make, world};
use crate::support::pythons::{self, peer};
use crate::support::sandbox::{Answer, BINARY, Sandbox, tool};

/// Runs a program of an environment, which works.
#[track_caller]
fn works<'a>(sandbox: &'a Sandbox, program: impl AsRef<OsStr>, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(program);
    command.args(words).env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    sandbox.run_command(command, b"").status(0)
}

/// Has a command of this name be found on PATH.
fn on_path(sandbox: &Sandbox, name: &str, program: &Path) {
    symlink(program, sandbox.tools().join(name)).unwrap();
}

#[test]
fn an_interpreter_that_went_away_is_replaced_by_another_of_its_series() {
    let sandbox = world(Sandbox::plain());
    let python = pythons::complete();
    let series = python.minor();
    on_path(&sandbox, &format!("python{series}"), &python.path);
    make(&sandbox, python, "ours", &[]);
    let run = |program: &Path, words: &[&str], name: &str| {
        let mut command = sandbox.command(program);
        command.args(words).arg(sandbox.environment(name)).env("UV_OFFLINE", "1");
        drop(sandbox.run_command(command, b"").status(0));
    };
    run(&python.path, &["-m", "venv", "--without-pip"], "venv");
    let path = python.path.to_str().unwrap();
    run(&peer("uv"), &["venv", "--python", path], "uv");
    // That it has no pip is another test's matter.
    fs::write(sandbox.environment("uv").join("bin/pip"), "").unwrap();
    run(&peer("virtualenv"), &["--no-download", "--no-periodic-update", "-p", path], "virtualenv");
    let makers = ["ours", "uv", "venv", "virtualenv"];
    for name in makers {
        let root = sandbox.environment(name);
        let bin = root.join("bin");
        let link = ["python", "python3", &format!("python{series}")]
            .map(|name| bin.join(name))
            .into_iter()
            .find(|link| fs::read_link(link).is_ok_and(|target| target.is_absolute()))
            .unwrap();
        let home = fs::read_link(&link).unwrap().parent().unwrap().to_str().unwrap().to_owned();
        fs::remove_file(&link).unwrap();
        symlink(format!("/gone/bin/python{series}"), &link).unwrap();
        let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
        fs::write(
            root.join("pyvenv.cfg"),
            cfg.replace(&home, "/gone/bin").replace(&python.full(), &format!("{series}.0")),
        )
        .unwrap();
    }
    let text = format!(
        "problem  ours  its Python is missing: /gone/bin/python{series}
               `venvwrap doctor --fix ours` links it to another Python {series}; if there is none, `venvwrap upgrade ours` rebuilds it with another Python
1 environment checked; 1 problem\n"
    );
    sandbox.run(["doctor", "ours"]).status(1).stdout(text).stderr("");
    let expected = makers.map(|name| format!("{name}: problem python-gone"));
    assert_eq!(kinds(&sandbox.run(["doctor", "--json"]).status(1)), expected);

    let answer = sandbox.run(["doctor", "--fix"]).status(0).stdout("4 environments checked, no problems\n");
    let said = answer.stderr_text();
    assert_eq!(said.lines().count(), 4, "{said}");
    for (name, line) in makers.iter().zip(said.lines()) {
        assert!(line.starts_with(&format!("{name}: linked to /")), "{said}");
        let version = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.prefix != sys.base_prefix)";
        let python_in_it = sandbox.environment(name).join("bin/python");
        drop(works(&sandbox, python_in_it, &["-c", version]).stdout(format!("{} True\n", python.full())));
        let cfg = fs::read_to_string(sandbox.environment(name).join("pyvenv.cfg")).unwrap();
        // For people only: how it was made.
        let lines: Vec<&str> = cfg.lines().filter(|line| !line.starts_with("command")).collect();
        assert!(!lines.iter().any(|line| line.contains("/gone")) && cfg.contains(&python.full()), "{cfg}");
    }
    drop(works(&sandbox, sandbox.environment("ours").join("bin/pip"), &["--version"]));
    assert_quiet(&sandbox, 4);
}

#[test]
fn an_interpreter_that_nothing_replaces_is_left_and_said() {
    let sandbox = world(Sandbox::new());
    let root = make(&sandbox, pythons::complete(), "x", &["--without-pip"]);
    let lib = fs::read_dir(root.join("lib")).unwrap().next().unwrap().unwrap().path();
    fs::rename(lib, root.join("lib/python3.99")).unwrap();
    fs::write(root.join("pyvenv.cfg"), "home = /gone/bin\nversion = 3.99.1\nvenvwrap = 0\n").unwrap();
    fs::remove_file(root.join("bin/python")).unwrap();
    symlink("/gone/bin/python3.99", root.join("bin/python")).unwrap();
    let answer = sandbox.run(["doctor", "--fix"]).status(1);
    let text = answer.stderr_text();
    assert!(text.starts_with("venvwrap: no Python found for `cpython3.99`\nhint: searched: "), "{text}");
    let answer = answer.stdout_contains("its Python is missing: /gone/bin/python3.99\n");
    assert!(answer.stdout_text().ends_with("1 environment checked; 1 problem\n"));
}

#[test]
fn a_store_that_was_moved_by_hand_is_brought_into_line() {
    let sandbox = world(Sandbox::plain());
    let python = pythons::complete();
    make(&sandbox, python, "ours", &[]);
    let mut command = sandbox.command(&python.path);
    command.args(["-m", "venv"]).arg(sandbox.environment("venv"));
    drop(sandbox.run_command(command, b"").status(0));
    fs::rename(sandbox.environment("ours"), sandbox.environment("it's \"new\"")).unwrap();
    fs::rename(sandbox.environment("venv"), sandbox.environment("other")).unwrap();
    let mend = "`venvwrap doctor --fix 'it'\"'\"'s \"new\"'` repairs it";
    sandbox
        .run(["doctor"])
        .status(1)
        .stdout(format!(
            "problem  it's \"new\"  its scripts still point to [ROOT]/envs/ours (it was moved or copied by hand)
                     {mend}
problem  other       its scripts still point to [ROOT]/envs/venv (it was moved or copied by hand)
                     `venvwrap doctor --fix other` repairs it
2 environments checked; 2 problems\n"
        ))
        .stderr("");
    let answer = sandbox.run(["doctor", "--json"]).status(1);
    assert_eq!(kinds(&answer), ["it's \"new\": problem moved", "other: problem moved"]);
    sandbox
        .run(["doctor", "--fix"])
        .status(0)
        .stdout("2 environments checked, no problems\n")
        .stderr("it's \"new\": updated the paths in its scripts\nother: updated the paths in its scripts\n");
    for name in ["it's \"new\"", "other"] {
        let root = sandbox.environment(name);
        let answer = works(&sandbox, root.join("bin/pip"), &["--version"]);
        assert!(answer.stdout_text().contains(&format!("/envs/{name}/lib/")), "{answer}");
    }
    assert_quiet(&sandbox, 2);
}

#[test]
fn what_is_missing_is_named_and_what_can_be_written_again_is() {
    let sandbox = world(Sandbox::new());
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    let root = make(&sandbox, pythons::complete(), "x", &[]);
    let packages = fs::read_dir(root.join("lib")).unwrap().next().unwrap().unwrap().path().join("site-packages");
    let activate = fs::read(root.join("bin/activate")).unwrap();
    for name in ["activate", "activate.nu"] {
        fs::remove_file(root.join("bin").join(name)).unwrap();
    }
    fs::remove_dir_all(packages.join("pip")).unwrap();
    fs::create_dir(packages.join("a-1.dist-info")).unwrap();
    fs::create_dir(packages.join("~ip-1.dist-info")).unwrap();
    fs::write(root.join("bin/tool"), "#!/gone/python3\n").unwrap();
    let told = sandbox.run(["doctor", "--json", "x"]).status(1);
    let expected = [
        "x: problem script-python-gone",
        "x: problem activate-missing",
        "x: problem pip-gone",
        "x: note metadata-incomplete",
        "x: note pip-leftovers",
    ];
    assert_eq!(kinds(&told), expected);
    let answer = sandbox.run(["doctor", "x"]).status(1).stderr("");
    let text = answer.stdout_text();
    for line in [
        "problem  x  in its bin, tool starts /gone/python3, which does not exist\n",
        "problem  x  missing in its bin: activate, activate.nu\n            `venvwrap doctor --fix x` repairs it\n",
        "problem  x  its pip is incomplete: only the metadata is left\n            `rm -r '",
        "note     x  no METADATA in a-1.dist-info: pip cannot tell which package it is\n            `rm -r '",
        "note     x  left behind by an interrupted pip: ~ip-1.dist-info\n            `rm -r '",
        "1 environment checked; 3 problems, 2 notes\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    sandbox.run(["doctor", "--fix"]).status(1).stderr("x: wrote activate, activate.nu\n");
    assert_eq!(fs::read(root.join("bin/activate")).unwrap(), activate);
    fs::remove_file(root.join("bin/tool")).unwrap();
    // Each of these lines can be typed as it stands.
    let told: serde_json::Value = serde_json::from_slice(&sandbox.run(["doctor", "--json", "x"]).stdout).unwrap();
    for finding in told["findings"].as_array().unwrap() {
        let line = finding["mend"].as_str().unwrap().split_once('`').unwrap().1.rsplit_once('`').unwrap().0.to_owned();
        let mut command = sandbox.command("/bin/sh");
        command.arg("-c").arg(&line);
        drop(sandbox.run_command(command, b"").status(0));
    }
    assert_quiet(&sandbox, 1);
}

#[test]
fn what_killed_commands_left_is_cleared_away() {
    let sandbox = world(Sandbox::new());
    let root = make(&sandbox, pythons::complete(), "old", &["--without-pip"]);
    let store = sandbox.workon_home();
    fs::rename(&root, store.join("new")).unwrap();
    symlink("././new", &root).unwrap();
    symlink("././begun", store.join("begun")).unwrap();
    fs::create_dir_all(store.join(".venvwrap/new/env-dead/bin")).unwrap();
    sandbox.write("envs/notes.txt", "");
    // Of `mkproject -t`.
    sandbox.write("envs/templates/web/README", "");
    symlink("/gone", store.join("dangling")).unwrap();
    let expected = "problem  new      its scripts still point to [ROOT]/envs/old (it was moved or copied by hand)
                  `venvwrap doctor --fix new` repairs it
problem  (store)  a rename to `begun` was interrupted before it started
                  `venvwrap doctor --fix`
problem  (store)  the rename of `old` to `new` was interrupted: both names work
                  `venvwrap mvvirtualenv old new` finishes it
problem  (store)  [ROOT]/envs/dangling is a link to /gone, which does not exist
                  `venvwrap rmvirtualenv dangling`
note     (store)  an unfinished environment of a killed command
                  `venvwrap doctor --fix`
note     (store)  neither an environment nor a hook: notes.txt
                  move it elsewhere if it does not belong there
1 environment checked; 4 problems, 2 notes\n";
    let answer = sandbox.run(["doctor"]).status(1).stderr("");
    // As long as both names lead to it, what its files say is true.
    let expected = expected.replacen(
        "problem  new      its scripts still point to [ROOT]/envs/old (it was moved or copied by hand)\n                  `venvwrap doctor --fix new` repairs it\n",
        "",
        1,
    );
    drop(answer.stdout(expected.replace("4 problems", "3 problems")));
    sandbox.run(["doctor", "--fix"]).status(1).stdout_contains("1 environment checked; 1 problem, 1 note\n").stderr(
        "(store): removed what a killed command left
(store): finished its rename
(store): removed what a killed command left\n",
    );
    sandbox.run(["rmvirtualenv", "dangling"]).status(0);
    fs::remove_file(store.join("notes.txt")).unwrap();
    assert_quiet(&sandbox, 1);
    sandbox.run(["lsvirtualenv", "-b"]).status(0).stdout("new\n");
}

#[test]
fn what_may_not_be_read_or_written_is_said() {
    let sandbox = world(Sandbox::plain());
    let root = make(&sandbox, pythons::complete(), "x", &["--without-pip"]);
    let run = || {
        let mut command = sandbox.command(BINARY);
        if Uid::effective().is_root() {
            // Root passes by all permissions, as long as it has the capabilities for that.
            command = sandbox.command(tool("setpriv"));
            command.args(["--bounding-set=-dac_override,-dac_read_search", "--", BINARY]);
        }
        command.arg("doctor");
        sandbox.run_command(command, b"")
    };
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let text = |what: &str, mend: &str, about: &str, count: usize| {
        let indent = " ".repeat(11 + about.len());
        let s = if count == 1 { "" } else { "s" };
        format!("problem  {about}  {what}\n{indent}`{mend}`\n{count} environment{s} checked; 1 problem\n")
    };
    mode(&root.join("pyvenv.cfg"), 0);
    run().status(1).stdout(text("cannot read [ROOT]/envs/x/pyvenv.cfg", "chmod -R u+rwX [ROOT]/envs/x", "x", 1));
    mode(&root.join("pyvenv.cfg"), 0o644);
    mode(&root.join("bin"), 0o555);
    let what = "cannot write to [ROOT]/envs/x/bin, so nothing can be installed";
    run().status(1).stdout(text(what, "chmod -R u+rwX [ROOT]/envs/x", "x", 1));
    mode(&root.join("bin"), 0o755);
    mode(&root, 0);
    run().status(1).stdout(text("cannot read [ROOT]/envs/x", "chmod -R u+rwX [ROOT]/envs/x", "(store)", 0));
    mode(&root, 0o755);
    mode(&sandbox.workon_home(), 0o555);
    let what = "cannot write to [ROOT]/envs, so no environment can be created";
    run().status(1).stdout(text(what, "chmod -R u+rwX [ROOT]/envs", "(store)", 1));
    mode(&sandbox.workon_home(), 0o757);
    run().status(1).stdout(text("every user can write to [ROOT]/envs", "chmod o-w [ROOT]/envs", "(store)", 1));
    mode(&sandbox.workon_home(), 0o755);
    assert_quiet(&sandbox, 1);
}

#[test]
fn names_are_shown_so_that_no_terminal_obeys_them_and_color_only_where_it_is_wanted() {
    let mut sandbox = world(Sandbox::plain());
    let odd = OsStr::from_bytes(b"\x1b[31mred\xff\n\xe2\x80\xaex");
    let root = sandbox.minimal_environment(odd);
    fs::remove_file(root.join("bin/python")).unwrap();
    let answer = sandbox.run(["doctor"]).status(1).stderr("");
    assert!(!answer.stdout.contains(&0x1b) && !answer.stdout_text().contains('\u{202e}'), "{answer}");
    assert!(
        answer.stdout_text().starts_with("problem  \\u{1b}[31mred\\xff\\n\\u{202e}x  its Python is missing: "),
        "{answer}"
    );
    drop(answer);
    sandbox.set("CLICOLOR_FORCE", "1");
    let answer = sandbox.run(["doctor"]).status(1);
    assert!(answer.stdout.starts_with(b"\x1b[1m\x1b[31mproblem\x1b[0m  \\u{1b}"), "{answer}");
    drop(answer);
    sandbox.set("NO_COLOR", "1");
    assert!(!sandbox.run(["doctor"]).status(1).stdout.contains(&0x1b));
}

#[test]
fn an_unknown_name_is_refused_and_names_limit_the_look() {
    let sandbox = Sandbox::new();
    make(&sandbox, pythons::complete(), "good", &["--without-pip"]);
    let broken = make(&sandbox, pythons::complete(), "broken", &["--without-pip"]);
    fs::remove_file(broken.join("bin/activate")).unwrap();
    sandbox.write("envs/notes.txt", "");
    sandbox.run(["doctor", "good"]).status(0).stdout("1 environment checked, no problems\n").stderr("");
    sandbox.run(["doctor", "good", "broken"]).status(1).stdout_contains("2 environments checked; 1 problem\n");
    let answer = sandbox.run(["doctor", "god"]).status(1).stdout("");
    assert!(answer.stderr_text().ends_with("\nhint: did you mean `good`?\n"), "{answer}");
}

#[test]
fn a_store_that_is_no_directory_is_said() {
    let sandbox = world(Sandbox::plain());
    fs::remove_dir(sandbox.workon_home()).unwrap();
    fs::write(sandbox.workon_home(), "").unwrap();
    let expected = "problem  (store)  cannot use [ROOT]/envs: it is a file
                  set WORKON_HOME to a directory, or move this out of the way
0 environments checked; 1 problem\n";
    sandbox.run(["doctor"]).status(1).stdout(expected).stderr("");
}

#[test]
fn a_persons_own_alias_is_left_alone_wherever_it_leads() {
    let sandbox = world(Sandbox::new());
    let real = make(&sandbox, pythons::complete(), "real", &["--without-pip"]);
    let outside = sandbox.minimal_environment_at(&sandbox.root().join("outside"));
    let store = sandbox.workon_home();
    let aliases = [
        ("a", "./real".into()),
        ("b", "real".into()),
        ("c", real.clone()),
        ("d", outside),
        ("e", "./a".into()),
        ("f", "../envs/real".into()),
        ("g", "./real/".into()),
    ];
    for (name, target) in &aliases {
        symlink(target, store.join(name)).unwrap();
    }
    for words in [&["doctor", "--fix"][..], &["doctor", "--fix", "a"], &["doctor", "--fix", "real"]] {
        let answer = sandbox.run(words);
        let said = [answer.stdout_text(), String::from_utf8_lossy(&answer.stderr).into_owned()].concat();
        assert!(!said.contains("rename"), "{said}");
    }
    for (name, target) in &aliases {
        assert_eq!(fs::read_link(store.join(name)).unwrap(), *target, "{name}");
    }
    // It is renamed and removed like any other link, and what it leads to stays.
    sandbox.run(["mvvirtualenv", "a", "z"]).status(0);
    assert_eq!(fs::read_link(store.join("z")).unwrap(), std::path::Path::new("./real"));
    sandbox.run(["rmvirtualenv", "z"]).status(0);
    sandbox.run(["mvvirtualenv", "b", "real"]).status(1);
    assert!(real.join("pyvenv.cfg").is_file() && store.join("b").is_symlink());
}
