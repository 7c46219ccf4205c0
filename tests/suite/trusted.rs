//! Only the trusted bytes of other people's files run, even if the file changes meanwhile; and
//! shells read odd `.project` files safely.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::support::conda;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::Shell;
use crate::support::story::Story;

fn ending(shell: Shell) -> &'static str {
    if shell == Shell::Fish { ".fish" } else { "" }
}

/// Alternates a file between two texts as fast as possible while `during` runs.
fn flipping<T>(file: &Path, texts: [&str; 2], during: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let draft = file.with_extension("draft");
            while !is_over.load(Ordering::Relaxed) {
                for text in texts {
                    fs::write(&draft, text).unwrap();
                    fs::rename(&draft, file).unwrap();
                }
            }
        });
        let done = during();
        is_over.store(true, Ordering::Relaxed);
        done
    })
}

#[test]
fn a_writer_that_flips_a_trusted_hook_never_gets_another_text_run() {
    for shell in Shell::ALL {
        for event in ["postactivate", "predeactivate"] {
            let sandbox = Sandbox::with_x_and_y();
            let project = sandbox.root().join("p");
            fs::write(sandbox.environment("x").join(".project"), bytes(&project)).unwrap();
            let good = "echo good\n";
            let file = sandbox.write(format!("p/.virtualenvwrapper/{event}{}", ending(shell)), good);
            sandbox.run(["trust", project.to_str().unwrap()]).status(0);
            let code = match shell {
                Shell::Fish => "for i in (seq 60); workon x; deactivate; end",
                _ => "for i in {1..60}; do workon x; deactivate; done",
            };
            let answer = flipping(&file, [good, "echo harm\n"], || shell.plain().run(&sandbox, code));
            let answer = answer.status(0);
            let stdout = answer.stdout_text();
            assert!(!stdout.contains("harm"), "{shell:?} {event}: {answer}");
            assert!(stdout.contains("good"), "{shell:?} {event}: it was never seen as it was trusted: {answer}");
        }
    }
}

#[test]
fn a_writer_that_flips_the_scripts_of_a_conda_environment_never_gets_another_text_run() {
    for shell in Shell::ALL {
        for when in ["activate.d", "deactivate.d"] {
            let mut sandbox = Sandbox::with_x_and_y();
            let root = conda::prefix(&sandbox, "gis");
            conda::register(&sandbox, &root);
            sandbox.set("CONDA_ENVS_DIRS", "");
            let dialect = if shell == Shell::Fish { "fish" } else { "sh" };
            let file = conda::write(&root, &format!("etc/conda/{when}/one.{dialect}"), "echo good\n");
            sandbox.run(["trust", root.to_str().unwrap()]).status(0);
            let code = match shell {
                Shell::Fish => "for i in (seq 40); workon gis; deactivate; end",
                _ => "for i in {1..40}; do workon gis; deactivate; done",
            };
            let answer = flipping(&file, ["echo good\n", "echo harm\n"], || shell.plain().run(&sandbox, code));
            let stdout = answer.stdout_text();
            assert!(!stdout.contains("harm") && stdout.contains("good"), "{shell:?} {when}: {answer}");
        }
    }
}

#[test]
fn a_hook_is_trusted_to_its_last_byte_and_one_that_is_too_long_never_is() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let project = sandbox.root().join("p");
        fs::write(sandbox.environment("x").join(".project"), bytes(&project)).unwrap();
        let longest = format!("echo trusted\n{}\n", "#".repeat(1024 * 1024 - 14));
        assert_eq!(longest.len(), 1024 * 1024);
        let file = sandbox.write(format!("p/.virtualenvwrapper/postactivate{}", ending(shell)), &longest);
        sandbox.run(["trust", project.to_str().unwrap()]).status(0);
        let story = Story::new().run(["workon", "x"]);
        story.played(&sandbox, shell.plain()).says("trusted\n", "");
        // A changed last byte, or an appended line.
        for text in [format!("{longest}echo harm\n"), longest.replace("#\n", "\n\n")] {
            fs::write(&file, text).unwrap();
            let told = story.played(&sandbox, shell.plain());
            assert_eq!(told.stdout_text(), "", "{told}");
            assert!(told.stderr_text().contains("is not trusted and was not sourced"), "{told}");
        }
        fs::write(&file, format!("{longest}echo harm\n")).unwrap();
        sandbox
            .run(["trust", project.to_str().unwrap()])
            .status(1)
            .stdout("")
            .stderr_contains("it is longer than 1 MiB");
    }
}

