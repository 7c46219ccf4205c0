//! What a copy brings along from outside the store does not run until it is trusted.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::support::disk::{names, tree};
use crate::support::programs::write_program;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::tally;
use crate::verbs::mkvirtualenv::not_activated;

const HOOKS: [&str; 5] = ["preactivate", "postactivate", "predeactivate", "postdeactivate", "get_env_details"];

/// An environment in a project, with everything that can run on activation.
fn armed(sandbox: &Sandbox, root: &Path) -> PathBuf {
    sandbox.minimal_environment_at(root);
    for name in HOOKS.iter().flat_map(|hook| [(*hook).to_owned(), format!("{hook}.fish")]) {
        let file = root.join("bin").join(&name);
        write_program(&file, format!("#!/bin/sh\necho RAN {name}\n"));
    }
    let activate = root.join("bin/activate");
    let text = fs::read_to_string(&activate).unwrap() + "echo RAN activate\n";
    fs::write(activate, text).unwrap();
    root.to_path_buf()
}

/// Everything that a person does with the copy, in its usual order.
const DAY: &str = "deactivate; workon x; showvirtualenv x; deactivate; lsvirtualenv; cpvirtualenv x y; deactivate
mvvirtualenv y z; workon z; deactivate; venvwrap run x true; allvirtualenv true; workon x; mvvirtualenv x w; deactivate; workon w\n";

fn copying(shell: Shell, source: &Path) -> Vec<u8> {
    [b"cpvirtualenv ", &shell.quoted(source.as_os_str().as_bytes())[..], b" x\n"].concat()
}

#[test]
fn nothing_that_came_along_runs_in_any_shell_and_it_is_said() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::new();
        let source = armed(&sandbox, &sandbox.root().join("project/.venv"));
        let before = tree(&source);
        let answer = shell.plain().run(&sandbox, [copying(shell, &source), DAY.into()].concat()).status(0);
        let (stdout, stderr) = (answer.stdout_text(), String::from_utf8_lossy(&answer.stderr).into_owned());
        tally::add("ways to run what a copy brought along", DAY.split(';').count());
        assert!(!stdout.contains("RAN") && !stderr.contains("RAN"), "{shell:?}: {answer}");
        let masked = sandbox.masked(&answer.stderr);
        let said = "[ROOT]/envs/x/bin/untrusted-preactivate and 10 more were copied but are not trusted and do not run; look at them, then \
                    `venvwrap trust ";
        assert_eq!(String::from_utf8_lossy(&masked).matches(said).count(), 1, "{shell:?}: {answer}");
        assert_eq!(tree(&source), before);
        // By hand, too.
        let activate = fs::read_to_string(sandbox.environment("w").join("bin/activate")).unwrap();
        assert!(!activate.contains("RAN"), "{activate}");
    }
}

#[test]
fn what_is_trusted_runs_again_as_it_did() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::new();
        let source = armed(&sandbox, &sandbox.root().join("project/.venv"));
        shell.plain().run(&sandbox, copying(shell, &source)).status(0);
        sandbox
            .run(["trust", "--list", "x"])
            .status(0)
            .stderr("")
            .stdout_contains("no       [ROOT]/envs/x/bin/untrusted-activate\n");
        let root = sandbox.environment("x");
        let told = sandbox.run(["trust", "--list", "--json", "x"]).status(0).stdout_text();
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["hooks"].as_array().unwrap().len(), 11);
        sandbox.run(["trust".as_ref(), root.join("bin/untrusted-postdeactivate").as_os_str()]).status(0);
        assert!(root.join("bin/postdeactivate").is_file() && !root.join("bin/postactivate").is_file());
        // A rename in between changes nothing.
        sandbox.run(["mvvirtualenv", "x", "z"]).status(0);
        sandbox.run(["trust", "z"]).status(0).stdout("");
        let root = sandbox.environment("z");
        assert!(names(&root.join("bin")).iter().all(|name| !name.starts_with("untrusted-")));
        let activate = fs::read_to_string(root.join("bin/activate")).unwrap();
        assert!(activate.ends_with("hash -r 2> /dev/null\necho RAN activate\n"), "{activate}");
        let stdout = shell.plain().run(&sandbox, "workon z; deactivate").status(0).stdout_text();
        let ran: Vec<&str> = stdout.lines().collect();
        let dialect = if shell == Shell::Fish { ".fish" } else { "" };
        let mut expected = vec!["RAN preactivate".to_owned(), "RAN activate".to_owned()];
        expected.extend(["postactivate", "predeactivate", "postdeactivate"].map(|hook| format!("RAN {hook}{dialect}")));
        expected.retain(|line| shell != Shell::Fish || line != "RAN activate");
        assert_eq!(ran, expected, "{shell:?}");
        sandbox.run(["trust", "z"]).status(1);
    }
}

