//! What doctor prints between backticks is pasted into the shell that printed it, and mends what it
//! stands under, whatever an environment is called.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use super::world;
use crate::support::sandbox::{Answer, BINARY, Sandbox, tool};
use crate::support::shells::Shell;

/// Names of directories inside of an environment, of verbs and options, what a shell takes apart,
/// what a terminal obeys, and what is no text.
const NAMES: &[&[u8]] = &[
    b"bin",
    b"lib",
    b"lib64",
    b"site-packages",
    b"python3.11",
    b"pyvenv.cfg",
    b"doctor",
    b"--fix",
    b"-rf",
    b"-",
    b"it's a \"b\"",
    b"$x `y` $(z)",
    b"{a,b}*?[c]",
    b"\\",
    b"a\\\\b\\",
    b"'",
    b"~",
    b"!! #c",
    b"=ls",
    b"^%",
    "é日本".as_bytes(),
    "\u{202e}x\x1b[31m".as_bytes(),
    b"\xff\xfe",
];

/// The commands that stand in a text, each between backticks of a line of its own finding.
fn commands(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with(' ')).map(str::trim);
    lines.filter_map(|line| Some(line.split_once('`')?.1.rsplit_once('`')?.0.to_owned())).collect()
}

/// Runs a line in a shell that has the functions, or has not.
fn paste<'a>(sandbox: &'a Sandbox, shell: Shell, has_functions: bool, line: &str) -> Answer<'a> {
    let mode = shell.plain();
    let script = if has_functions { mode.script(sandbox, line) } else { mode.bare_script(sandbox, line) };
    sandbox.run_command(mode.command(sandbox, &script), b"")
}

/// Damages an environment in every way that a single line mends.
fn damage(sandbox: &Sandbox, name: &OsStr) {
    let root = sandbox.minimal_environment(name);
    fs::remove_file(root.join("bin/activate")).unwrap();
    let packages = root.join("lib/python3.11/site-packages");
    fs::create_dir(packages.join("it's odd-1.dist-info")).unwrap();
    fs::create_dir(packages.join("~ip-1.dist-info")).unwrap();
}

#[test]
fn every_command_can_be_pasted_whatever_the_environment_is_called() {
    for shell in Shell::ALL {
        for has_functions in [true, false] {
            let sandbox = world(Sandbox::new());
            symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
            for name in NAMES {
                damage(&sandbox, OsStr::from_bytes(name));
            }
            let before = paste(&sandbox, shell, has_functions, "venvwrap doctor");
            let text = String::from_utf8(before.stdout.clone()).unwrap();
            let found = commands(&text);
            assert_eq!(found.len(), 3 * NAMES.len(), "{shell:?}: {text}");
            for command in &found {
                let answer = paste(&sandbox, shell, has_functions, command);
                assert_eq!(answer.code(), 0, "{shell:?}: {command}\n{answer}");
            }
            let after = paste(&sandbox, shell, has_functions, "venvwrap doctor").stdout_text();
            assert!(!after.contains("problem  "), "{shell:?}: {after}");
            assert!(!after.contains("missing in its bin") && !after.contains(".dist-info"), "{shell:?}: {after}");
        }
    }
}

#[test]
fn what_is_in_the_way_in_the_store_is_mended_by_the_lines_under_it_whatever_it_is_called() {
    for shell in Shell::ALL {
        for has_functions in [true, false] {
            let sandbox = world(Sandbox::new());
            symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
            let store = sandbox.workon_home();
            for (at, name) in NAMES.iter().enumerate() {
                let name = OsStr::from_bytes(name);
                match at % 3 {
                    0 => symlink("/gone", store.join(name)).unwrap(),
                    1 => symlink(name, store.join(name)).unwrap(),
                    _ => {
                        // Half renamed.
                        let renamed = [b"r", name.as_bytes()].concat();
                        let root = sandbox.minimal_environment(OsStr::from_bytes(&renamed));
                        symlink(Path::new("././").join(root.file_name().unwrap()), store.join(name)).unwrap();
                    }
                }
            }
            let before = paste(&sandbox, shell, has_functions, "venvwrap doctor");
            let text = String::from_utf8(before.stdout.clone()).unwrap();
            let found = commands(&text);
            assert!(found.len() >= NAMES.len(), "{shell:?}: {text}");
            for command in &found {
                let answer = paste(&sandbox, shell, has_functions, command);
                assert_eq!(answer.code(), 0, "{shell:?}: {command}\n{answer}");
            }
            let after = paste(&sandbox, shell, has_functions, "venvwrap doctor").stdout_text();
            assert!(!after.contains("link") && !after.contains("interrupted"), "{shell:?}: {after}");
        }
    }
}

#[test]
fn permissions_of_an_environment_called_bin_are_mended_at_its_root() {
    let sandbox = world(Sandbox::plain());
    for name in ["bin", "lib", "site-packages"] {
        let root = sandbox.minimal_environment(name);
        fs::set_permissions(root.join("bin"), fs::Permissions::from_mode(0o500)).unwrap();
    }
    let mut command = sandbox.command(tool("setpriv"));
    command.args(["--bounding-set=-dac_override,-dac_read_search", "--", BINARY, "doctor"]);
    let text = sandbox.run_command(command, b"").stdout_text();
    for name in ["bin", "lib", "site-packages"] {
        let line = format!("`chmod -R u+rwX [ROOT]/envs/{name}`\n");
        assert!(text.contains(&line), "{line}{text}");
    }
}