#[test]
fn a_trusted_hook_runs_as_a_hook_does() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let project = sandbox.root().join("p");
        fs::write(sandbox.environment("x").join(".project"), bytes(&project)).unwrap();
        let at = |event: &str| format!("p/.virtualenvwrapper/{event}{}", ending(shell));
        let text = match shell {
            Shell::Fish => "set -gx MINE it\\'s\necho $VIRTUAL_ENV_PROMPT (count $argv)\nreturn 3\necho never\n",
            _ => "export MINE=it\\'s\necho \"$VIRTUAL_ENV_PROMPT $#\"\nreturn 3\necho never\n",
        };
        sandbox.write(at("postactivate"), text);
        sandbox.write(at("predeactivate"), text);
        sandbox.run(["trust", project.to_str().unwrap()]).status(0);
        let story = Story::new().run(["workon", "x"]).get("MINE").run(["deactivate"]).get("VIRTUAL_ENV");
        story.played(&sandbox, shell.plain()).says("x 0\nx 0\n", "").records(
            "workon x: 0
             export MINE=it's
             deactivate: 0
             unset VIRTUAL_ENV",
        );
        // An error in the hook stops nothing.
        sandbox.write(at("postactivate"), "if\n)(");
        sandbox.write(at("predeactivate"), "if\n)(");
        sandbox.run(["trust", project.to_str().unwrap()]).status(0);
        let told =
            Story::new().run(["workon", "x"]).run(["deactivate"]).get("VIRTUAL_ENV").played(&sandbox, shell.plain());
        told.records("workon x: 0\ndeactivate: 0\nunset VIRTUAL_ENV");
    }
}

#[test]
fn a_project_file_of_any_kind_and_size_keeps_nobody_waiting() {
    for shell in Shell::ALL {
        for kind in ["zeros", "text", "fifo", "device", "directory"] {
            let sandbox = Sandbox::with_x_and_y();
            let file = sandbox.environment("x").join(".project");
            // Created while the environment is active: on activation the binary reads the file, not
            // the shell.
            let make = match kind {
                "zeros" => "truncate -s 20G",
                "text" => "head -c 64000000 /dev/zero | tr '\\0' x >",
                "fifo" => "mkfifo",
                "device" => "ln -s /dev/zero",
                _ => "mkdir",
            };
            let quoted = String::from_utf8(Shell::Bash.quoted(bytes(&file))).unwrap();
            let make = sandbox.write("make", format!("#!/bin/sh\n{make} {quoted}\n"));
            let make = String::from_utf8(shell.quoted(bytes(&make))).unwrap();
            let story = Story::new().run(["workon", "x"]).code(format!("sh {make}"), format!("sh {make}"));
            let story = story.run(["deactivate"]).get("VIRTUAL_ENV");
            story.played(&sandbox, shell.plain()).silent().records(
                "workon x: 0
                 deactivate: 0
                 unset VIRTUAL_ENV",
            );
            if kind != "directory" {
                fs::remove_file(file).unwrap();
            }
        }
    }
}

#[test]
fn the_first_line_of_a_project_file_names_the_project_on_leaving() {
    for shell in Shell::ALL {
        for text in ["[ROOT]/p", "[ROOT]/p\n", "[ROOT]/p\nmore\n"] {
            let sandbox = Sandbox::with_x_and_y();
            let project = sandbox.root().join("p");
            sandbox.write(format!("p/.virtualenvwrapper/predeactivate{}", ending(shell)), "echo left\n");
            sandbox.run(["trust", project.to_str().unwrap()]).status(0);
            let file = sandbox.environment("x").join(".project");
            let text = [&bytes(&project)[..], text.strip_prefix("[ROOT]/p").unwrap().as_bytes()].concat();
            let story = Story::new().run(["workon", "x"]);
            fs::write(sandbox.root().join("text"), text).unwrap();
            let quoted = |path: &Path| String::from_utf8(shell.quoted(bytes(path))).unwrap();
            let copy = format!("cp {} {}", quoted(&sandbox.root().join("text")), quoted(&file));
            story.code(&copy, &copy).run(["deactivate"]).played(&sandbox, shell.plain()).says("left\n", "");
        }
    }
}
