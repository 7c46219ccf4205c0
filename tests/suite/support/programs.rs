//! Programs that a test makes and runs.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes an executable file in the place of another. A child process writes it: if this process
/// had it open for writing, a process that another test starts could inherit the descriptor, and
/// the kernel refuses to run a file open for writing (ETXTBSY).
pub(crate) fn write_program(path: impl AsRef<Path>, content: impl AsRef<[u8]>) {
    let mut install = install("/dev/stdin".as_ref(), path.as_ref()).stdin(Stdio::piped()).spawn().unwrap();
    install.stdin.take().unwrap().write_all(content.as_ref()).unwrap();
    assert!(install.wait().unwrap().success());
}

/// Copies a program, as [`write_program`] writes one.
pub(crate) fn copy_program(from: impl AsRef<Path>, to: impl AsRef<Path>) {
    assert!(install(from.as_ref(), to.as_ref()).status().unwrap().success());
}

fn install(from: &Path, to: &Path) -> Command {
    let mut command = Command::new("install");
    command.args(["-m", "755"]).arg(from).arg(to);
    command
}
