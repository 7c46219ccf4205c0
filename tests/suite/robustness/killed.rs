//! Creating, removing and bringing back, killed, interrupted and ended at every step on disk.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::killer::{Killer, SIGNALS, with_signals, with_some_signals};
use super::{assert_cache_is_whole, assert_examined, assert_seen, making, tidy};
use crate::support::answer::difference;
use crate::support::disk::{names, tree};
use crate::support::pythons;
use crate::support::sandbox::Sandbox;

/// Ends a creation at each of its steps: absent or complete, and the next attempt works.
#[track_caller]
fn end_creation_everywhere(sandbox: &Sandbox, words: &[&OsStr], every: usize, at_least: usize) {
    sandbox.minimal_environment("keep");
    // With what is done once per interpreter behind it.
    sandbox.run(words).status(0);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    let Some(killer) = Killer::of(sandbox, words) else { return };
    let steps = killer.steps();
    let complete = tree(&sandbox.environment("x"));
    let mut ended = 0;
    for (step, signal) in with_some_signals(&steps, every) {
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        let was_ended = killer.ends_at(step, signal);
        ended += usize::from(was_ended);
        let is_there = names(&sandbox.workon_home()).contains(&"x".to_owned());
        assert!(is_there || was_ended, "{step:?}");
        assert_seen(sandbox, if is_there { &["keep", "x"] } else { &["keep"] });
        if is_there {
            assert!(tree(&sandbox.environment("x")) == complete, "{step:?}: half an environment is in place");
            // Nothing is the matter with it, but perhaps with the store.
            sandbox.run(["doctor", "x"]).status(0).stderr("");
        }
        assert_examined(sandbox);
        sandbox.run(words).status(0).stdout("");
        assert!(tree(&sandbox.environment("x")) == complete, "{step:?}: the next attempt made another environment");
        tidy(sandbox);
    }
    assert!(ended >= at_least, "only {ended} steps were there to be ended at");
}

#[test]
fn a_creation_without_pip_ended_at_any_step_leaves_nothing_or_all() {
    let sandbox = Sandbox::new();
    let words = making(&pythons::complete().path, "x");
    end_creation_everywhere(&sandbox, &words, 1, 90);
}

#[test]
fn a_creation_with_pip_ended_at_any_step_leaves_nothing_or_all() {
    let sandbox = Sandbox::new();
    let python = &pythons::complete().path;
    let words = ["mkvirtualenv".as_ref(), "-p".as_ref(), python.as_os_str(), "x".as_ref()];
    end_creation_everywhere(&sandbox, &words, 8, 70);
}

#[test]
fn a_creation_from_the_pool_ended_at_any_step_leaves_nothing_or_all() {
    let sandbox = Sandbox::new();
    let python = &pythons::complete().path;
    let words = ["mkvirtualenv".as_ref(), "-p".as_ref(), python.as_os_str(), "x".as_ref()];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let store = sandbox.workon_home();
    let stage = || drop(sandbox.run(["background".as_ref(), "stage".as_ref(), store.as_os_str(), python.as_os_str()]));
    stage();
    let steps = killer.steps();
    let complete = tree(&sandbox.environment("x"));
    // What is different is that something is moved.
    let is_move = |(call, _): &&(String, usize)| call.starts_with("rename") || call.starts_with("unlink");
    let moves: Vec<_> = steps.iter().filter(is_move).cloned().collect();
    for (step, signal) in with_some_signals(&moves, 2) {
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        stage();
        killer.ends_at(step, signal);
        if sandbox.environment("x").exists() {
            assert!(tree(&sandbox.environment("x")) == complete, "{step:?}");
        }
        sandbox.run(words).status(0);
        assert!(tree(&sandbox.environment("x")) == complete, "{step:?}");
        tidy(&sandbox);
    }
}

#[test]
fn a_staging_killed_at_any_step_leaves_a_pool_that_serves() {
    let sandbox = Sandbox::new();
    let python = &pythons::complete().path;
    let store = sandbox.workon_home();
    let make = ["mkvirtualenv".as_ref(), "-p".as_ref(), python.as_os_str(), "x".as_ref()];
    sandbox.run(make).status(0);
    let complete = tree(&sandbox.environment("x"));
    let words = ["background".as_ref(), "stage".as_ref(), store.as_os_str(), python.as_os_str()];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let steps = killer.steps();
    // Each takes a while: it waits for the disk.
    for step in steps.iter().step_by(steps.len() / 6) {
        fs::remove_dir_all(store.join(".venvwrap/pool")).unwrap();
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        killer.kills_at(step);
        sandbox.run(make).status(0);
        assert!(tree(&sandbox.environment("x")) == complete, "{step:?}");
        // The next one clears away what that one left.
        sandbox.run(words).silent();
        let pool = store.join(".venvwrap/pool");
        for place in names(&pool) {
            assert_eq!(names(&pool.join(place)), ["0", "1", "made-from"], "{step:?}");
        }
    }
}

