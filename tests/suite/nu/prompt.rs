//! Nushell at a terminal: switching by directory, Tab, and the variable of uv.

use std::fs;

use crate::support::nu::quoted;
use crate::support::pty::nushell;
use crate::support::sandbox::Sandbox;

/// Two projects that are linked to environments, and a directory that is none; Nushell is set up.
fn with_projects(words: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    for name in ["api", "it's $x"] {
        sandbox.minimal_environment(name);
        let project = sandbox.root().join("src").join(name);
        fs::create_dir_all(project.join("deep")).unwrap();
        sandbox.run(["setvirtualenvproject", name, project.to_str().unwrap()]).status(0);
    }
    fs::create_dir(sandbox.root().join("none")).unwrap();
    sandbox.run([&["setup", "nu", "--yes"], words].concat()).status(0);
    sandbox
}

#[test]
fn the_directory_switches_at_a_prompt() {
    let sandbox = with_projects(&["--auto"]);
    let terminal = nushell(&sandbox);
    assert_eq!(terminal.screen(), "$");
    for (line, prompt) in [
        ("cd src/api", "(api) $"),
        ("cd deep", "(api) $"),
        ("cd \"../../it's $x\"", "(it's $x) $"),
        ("cd -", "(api) $"),
        ("cd ../../../none", "$"),
        ("cd ../src/api", "(api) $"),
        // Chosen in this project, so it stays until the project is left for another.
        ("workon -n \"it's $x\"", "(it's $x) $"),
        ("cd deep", "(it's $x) $"),
        ("cd ../../../none", "(it's $x) $"),
        ("cd ../src/api", "(api) $"),
        ("deactivate", "$"),
        ("cd deep", "$"),
        ("cd /", "$"),
    ] {
        let screen = terminal.run(line);
        assert!(screen.ends_with(&format!(" {line}\n{prompt}")), "{line}: {screen}");
    }
}

#[test]
fn worktrees_share_environments_at_a_prompt() {
    let sandbox = with_projects(&["--auto"]);
    let git = |words: &[&str]| sandbox.git("src/api", words);
    sandbox.write("src/api/web app/deep/Makefile", "");
    sandbox.run(["setvirtualenvproject", "it's $x", "src/api/web app"]).status(0);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "x"]);
    git(&["worktree", "add", "-q", "-b", "fix", "../fix it"]);
    sandbox.git(".", &["clone", "-q", "--bare", "src/api", "bare/.git"]);
    for name in ["one", "two"] {
        let tree = sandbox.root().join("bare").join(name);
        sandbox.git("bare/.git", &["worktree", "add", "-q", "-b", name, tree.to_str().unwrap()]);
    }
    sandbox.minimal_environment("bare");
    sandbox.run(["setvirtualenvproject", "bare", "bare/one/web app"]).status(0);
    // A file that names a repository it does not belong to.
    fs::create_dir(sandbox.root().join("forged")).unwrap();
    fs::copy(sandbox.root().join("src/fix it/.git"), sandbox.root().join("forged/.git")).unwrap();
    let terminal = nushell(&sandbox);
    for (line, prompt) in [
        ("cd 'src/fix it'", "(api) $"),
        ("cd 'web app/deep'", "(it's $x) $"),
        ("cd ../..", "(api) $"),
        ("cd ../../forged", "$"),
        ("cd '../bare/two/web app'", "(bare) $"),
        ("cd ..", "$"),
    ] {
        let screen = terminal.run(line);
        assert!(screen.ends_with(&format!(" {line}\n{prompt}")), "{line}: {screen}");
    }
}

#[test]
fn tab_finishes_a_name_in_quotes() {
    let sandbox = with_projects(&[]);
    let terminal = nushell(&sandbox);
    assert_eq!(terminal.completed("workon a\t"), "workon api");
    assert_eq!(terminal.completed("workon it\t"), "workon \"it's $x\"");
    assert_eq!(terminal.completed("workon \"it\t"), "workon \"it's $x\"");
    assert_eq!(terminal.completed("venvwrap showv\t"), "venvwrap showvirtualenv");
    assert_eq!(terminal.completed("mkvirtualenv --without-p\t"), "mkvirtualenv --without-pip");
}

#[test]
fn uv_follows_the_directory_at_a_prompt() {
    let sandbox = with_projects(&[]);
    sandbox.run(["uv", "on", "api"]).status(0);
    let terminal = nushell(&sandbox);
    let value = || {
        terminal.run(format!(
            "$env.UV_PROJECT_ENVIRONMENT? | default unset | save --force {}",
            quoted(sandbox.root().join("value"))
        ));
        let text = fs::read(sandbox.root().join("value")).unwrap();
        String::from_utf8(sandbox.masked(&text)).unwrap()
    };
    for (line, expected) in [
        ("workon api", "[ROOT]/envs/api"),
        ("cd ../../none", "unset"),
        ("cd ../src/api/deep", "[ROOT]/envs/api"),
        // `uv init` makes a project of its own of a directory.
        ("touch pyproject.toml", "unset"),
        ("rm pyproject.toml", "[ROOT]/envs/api"),
        ("deactivate", "unset"),
        ("cd ..", "unset"),
    ] {
        terminal.run(line);
        assert_eq!(value(), expected, "{line}: {}", terminal.screen());
    }
    let hooks = terminal.run("$env.config.hooks.pre_prompt | length");
    assert!(hooks.contains("\n1\n"), "{hooks}");
}
