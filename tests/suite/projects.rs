//! Projects and their environments: a project that moved, several environments for one project, and
//! worktrees with an environment of their own.

use std::fs;
use std::path::Path;

use crate::support::answer::Answer;
use crate::support::pty::Terminal;
use crate::support::sandbox::{BINARY, Sandbox, tool};
use crate::support::shells::Shell;

fn git(sandbox: &Sandbox, at: &str, words: &[&str]) {
    let mut command = sandbox.command(tool("git"));
    command.args(["-c", "user.name=x", "-c", "user.email=x@x", "-C"]).arg(sandbox.root().join(at)).args(words);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    sandbox.run_command(command, b"").status(0);
}

/// What `venvwrap which .` says in this directory.
fn which<'a>(sandbox: &'a Sandbox, at: &str) -> Answer<'a> {
    let mut command = sandbox.command(BINARY);
    command.args(["which", "."]).current_dir(sandbox.root().join(at));
    sandbox.run_command(command, b"")
}

fn pyproject(sandbox: &Sandbox, at: &str, name: &str) {
    sandbox.write(format!("{at}/pyproject.toml"), format!("[project]\nname = '{name}'\n"));
}

/// A project in `src/my api` that an environment `x` is linked to.
fn linked() -> Sandbox {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    pyproject(&sandbox, "src/my api", "my-api");
    sandbox.run(["setvirtualenvproject", "x", "src/my api"]).status(0);
    sandbox
}

const WAS_LINKED: &str = "`x` was linked to [ROOT]/src/my api, which does not exist";

#[test]
fn a_moved_project_finds_its_environment_and_nothing_is_linked_without_a_question() {
    let sandbox = linked();
    let moved = sandbox.root().join("moved");
    fs::create_dir_all(moved.join("api/below")).unwrap();
    pyproject(&sandbox, "moved/api", "my-api");
    // The project is where it was: this is another one of that name.
    let said = which(&sandbox, "moved/api").status(1).stderr_text();
    assert!(!said.contains("was linked"), "{said}");
    fs::rename(sandbox.root().join("src/my api"), sandbox.root().join("src/old")).unwrap();
    let link = format!("{WAS_LINKED}; `venvwrap setvirtualenvproject x [ROOT]/moved/api` links it to this project\n");
    for at in ["moved/api", "moved/api/below"] {
        let said = which(&sandbox, at).status(1).stdout("").stderr_text();
        assert!(said.starts_with(&link), "{said}");
    }
    let link = sandbox.environment("x").join(".project");
    assert!(fs::read_to_string(&link).unwrap().ends_with("/src/my api\n"));
    // Another name is another project.
    pyproject(&sandbox, "moved/api", "other");
    let said = which(&sandbox, "moved/api").status(1).stderr_text();
    assert!(!said.contains("was linked"), "{said}");
}

#[test]
fn workon_asks_once_whether_to_link_it_again() {
    let sandbox = linked();
    fs::rename(sandbox.root().join("src"), sandbox.root().join("moved")).unwrap();
    let link = sandbox.environment("x").join(".project");
    let question = "Link it to";
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        terminal.run("cd 'moved/my api'");
        let prompts = terminal.prompts();
        if shell == Shell::Bash {
            terminal.type_keys("workon .\r");
            terminal.wait_for(question);
            terminal.type_keys("n");
            terminal.wait_for_prompt_after(prompts);
        }
        // The answer is remembered.
        let said = terminal.run("workon .");
        assert!(!said.contains(question), "{said}");
    }
    assert!(fs::read_to_string(&link).unwrap().ends_with("/src/my api\n"));
    // In another place, it is another question.
    for shell in Shell::ALL {
        let place = format!("in {}", shell.name());
        fs::create_dir(sandbox.root().join(&place)).unwrap();
        pyproject(&sandbox, &place, "My_API");
        let terminal = Terminal::start(&sandbox, shell);
        terminal.run(format!("cd '{place}'"));
        let prompts = terminal.prompts();
        terminal.type_keys("workon .\r");
        terminal.wait_for(question);
        terminal.type_keys("y");
        terminal.wait_for_prompt_after(prompts);
        assert_eq!(terminal.value("VIRTUAL_ENV"), "[ROOT]/envs/x", "{}", terminal.screen());
        assert_eq!(fs::read_to_string(&link).unwrap(), format!("{}\n", sandbox.root().join(&place).display()));
        terminal.run("deactivate");
        fs::remove_dir_all(sandbox.root().join(&place)).unwrap();
    }
}