#[test]
fn a_first_use_ended_at_any_step_leaves_a_cache_that_serves() {
    let sandbox = Sandbox::new().with_own_cache();
    let python = &pythons::complete().path;
    let cache = sandbox.root().join("cache");
    let words = ["mkvirtualenv".as_ref(), "-p".as_ref(), python.as_os_str(), "x".as_ref()];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let steps = killer.steps();
    let complete = tree(&sandbox.environment("x"));
    // Each takes as long as a first use does: every so many-th, with one of the three in turn.
    for (step, signal) in steps.iter().step_by(steps.len() / 8).zip(SIGNALS.into_iter().cycle()) {
        fs::remove_dir_all(&cache).unwrap();
        fs::create_dir(&cache).unwrap();
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        killer.ends_at(step, signal);
        sandbox.run(words).status(0);
        assert_cache_is_whole(&sandbox);
        let found = tree(&sandbox.environment("x"));
        // Compiling is done by the interpreter, which is ended at its own steps: what it did not
        // get to, it does later.
        let without_compiled = |tree: &str| -> Vec<String> {
            let is_told = |line: &&str| !line.contains("__pycache__") && !line.contains("/RECORD ");
            tree.lines().filter(is_told).map(str::to_owned).collect()
        };
        let (found, complete) = (without_compiled(&found).join("\n"), without_compiled(&complete).join("\n"));
        assert!(found == complete, "{step:?}: {}", difference(complete.as_bytes(), found.as_bytes()));
    }
}

