//! The worktrees of a git repository share environments, or get copies of their own.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::projects::which;
use crate::support::hooks::telling_hooks;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;

/// An environment `api` whose project is a repository.
fn with_repository() -> Sandbox {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("api");
    fs::create_dir_all(sandbox.root().join("src/api")).unwrap();
    sandbox.run(["setvirtualenvproject", "api", "src/api"]).status(0);
    sandbox.git("src/api", &["init", "-q"]);
    sandbox.git("src/api", &["commit", "-q", "--allow-empty", "-m", "x"]);
    sandbox
}

#[test]
fn a_worktree_gets_its_own_copy_where_the_settings_say_so() {
    let sandbox = with_repository();
    fs::write(sandbox.environment("api").join("bin/postactivate"), "true\n").unwrap();
    for name in ["fix", "share"] {
        sandbox.git("src/api", &["worktree", "add", "-q", "-b", name, &format!("../{name}")]);
    }
    let enter = |directory: &str| format!("cd src/{directory}; workon .; printf '%s\\n' \"$VIRTUAL_ENV\"; pwd");
    Shell::Bash.plain().run(&sandbox, enter("share")).stderr("").stdout("[ROOT]/envs/api\n[ROOT]/src/api\n");
    sandbox.write("home/.config/venvwrap/config.toml", "worktree = \"own\"\n");
    // Only workon creates one.
    which(&sandbox, "src/fix").status(0).stdout("[ROOT]/envs/api\n");
    let said = "Copied `api` as `api-fix` for this worktree (`worktree = \"own\"` in config.toml)\n";
    Shell::Bash.plain().run(&sandbox, enter("fix")).stderr(said).stdout("[ROOT]/envs/api-fix\n[ROOT]/src/fix\n");
    for shell in Shell::ALL {
        shell.plain().run(&sandbox, enter("fix")).stderr("").stdout("[ROOT]/envs/api-fix\n[ROOT]/src/fix\n");
        shell.plain().run(&sandbox, enter("api")).stderr("").stdout("[ROOT]/envs/api\n[ROOT]/src/api\n");
    }
    which(&sandbox, "src/fix").status(0).stdout("[ROOT]/envs/api-fix\n");
    assert!(sandbox.environment("api-fix").join("bin/postactivate").is_file());
    // A name that is taken gets a number.
    sandbox.minimal_environment("api-share");
    let said = "Copied `api` as `api-share-2` for this worktree (`worktree = \"own\"` in config.toml)\n";
    Shell::Bash
        .plain()
        .run(&sandbox, enter("share"))
        .stderr(said)
        .stdout("[ROOT]/envs/api-share-2\n[ROOT]/src/share\n");
}

/// The copy of a worktree is one like any other: the hooks of `cpvirtualenv` fire.
#[test]
fn a_copy_for_a_worktree_fires_the_hooks_of_copying() {
    let sandbox = with_repository();
    sandbox.write("home/.config/venvwrap/config.toml", "worktree = \"own\"\n");
    telling_hooks(
        &sandbox,
        &["precpvirtualenv", "premkvirtualenv"],
        &["postmkvirtualenv", "postcpvirtualenv", "postactivate"],
    );
    for shell in Shell::ALL {
        let name = shell.name();
        sandbox.git("src/api", &["worktree", "add", "-q", "-b", name, &format!("../{name}")]);
        let enter = || shell.plain().run(&sandbox, format!("cd src/{name}; workon ."));
        let before = format!("precpvirtualenv: [ROOT]/envs/api api-{name}\npremkvirtualenv: api-{name}\n");
        let said = format!("Copied `api` as `api-{name}` for this worktree (`worktree = \"own\"` in config.toml)\n");
        let after = "postactivate\npostmkvirtualenv\npostcpvirtualenv\n";
        enter().status(0).stdout(format!("{before}{after}")).stderr(said);
        enter().status(0).stdout("postactivate\n").stderr("");
    }
}

