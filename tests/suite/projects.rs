//! Projects and their environments: a project that moved, and several environments for one
//! project.

use std::fs;

use crate::support::answer::Answer;
use crate::support::pty::Terminal;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

/// What `venvwrap which .` says in this directory.
pub(crate) fn which<'a>(sandbox: &'a Sandbox, at: &str) -> Answer<'a> {
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
        sandbox.git(at, &["init", "-q"]);
        sandbox.git(at, &["remote", "add", "origin", remote]);
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