#[test]
fn a_removal_killed_at_any_step_leaves_it_in_place_or_to_be_brought_back() {
    for words in [&["rmvirtualenv", "x"][..], &["rmvirtualenv", "--now", "x"]] {
        let sandbox = Sandbox::new();
        sandbox.minimal_environment("keep");
        let Some(killer) = Killer::of(&sandbox, words) else { return };
        let complete = tree(&sandbox.minimal_environment("x"));
        let steps = killer.steps();
        assert!(steps.len() >= 8, "{steps:?}");
        for (step, signal) in with_signals(&steps) {
            drop(fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")));
            sandbox.minimal_environment("x");
            let was_ended = killer.ends_at(step, signal);
            let is_there = names(&sandbox.workon_home()).contains(&"x".to_owned());
            assert_seen(&sandbox, if is_there { &["keep", "x"] } else { &["keep"] });
            tidy(&sandbox);
            if !is_there {
                let answer = sandbox.run(["undo", "x"]);
                let is_back = answer.code() == 0;
                assert!(is_back || words.contains(&"--now"), "{step:?}: {answer}");
                if !is_back {
                    continue;
                }
            }
            assert!(tree(&sandbox.environment("x")) == complete, "{step:?}, ended: {was_ended}: half of it came back");
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        }
    }
}

#[test]
fn a_pruning_killed_at_any_step_leaves_it_in_place_or_to_be_brought_back() {
    let sandbox = Sandbox::new();
    sandbox.minimal_environment("keep");
    let Some(killer) = Killer::of(&sandbox, &["prune", "--yes"]) else { return };
    let lost = || {
        sandbox.minimal_environment("x");
        sandbox.write("envs/x/.project", format!("{}\n", sandbox.root().join("deleted").display()));
    };
    lost();
    let complete = tree(&sandbox.environment("x"));
    let steps = killer.steps();
    assert!(steps.len() >= 8, "{steps:?}");
    for (step, signal) in with_signals(&steps) {
        drop(fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")));
        lost();
        killer.ends_at(step, signal);
        if !sandbox.environment("x").exists() {
            sandbox.run(["undo", "x"]).status(0);
        }
        assert!(tree(&sandbox.environment("x")) == complete, "{step:?}");
        assert_seen(&sandbox, &["keep", "x"]);
        fs::remove_dir_all(sandbox.environment("x")).unwrap();
    }
}

#[test]
fn emptying_the_trash_killed_at_any_step_leaves_whole_environments_and_can_be_repeated() {
    let sandbox = Sandbox::new();
    let words = ["prune", "--trash", "--yes"];
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let complete = tree(&sandbox.minimal_environment("x"));
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    let steps = killer.steps();
    assert!(steps.len() >= 8, "{steps:?}");
    for (step, signal) in with_signals(&steps) {
        sandbox.minimal_environment("x");
        sandbox.run(["rmvirtualenv", "x"]).status(0);
        killer.ends_at(step, signal);
        if sandbox.run(["undo", "x"]).code() == 0 {
            assert!(tree(&sandbox.environment("x")) == complete, "{step:?}: half of it came back");
            sandbox.run(["rmvirtualenv", "x"]).status(0);
        }
        sandbox.run(words).status(0);
        assert_eq!(names(&sandbox.workon_home().join(".venvwrap/trash")), Vec::<String>::new(), "{step:?}");
    }
}

#[test]
fn a_return_killed_at_any_step_leaves_it_in_the_trash_or_back() {
    let sandbox = Sandbox::new();
    let Some(killer) = Killer::of(&sandbox, &["undo", "x"]) else { return };
    let complete = tree(&sandbox.minimal_environment("x"));
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    for (step, signal) in with_signals(&killer.steps()) {
        sandbox.run(["rmvirtualenv", "x"]).status(0);
        killer.ends_at(step, signal);
        if !sandbox.environment("x").exists() {
            sandbox.run(["undo", "x"]).status(0);
        }
        assert!(tree(&sandbox.environment("x")) == complete, "{step:?}");
    }
}

#[test]
fn a_replacement_killed_at_any_step_leaves_the_old_one_or_the_new_one() {
    let sandbox = Sandbox::new();
    let python = &pythons::complete().path;
    let mut words = making(python, "x");
    words.insert(1, "--clear".as_ref());
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    let old = tree(&sandbox.minimal_environment("x"));
    let steps = killer.steps();
    let new = tree(&sandbox.environment("x"));
    for (step, signal) in with_signals(&steps) {
        sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
        fs::remove_dir_all(sandbox.workon_home().join(".venvwrap")).unwrap();
        sandbox.minimal_environment("x");
        killer.ends_at(step, signal);
        assert_seen(&sandbox, &["x"]);
        let found = tree(&sandbox.environment("x"));
        assert!(found == old || found == new, "{step:?}");
        tidy(&sandbox);
        if found == new {
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
            sandbox.run(["undo", "x"]).status(0);
            assert!(tree(&sandbox.environment("x")) == old, "{step:?}: the old one is lost");
        }
    }
}

/// The new one is built without an installer, which would take seconds at each step.
#[test]
fn an_upgrade_and_its_undoing_killed_at_any_step_leave_the_old_one_or_the_new_one() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let Some(other) = pythons::other_than(python) else { return };
    let upgrade: [&OsStr; 4] = ["upgrade".as_ref(), "-p".as_ref(), other.path.as_os_str(), "x".as_ref()];
    let undo: [&OsStr; 2] = ["undo".as_ref(), "x".as_ref()];
    let make = || {
        drop(fs::remove_dir_all(sandbox.workon_home()));
        fs::create_dir(sandbox.workon_home()).unwrap();
        sandbox.run(making(&python.path, "x")).status(0);
        tree(&sandbox.environment("x"))
    };
    let old = make();
    let Some(killer) = Killer::of(&sandbox, &upgrade) else { return };
    let steps = killer.steps();
    let new = tree(&sandbox.environment("x"));
    assert!(old != new);
    for (step, signal) in with_some_signals(&steps, 3) {
        make();
        killer.ends_at(step, signal);
        assert_seen(&sandbox, &["x"]);
        let found = tree(&sandbox.environment("x"));
        assert!(found == old || found == new, "{step:?}");
        tidy(&sandbox);
        if found == new {
            sandbox.run(undo).status(0);
            assert!(tree(&sandbox.environment("x")) == old, "{step:?}: the old one is lost");
        }
    }
    make();
    sandbox.run(upgrade).status(0);
    let killer = Killer::of(&sandbox, &undo).unwrap();
    for (step, signal) in with_some_signals(&killer.steps(), 3) {
        make();
        sandbox.run(upgrade).status(0);
        killer.ends_at(step, signal);
        assert_seen(&sandbox, &["x"]);
        tidy(&sandbox);
        if tree(&sandbox.environment("x")) != old {
            sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
            sandbox.run(undo).status(0);
        }
        assert!(tree(&sandbox.environment("x")) == old, "{step:?}: the old one is lost");
    }
}

#[test]
fn an_adoption_and_the_way_back_killed_at_any_step_leave_an_environment_that_works_under_its_old_path() {
    let sandbox = Sandbox::new();
    let (project, root) = (sandbox.root().join("shop"), sandbox.environment("shop"));
    let (link, pth) = (project.join(".venv"), Path::new("lib/python3.11/site-packages/x.pth"));
    let make = || {
        for directory in [&project, &sandbox.workon_home()] {
            drop(fs::remove_dir_all(directory));
            fs::create_dir(directory).unwrap();
        }
        sandbox.minimal_environment_at(&link);
        fs::write(link.join(pth), format!("{}/src\n", link.display())).unwrap();
    };
    let works = |step: &(String, usize)| {
        assert!(link.join("bin/python").exists(), "{step:?}");
        let named = fs::read_to_string(link.join(pth)).unwrap();
        let named = Path::new(named.trim_end()).parent().unwrap();
        assert!(named.join("bin/python").exists(), "{step:?}: {} does not work", named.display());
    };
    // A file that was being written stays beside the one it was to replace.
    let state = || {
        let text = tree(&link);
        text.lines().filter(|line| !line.contains(".venvwrap-")).collect::<Vec<_>>().join("\n")
    };
    make();
    let before = state();
    let adopt = ["adopt".as_ref(), project.as_os_str()];
    let Some(killer) = Killer::of(&sandbox, &adopt) else { return };
    let steps = killer.steps();
    assert!(steps.len() >= 8, "{steps:?}");
    for (step, signal) in with_some_signals(&steps, 3) {
        make();
        killer.ends_at(step, signal);
        works(step);
        // Done already, or now.
        let again = sandbox.run(adopt);
        assert!(again.code() == 0 || again.stderr_text().contains("it is a link to"), "{step:?}: {again}");
        assert_eq!(fs::read_link(&link).unwrap(), root, "{step:?}");
        assert_eq!(fs::read_to_string(root.join(pth)).unwrap(), format!("{}/src\n", root.display()), "{step:?}");
        sandbox.run(["undo", "shop"]).status(0);
        assert!(state() == before, "{step:?}");
    }
    make();
    sandbox.run(adopt).status(0);
    let undo = ["undo", "shop"];
    let killer = Killer::of(&sandbox, &undo).unwrap();
    for (step, signal) in with_some_signals(&killer.steps(), 3) {
        make();
        sandbox.run(adopt).status(0);
        killer.ends_at(step, signal);
        assert!(link.join("bin/python").exists(), "{step:?}");
        drop(sandbox.run(undo));
        assert!(state() == before, "{step:?}");
        assert_eq!(names(&sandbox.workon_home()), [".venvwrap"], "{step:?}");
    }
}

#[test]
fn a_repair_before_use_killed_at_any_step_is_made_by_the_next_use() {
    let sandbox = Sandbox::new();
    let python = pythons::complete();
    let words = ["run", "x", "true"];
    sandbox.run(making(&python.path, "x")).status(0);
    let (bin, cfg) = (sandbox.environment("x").join("bin"), sandbox.environment("x").join("pyvenv.cfg"));
    let link = names(&bin).into_iter().map(|name| bin.join(name));
    let link = link.into_iter().find(|link| fs::read_link(link).is_ok_and(|target| target.is_absolute())).unwrap();
    let (whole, text) = (tree(&sandbox.environment("x")), fs::read_to_string(&cfg).unwrap());
    let break_it = || {
        drop(fs::remove_file(&link));
        symlink("/opt/gone/bin/python3", &link).unwrap();
        fs::write(&cfg, text.replace(&format!("= {}\n", python.full()), &format!("= {}.99\n", python.minor())))
            .unwrap();
    };
    let Some(killer) = Killer::of(&sandbox, &words) else { return };
    break_it();
    let steps = killer.steps();
    for (step, signal) in with_signals(&steps) {
        break_it();
        killer.ends_at(step, signal);
        sandbox.run(words).status(0);
        // What was being written has a name of its own.
        for directory in [&bin, &sandbox.environment("x")] {
            for left in names(directory).into_iter().filter(|name| name.starts_with(".venvwrap-")) {
                fs::remove_file(directory.join(left)).unwrap();
            }
        }
        assert!(tree(&sandbox.environment("x")) == whole, "{step:?}");
    }
}