/// The environment of a package is found in another worktree at the same place, and only there.
#[test]
fn a_worktree_shares_the_environments_of_the_packages_in_it() {
    let sandbox = Sandbox::plain();
    for name in ["one", "two"] {
        sandbox.minimal_environment(name);
        let package = format!("src/mono/packages/{name} of us");
        sandbox.write(format!("{package}/pyproject.toml"), "");
        sandbox.run(["setvirtualenvproject", name, &package]).status(0);
    }
    sandbox.write("src/mono/packages/none/pyproject.toml", "");
    sandbox.git("src/mono", &["init", "-q"]);
    sandbox.git("src/mono", &["add", "."]);
    sandbox.git("src/mono", &["commit", "-q", "-m", "x"]);
    sandbox.git("src/mono", &["worktree", "add", "-q", "-b", "fix", "../fix"]);
    symlink("fix/packages/two of us", sandbox.root().join("src/link")).unwrap();
    for (directory, name) in [("fix/packages/one of us", "one"), ("fix/packages/two of us", "two"), ("link", "two")] {
        which(&sandbox, &format!("src/{directory}")).status(0).stdout(format!("[ROOT]/envs/{name}\n"));
    }
    for directory in ["fix/packages/none", "fix/packages", "fix"] {
        which(&sandbox, &format!("src/{directory}")).status(1).stdout("");
    }
    // The whole repository's is farther away than that of a package.
    sandbox.minimal_environment("all");
    sandbox.run(["setvirtualenvproject", "all", "src/mono"]).status(0);
    which(&sandbox, "src/fix/packages/one of us").status(0).stdout("[ROOT]/envs/one\n");
    which(&sandbox, "src/fix/packages/none").status(0).stdout("[ROOT]/envs/all\n");
    // A copy is named after the worktree, and linked to the package in it.
    sandbox.write("home/.config/venvwrap/config.toml", "worktree = \"own\"\n");
    let enter = "cd 'src/fix/packages/one of us'; workon .; pwd";
    let said = "Copied `one` as `one-fix` for this worktree (`worktree = \"own\"` in config.toml)\n";
    Shell::Bash.plain().run(&sandbox, enter).stderr(said).stdout("[ROOT]/src/fix/packages/one of us\n");
    which(&sandbox, "src/fix/packages/one of us").status(0).stdout("[ROOT]/envs/one-fix\n");
    which(&sandbox, "src/mono/packages/one of us").status(0).stdout("[ROOT]/envs/one\n");
}

/// A bare repository has no main worktree: its worktrees share with each other.
#[test]
fn the_worktrees_of_a_bare_repository_share_an_environment() {
    let sandbox = Sandbox::plain();
    for name in ["by-branch", "early", "sub"] {
        sandbox.minimal_environment(name);
    }
    sandbox.write("origin/sub/pyproject.toml", "");
    sandbox.git("origin", &["init", "-q", "-b", "trunk"]);
    sandbox.git("origin", &["add", "."]);
    sandbox.git("origin", &["commit", "-q", "-m", "x"]);
    // The layouts that are in use.
    for (layout, repository) in [("apart", "apart/x.git"), ("inside", "inside/.bare"), ("dotted", "dotted/.git")] {
        fs::create_dir(sandbox.root().join(layout)).unwrap();
        sandbox.git(".", &["clone", "-q", "--bare", "origin", repository]);
        let tree = |words: &[&str]| sandbox.git(repository, &[&["worktree", "add", "-q"], words].concat());
        let at = |name: &str| sandbox.root().join(layout).join(name).to_str().unwrap().to_owned();
        tree(&["-b", "a", &at("a")]);
        tree(&["-b", "b", &at("b")]);
        tree(&[&at("trunk"), "trunk"]);
        let found =
            |name: &str| which(&sandbox, &format!("{layout}/b")).status(0).stdout(format!("[ROOT]/envs/{name}\n"));
        which(&sandbox, &format!("{layout}/b")).status(1).stdout("");
        sandbox.run(["setvirtualenvproject", "early", &at("a")]).status(0);
        found("early");
        sandbox.run(["setvirtualenvproject", "by-branch", &at("trunk")]).status(0);
        found("by-branch");
        sandbox.run(["setvirtualenvproject", "sub", &at("a/sub")]).status(0);
        which(&sandbox, &format!("{layout}/b/sub")).status(0).stdout("[ROOT]/envs/sub\n");
        // What took the place of a worktree is none of the repository.
        fs::write(sandbox.root().join(layout).join("trunk/.git"), "gitdir: /other/.git/worktrees/trunk\n").unwrap();
        found("early");
    }
}

/// A file of git that belongs to another worktree creates nothing.
#[test]
fn a_forged_worktree_gets_nothing() {
    let sandbox = with_repository();
    sandbox.git("src/api", &["worktree", "add", "-q", "-b", "fix", "../fix"]);
    sandbox.write("home/.config/venvwrap/config.toml", "worktree = \"own\"\n");
    let copy = |to: &Path| {
        fs::create_dir_all(to).unwrap();
        fs::copy(sandbox.root().join("src/fix/.git"), to.join(".git")).unwrap();
    };
    copy(&sandbox.root().join("forged"));
    Shell::Bash.plain().run(&sandbox, "cd forged; workon . 2>/dev/null || printf no").stdout("no");
    assert_eq!(sandbox.run(["lsvirtualenv", "-b"]).stdout_text(), "api\n");
}
