//! The shells that a temporary environment belongs to, as lines of a file, and whether they ended.
//!
//! A process is identified by its number, start time, boot, machine, and process namespace. If any
//! of these is unknown, the process counts as running: a wrong answer would remove an environment
//! in use.

use std::fs;
use std::path::Path;

/// The initial process namespace of a machine (the kernel's PROC_PID_INIT_INO).
const INITIAL_NAMESPACE: &str = "pid:[4026531836]";

/// The line for the parent process: number, start time, boot, namespace, machine. `None` if any of
/// them is unknown.
pub(crate) fn line_of_caller() -> Option<String> {
    let id = nix::unistd::getppid().as_raw();
    let (start, _) = start_and_state(&id.to_string())?;
    let here = ProcessScope::look()?;
    Some(format!("{id} {start} {} {} {}\n", here.boot, here.namespace, here.machine?))
}

/// Whether all processes in these lines have certainly ended; `false` if there are no lines.
pub(crate) fn have_all_ended(lines: &str) -> bool {
    let Some(here) = ProcessScope::look() else { return false };
    !lines.trim().is_empty() && lines.lines().all(|line| has_ended(line, &here))
}

fn has_ended(line: &str, here: &ProcessScope) -> bool {
    let fields: Vec<&str> = line.split(' ').collect();
    let [id, start, boot, namespace, machine] = fields[..] else { return false };
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    if boot == here.boot {
        // A number means another process in another namespace.
        return namespace == here.namespace
            && start_and_state(id).is_none_or(|(started, state)| started != start || matches!(state, 'Z' | 'X'));
    }
    // The machine was restarted. A container may have the machine's identity, but not its initial
    // namespace.
    let is_initial = namespace == INITIAL_NAMESPACE && here.namespace == INITIAL_NAMESPACE;
    is_initial && here.machine.as_deref() == Some(machine)
}

/// The boot, namespace, and machine of this process.
struct ProcessScope {
    boot: String,
    namespace: String,
    /// Identity and name: the store can be shared between machines.
    machine: Option<String>,
}

impl ProcessScope {
    fn look() -> Option<Self> {
        let text = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().replace(' ', "_"));
        let boot = text("/proc/sys/kernel/random/boot_id").filter(|boot| !boot.is_empty())?;
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?.to_str()?.to_owned();
        let machine = text("/etc/machine-id").filter(|id| !id.is_empty()).zip(text("/proc/sys/kernel/hostname"));
        Some(Self { boot, namespace, machine: machine.map(|(id, name)| format!("{id}/{name}")) })
    }
}

/// The start time of a process, in clock ticks since boot, and its state (proc(5)). `None` if there
/// is no such process.
fn start_and_state(id: &str) -> Option<(String, char)> {
    let stat = fs::read_to_string(Path::new("/proc").join(id).join("stat")).ok()?;
    // The name, in parentheses, can contain any character.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    Some(((*fields.get(19)?).to_owned(), fields.first()?.chars().next()?))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_process_counts_as_running_unless_it_certainly_ended() {
        let here = ProcessScope::look().unwrap();
        let ProcessScope { boot, namespace, .. } = &here;
        let own = std::process::id().to_string();
        let (start, _) = start_and_state(&own).unwrap();
        let ended = |line: String| has_ended(&line, &here);
        assert!(!ended(format!("{own} {start} {boot} {namespace} m")), "it runs");
        assert!(ended(format!("{own} 1{start} {boot} {namespace} m")), "another has its number");
        assert!(ended(format!("999999999 5 {boot} {namespace} m")), "nothing has its number");
        for unsure in [
            format!("999999999 5 {boot} pid:[1] m"),
            format!("999999999 5 other {namespace} other-machine"),
            format!("999999999 5 other pid:[1] {}", here.machine.clone().unwrap_or_default()),
            format!("../1 5 {boot} {namespace} m"),
            format!("999999999 5 {boot}"),
            String::new(),
        ] {
            assert!(!ended(unsure.clone()), "{unsure}");
        }
        assert!(!have_all_ended("") && !have_all_ended("\n"));
        assert!(!have_all_ended(&format!("999999999 5 {boot} {namespace} m\n{own} {start} {boot} {namespace} m\n")));
    }
}
