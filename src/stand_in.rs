//! Programs that tests write, to run in the place of real ones.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::context::Context;

/// Writes an executable file in the place of another, creating missing directories. A child process
/// writes it: if this process had it open for writing, a process that another test starts could
/// inherit the descriptor, and the kernel refuses to run a file open for writing (ETXTBSY).
pub(crate) fn script(path: &Path, text: &str) -> PathBuf {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut install = Context::made_of(&[]).command("install");
    install.args(["-m", "755", "/dev/stdin"]).arg(path);
    let mut child = install.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    path.to_path_buf()
}

/// Writes a program in shell.
pub(crate) fn program(path: &Path, body: &str) -> PathBuf {
    script(path, &format!("#!/bin/sh\n{body}\n"))
}
