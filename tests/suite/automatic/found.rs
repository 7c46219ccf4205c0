//! Which environment is switched to: every way in which a project names one, worktrees, trust, and
//! what a hostile project cannot do.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{active, goes, in_every_shell, world};

#[test]
fn environments_that_are_not_in_the_store_must_be_trusted_and_are_reported_once() {
    let sandbox = world();
    sandbox.minimal_environment_at(&sandbox.root().join("own/.venv"));
    in_every_shell(&sandbox, |terminal| {
        let screen = terminal.run("cd own");
        let message = "own/.venv is not trusted and was not activated; look at it, then `venvwrap trust ";
        // The screen wraps long lines.
        assert!(screen.replace('\n', "").contains(message), "{screen}");
        goes(terminal, &[("true", ""), ("cd ../src/api", "api")]);
        assert_eq!(terminal.run("cd ../../own"), "(api) $ cd ../../own\n$", "said again");
        goes(terminal, &[("venvwrap trust .", "[ROOT]/own/.venv"), ("cd ..", ""), ("cd own", "[ROOT]/own/.venv")]);
        // Another content is another decision.
        let text = format!("home = /usr/bin\nversion = 3.11.3\n# {:?}\n", terminal.shell);
        fs::write(sandbox.root().join("own/.venv/pyvenv.cfg"), text).unwrap();
        goes(terminal, &[("cd ..", ""), ("cd own", "")]);
        goes(terminal, &[("venvwrap trust .", "[ROOT]/own/.venv"), ("venvwrap trust --remove .; cd ..", "")]);
        goes(terminal, &[("cd own; true", ""), ("cd ..", "")]);
    });
}

#[test]
fn a_project_points_to_an_environment_of_the_store_in_every_way() {
    let sandbox = world();
    let web = sandbox.environment("web");
    let project = |name: &str| {
        let project = sandbox.root().join("ways").join(name);
        fs::create_dir_all(project.join("deep")).unwrap();
        project
    };
    symlink(&web, project("link").join(".venv")).unwrap();
    symlink("../../envs/web", project("relative link").join(".venv")).unwrap();
    fs::write(project("name").join(".venv"), "web\n").unwrap();
    fs::write(project("path").join(".venv"), format!("{}\n", web.to_str().unwrap())).unwrap();
    fs::write(project("list").join(".python-envs"), "../../envs/api\n../../envs/web\n").unwrap();
    in_every_shell(&sandbox, |terminal| {
        for name in ["link", "relative link", "name", "path", "list"] {
            goes(terminal, &[(&format!("cd 'ways/{name}/deep'"), "web"), ("cd ../../..", "")]);
        }
    });
}

#[test]
fn a_worktree_shares_the_environment_of_its_repository() {
    let sandbox = world();
    let git = |words: &[&str]| sandbox.git("src/api", words);
    git(&["init", "-q"]);
    git(&["commit", "-q", "--allow-empty", "-m", "x"]);
    git(&["worktree", "add", "-q", "-b", "fix", "../api fix"]);
    // A file that names a repository it does not belong to.
    fs::create_dir(sandbox.root().join("forged")).unwrap();
    fs::copy(sandbox.root().join("src/api fix/.git"), sandbox.root().join("forged/.git")).unwrap();
    in_every_shell(&sandbox, |terminal| {
        goes(terminal, &[("cd 'src/api fix'", "api"), ("cd ..", ""), ("cd ../forged", ""), ("cd ..", "")]);
        goes(terminal, &[("cd 'src/api fix'; workon .", "api"), ("cd ../..", "api"), ("deactivate", "")]);
    });
}

#[test]
fn the_packages_in_a_worktree_have_the_environments_of_their_repository() {
    let sandbox = world();
    for package in ["src/api/apps/web app", "src/api/apps/none"] {
        sandbox.write(format!("{package}/pyproject.toml"), "");
    }
    sandbox.write("src/api/apps/web app/deep/Makefile", "");
    sandbox.run(["setvirtualenvproject", "web", "src/api/apps/web app"]).status(0);
    let git = |words: &[&str]| sandbox.git("src/api", words);
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "x"]);
    git(&["worktree", "add", "-q", "-b", "fix", "../fix it"]);
    in_every_shell(&sandbox, |terminal| {
        goes(
            terminal,
            &[
                ("cd 'src/fix it/apps/none'", "api"),
                ("cd '../web app'", "web"),
                ("cd deep", "web"),
                ("cd ../..", "api"),
                ("cd 'web app/deep'", "web"),
                ("cd ../../../..", ""),
            ],
        );
    });
    // Without an environment for the whole repository.
    fs::remove_file(sandbox.environment("api").join(".project")).unwrap();
    sandbox.minimal_environment("new in the store");
    in_every_shell(&sandbox, |terminal| {
        goes(
            terminal,
            &[
                ("cd 'src/fix it/apps'", ""),
                ("cd 'web app'", "web"),
                ("cd ../none", ""),
                ("cd '../web app/deep'", "web"),
                ("cd ../..", ""),
                ("cd ../..", ""),
                ("cd 'fix it/apps/web app'", "web"),
                ("cd \"$HOME\"", ""),
            ],
        );
    });
}