#[test]
fn a_clone_is_known_by_its_remote_and_another_repository_is_not() {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("x");
    for (at, remote) in [
        ("src/one", "git@example.org:us/api.git"),
        ("clone", "https://example.org/us/api"),
        ("fork", "https://example.org/them/api"),
    ] {
        pyproject(&sandbox, at, "api");
        git(&sandbox, at, &["init", "-q"]);
        git(&sandbox, at, &["remote", "add", "origin", remote]);
    }
    sandbox.run(["setvirtualenvproject", "x", "src/one"]).status(0);
    fs::remove_dir_all(sandbox.root().join("src")).unwrap();
    let said = which(&sandbox, "clone").status(1).stderr_text();
    assert!(said.starts_with("`x` was linked to [ROOT]/src/one, which does not exist; "), "{said}");
    let said = which(&sandbox, "fork").status(1).stderr_text();
    assert!(!said.contains("was linked"), "{said}");
    // What is in the way of reading is no reason to fail, nor to wait.
    fs::remove_file(sandbox.root().join("clone/.git/config")).unwrap();
    fs::remove_file(sandbox.root().join("clone/pyproject.toml")).unwrap();
    for file in ["clone/.git/config", "clone/pyproject.toml"] {
        nix::unistd::mkfifo(&sandbox.root().join(file), nix::sys::stat::Mode::S_IRWXU).unwrap();
    }
    let said = which(&sandbox, "clone").status(1).stderr_text();
    assert!(!said.contains("was linked"), "{said}");
}

#[test]
fn of_several_environments_the_default_is_taken_until_another_one_is() {
    let sandbox = Sandbox::plain();
    let project = sandbox.root().join("my project");
    fs::create_dir(&project).unwrap();
    for name in ["one", "two", "three"] {
        sandbox.minimal_environment(name);
        sandbox.run(["setvirtualenvproject", name, "my project"]).status(0);
    }
    let enters = |name: &str| {
        for at in ["my project", "my project/below"] {
            fs::create_dir_all(sandbox.root().join(at)).unwrap();
            which(&sandbox, at).status(0).stderr("").stdout(format!("[ROOT]/envs/{name}\n"));
        }
    };
    which(&sandbox, "my project").status(1).stderr(
        "venvwrap: [ROOT]/my project is the project of `one` and `three` and `two`\n\
         hint: name the one you mean: `one` or `three` or `two`\n\
         hint: `venvwrap setvirtualenvproject --default one '[ROOT]/my project'` makes it the default of this project\n",
    );
    for name in ["two", "one"] {
        sandbox
            .run(["setvirtualenvproject", "--default", name])
            .status(0)
            .stdout(format!("Setting project for {name} to [ROOT]/my project\n"))
            .stderr(format!("`{name}` is the default of [ROOT]/my project\n"));
        enters(name);
    }
    let shows = |name: &str| sandbox.run(["showvirtualenv", name]).stdout_text().contains("default:");
    assert!(shows("one") && !shows("two"));
    // The default speaks for all of a project that was moved.
    fs::rename(&project, sandbox.root().join("moved")).unwrap();
    sandbox.write("moved/pyproject.toml", "[project]\nname = 'shop'\n");
    let said = which(&sandbox, "moved").status(1).stderr_text();
    assert!(!said.contains("was linked"), "{said}");
    fs::rename(sandbox.root().join("moved"), &project).unwrap();
    for name in ["one", "three"] {
        sandbox.run(["setvirtualenvproject", name, "my project"]).status(0);
    }
    fs::rename(&project, sandbox.root().join("moved")).unwrap();
    let said = which(&sandbox, "moved").status(1).stderr_text();
    assert!(said.starts_with("`one` was linked to ") && said.matches("was linked").count() == 1, "{said}");
    fs::rename(sandbox.root().join("moved"), &project).unwrap();
    // It follows a new name, the trash, and what brings it back.
    sandbox.run(["mvvirtualenv", "one", "first"]).status(0);
    enters("first");
    sandbox.run(["rmvirtualenv", "first"]).status(0);
    assert!(which(&sandbox, "my project").status(1).stderr_text().contains("is the project of `three` and `two`"));
    sandbox.run(["undo", "first"]).status(0);
    enters("first");
    // A default of another project is none here.
    fs::create_dir(sandbox.root().join("other")).unwrap();
    sandbox.run(["setvirtualenvproject", "first", "other"]).status(0);
    sandbox.run(["setvirtualenvproject", "first", "my project"]).status(0);
    assert!(which(&sandbox, "my project").status(1).stderr_text().contains("is the project of"));
    // Only the store has defaults.
    let elsewhere = sandbox.minimal_environment_at(&sandbox.root().join("elsewhere"));
    let said = sandbox
        .run(["setvirtualenvproject", "--default", elsewhere.to_str().unwrap(), "other"])
        .status(2)
        .stderr_text();
    assert!(said.contains("is not in WORKON_HOME"), "{said}");
    assert!(!elsewhere.join(".project").exists());
}