#[test]
fn no_link_and_no_length_gets_code_past() {
    let sandbox = Sandbox::new();
    let outside = sandbox.write("outside/hook", "echo RAN outside\n");
    let armed_with = |name: &str| armed(&sandbox, &sandbox.root().join(name).join(".venv"));
    let linked = armed_with("linked");
    fs::remove_file(linked.join("bin/postactivate")).unwrap();
    symlink(&outside, linked.join("bin/postactivate")).unwrap();
    let script = linked.join("bin/activate");
    fs::rename(&script, sandbox.root().join("outside/activate")).unwrap();
    symlink(sandbox.root().join("outside/activate"), &script).unwrap();
    let long = armed_with("long");
    let mut text = fs::read(long.join("bin/activate")).unwrap();
    text.extend(b"#".repeat(2 << 20));
    fs::write(long.join("bin/activate"), text).unwrap();
    for (source, name) in [(&linked, "l"), (&long, "m")] {
        let words = ["cpvirtualenv".as_ref(), source.as_os_str(), OsStr::new(name)];
        sandbox.run(words).status(0);
        for shell in Shell::ALL {
            let code = format!("workon {name}; deactivate");
            shell.plain().run(&sandbox, code).status(0).stdout("");
        }
        sandbox.run(["trust", name]).status(0);
        let stdout = Shell::Bash.plain().run(&sandbox, format!("workon {name}; deactivate")).status(0).stdout_text();
        assert!(stdout.contains(if name == "l" { "RAN outside\n" } else { "RAN postactivate\n" }), "{stdout}");
    }
    let whole = armed_with("whole");
    fs::rename(whole.join("bin"), sandbox.root().join("outside/bin")).unwrap();
    symlink(sandbox.root().join("outside/bin"), whole.join("bin")).unwrap();
    sandbox.run(["cpvirtualenv".as_ref(), whole.as_os_str(), "n".as_ref()]).status(1);
    assert!(sandbox.root().join("outside/bin/postactivate").is_file() && !sandbox.environment("n").exists());
}

#[test]
fn a_link_in_the_store_does_not_vouch_and_what_is_in_the_store_keeps_its_hooks() {
    let sandbox = Sandbox::new();
    let source = armed(&sandbox, &sandbox.root().join("project/.venv"));
    symlink(&source, sandbox.environment("link")).unwrap();
    sandbox.run(["cpvirtualenv", "link", "copy"]).status(0);
    Shell::Bash.plain().run(&sandbox, "workon copy; deactivate").status(0).stdout("");
    armed(&sandbox, &sandbox.environment("own"));
    sandbox.run(["cpvirtualenv", "own", "twin"]).status(0).stderr(not_activated("twin"));
    let stdout = Shell::Bash.plain().run(&sandbox, "workon twin; deactivate").status(0).stdout_text();
    assert_eq!(stdout.lines().count(), 5, "{stdout}");
}

#[test]
fn a_hook_of_the_persons_own_is_not_replaced_and_a_template_is() {
    let mut sandbox = Sandbox::new();
    let hooks = sandbox.root().join("hooks");
    fs::create_dir(&hooks).unwrap();
    sandbox.set("VIRTUALENVWRAPPER_HOOK_DIR", hooks);
    let source = armed(&sandbox, &sandbox.root().join("project/.venv"));
    sandbox.run(["cpvirtualenv".as_ref(), source.as_os_str(), "x".as_ref()]).status(0);
    let bin = sandbox.environment("x").join("bin");
    fs::write(bin.join("postactivate"), "echo mine\n").unwrap();
    sandbox.run(["trust".as_ref(), bin.join("untrusted-postactivate").as_os_str()]).status(1);
    assert_eq!(fs::read_to_string(bin.join("postactivate")).unwrap(), "echo mine\n");
    assert!(!fs::read_to_string(bin.join("predeactivate")).unwrap().contains("RAN"));
    sandbox.run(["trust".as_ref(), bin.join("untrusted-predeactivate").as_os_str()]).status(0);
    assert!(fs::read_to_string(bin.join("predeactivate")).unwrap().contains("RAN"));
}