#[test]
fn the_worktrees_of_a_bare_repository_share_an_environment() {
    let sandbox = world();
    sandbox.write("src/api/web app/pyproject.toml", "");
    sandbox.git("src/api", &["init", "-q", "-b", "trunk"]);
    sandbox.git("src/api", &["add", "."]);
    sandbox.git("src/api", &["commit", "-q", "-m", "x"]);
    for repository in ["apart/x y.git", "inside/.bare", "dotted/.git"] {
        let layout = sandbox.root().join(repository).parent().unwrap().to_path_buf();
        fs::create_dir(&layout).unwrap();
        sandbox.git(".", &["clone", "-q", "--bare", "src/api", repository]);
        let tree = |name: &str| layout.join(name).to_str().unwrap().to_owned();
        for name in ["one", "two"] {
            sandbox.git(repository, &["worktree", "add", "-q", "-b", name, &tree(name)]);
        }
        sandbox.run(["setvirtualenvproject", "api", &tree("one")]).status(0);
        sandbox.run(["setvirtualenvproject", "web", &tree("one/web app")]).status(0);
        let layout = layout.file_name().unwrap().to_str().unwrap().to_owned();
        let plays = || {
            in_every_shell(&sandbox, |terminal| {
                let enter = format!("cd {layout}/two");
                goes(terminal, &[(&enter, "api"), ("cd 'web app'", "web"), ("cd ..", "api"), ("cd ../..", "")]);
            });
        };
        plays();
        // A shell that lists the links again finds it, too.
        sandbox.minimal_environment(format!("new beside {layout}"));
        plays();
    }
}

#[test]
fn marks_that_lead_nowhere_are_ignored_or_refused_in_one_line() {
    let sandbox = world();
    let mark = |name: &str, make: &dyn Fn(&Path)| {
        let project = sandbox.root().join("bad").join(name);
        fs::create_dir_all(&project).unwrap();
        make(&project.join(".venv"));
    };
    let write = |text: &'static [u8]| move |path: &Path| fs::write(path, text).unwrap();
    let link = |target: &'static str| move |path: &Path| symlink(target, path).unwrap();
    mark("empty", &write(b""));
    mark("control", &write(b"web\x1b[31m\n"));
    mark("binary", &write(b"\xff\xfe\0\0web"));
    mark("huge", &|path| fs::write(path, vec![b'x'; 1 << 20]).unwrap());
    mark("fifo", &|path| nix::unistd::mkfifo(path, nix::sys::stat::Mode::S_IRWXU).unwrap());
    mark("unreadable directory", &|path| fs::create_dir(path).unwrap());
    mark("gone from the store", &|path| symlink(sandbox.environment("gone"), path).unwrap());
    let silent = ["empty", "control", "binary", "huge", "fifo", "unreadable directory", "gone from the store"];
    mark("loop", &link(".venv"));
    mark("device", &link("/dev/zero"));
    mark("nowhere", &link("/nosuch/disk/env"));
    mark("command", &write(b"$(touch canary)\n"));
    mark("above", &write(b"../../../../../../../../../../../../etc\n"));
    let refused = ["loop", "device", "nowhere", "command", "above"];
    let others = ["pipfile", "fifo for pipenv", "list", "git", "sparse", "submodule"];
    for name in others {
        fs::create_dir_all(sandbox.root().join("bad").join(name)).unwrap();
    }
    let bad = |path: &str| sandbox.root().join("bad").join(path);
    symlink("/dev/zero", bad("pipfile/Pipfile")).unwrap();
    nix::unistd::mkfifo(&bad("fifo for pipenv/Pipfile"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    symlink("/dev/zero", bad("list/.python-envs")).unwrap();
    fs::write(bad("git/.git"), vec![b'x'; 1 << 20]).unwrap();
    fs::File::create(bad("sparse/.git")).unwrap().set_len(20 << 30).unwrap();
    fs::write(bad("submodule/.git"), "gitdir: ../.git/modules/submodule\n").unwrap();
    in_every_shell(&sandbox, |terminal| {
        for name in silent.into_iter().chain(others) {
            let line = format!("cd 'bad/{name}'");
            assert_eq!(terminal.run(&line), format!("$ {line}\n$"), "{:?}", terminal.shell);
            assert_eq!(active(terminal), "");
            terminal.run("cd ../..");
        }
        for name in refused {
            let screen = terminal.run(format!("cd 'bad/{name}'"));
            assert_eq!(screen.matches("is not trusted and").count(), 1, "{name}: {screen}");
            assert_eq!(active(terminal), "");
            assert_eq!(terminal.run("cd ../.."), "$ cd ../..\n$");
        }
    });
    // What it points to is looked at only when it is to be trusted.
    for (name, root) in [("nowhere", "/nosuch/disk/env"), ("command", "[ROOT]/bad/command/$(touch canary)")] {
        let said = format!(
            "venvwrap: [ROOT]/bad/{name} points to {root}, which is not an environment\nhint: correct or remove .venv or .python-envs there\n"
        );
        sandbox.run(["trust".into(), bad(name)]).status(1).stdout("").stderr(said);
    }
    assert!(!sandbox.root().join("canary").exists() && !sandbox.root().join("bad/command/canary").exists());
}