#[test]
fn a_worktree_gets_its_own_copy_where_the_settings_say_so() {
    let sandbox = Sandbox::plain();
    let root = sandbox.minimal_environment("api");
    fs::write(root.join("bin/postactivate"), "true\n").unwrap();
    fs::create_dir_all(sandbox.root().join("src/api")).unwrap();
    sandbox.run(["setvirtualenvproject", "api", "src/api"]).status(0);
    git(&sandbox, "src/api", &["init", "-q"]);
    git(&sandbox, "src/api", &["commit", "-q", "--allow-empty", "-m", "x"]);
    for name in ["fix", "share"] {
        git(&sandbox, "src/api", &["worktree", "add", "-q", "-b", name, &format!("../{name}")]);
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
    git(&sandbox, "src/mono", &["init", "-q"]);
    git(&sandbox, "src/mono", &["add", "."]);
    git(&sandbox, "src/mono", &["commit", "-q", "-m", "x"]);
    git(&sandbox, "src/mono", &["worktree", "add", "-q", "-b", "fix", "../fix"]);
    std::os::unix::fs::symlink("fix/packages/two of us", sandbox.root().join("src/link")).unwrap();
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
    git(&sandbox, "origin", &["init", "-q", "-b", "trunk"]);
    git(&sandbox, "origin", &["add", "."]);
    git(&sandbox, "origin", &["commit", "-q", "-m", "x"]);
    // The layouts that are in use.
    for (layout, repository) in [("apart", "apart/x.git"), ("inside", "inside/.bare"), ("dotted", "dotted/.git")] {
        fs::create_dir(sandbox.root().join(layout)).unwrap();
        git(&sandbox, ".", &["clone", "-q", "--bare", "origin", repository]);
        let tree = |words: &[&str]| git(&sandbox, repository, &[&["worktree", "add", "-q"], words].concat());
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
        fs::remove_file(sandbox.root().join(layout).join("trunk/.git")).unwrap();
        found("early");
    }
}

/// A file of git that belongs to another worktree creates nothing.
#[test]
fn a_forged_worktree_gets_nothing() {
    let sandbox = Sandbox::plain();
    sandbox.minimal_environment("api");
    fs::create_dir_all(sandbox.root().join("src/api")).unwrap();
    sandbox.run(["setvirtualenvproject", "api", "src/api"]).status(0);
    git(&sandbox, "src/api", &["init", "-q"]);
    git(&sandbox, "src/api", &["commit", "-q", "--allow-empty", "-m", "x"]);
    git(&sandbox, "src/api", &["worktree", "add", "-q", "-b", "fix", "../fix"]);
    sandbox.write("home/.config/venvwrap/config.toml", "worktree = \"own\"\n");
    let copy = |to: &Path| {
        fs::create_dir_all(to).unwrap();
        fs::copy(sandbox.root().join("src/fix/.git"), to.join(".git")).unwrap();
    };
    copy(&sandbox.root().join("forged"));
    Shell::Bash.plain().run(&sandbox, "cd forged; workon . 2>/dev/null || printf no").stdout("no");
    assert_eq!(sandbox.run(["lsvirtualenv", "-b"]).stdout_text(), "api\n");
}
