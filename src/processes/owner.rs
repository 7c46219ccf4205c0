//! The shells that a temporary environment belongs to, in a form that can be written down, and
//! whether all of them have ended.
//!
//! A process is known by its number and its start time, on one boot of one machine, in one
//! namespace of process numbers. Where any of that is unknown, the process counts as alive: a wrong
//! answer would remove an environment in use.

use std::fs;
use std::path::Path;

/// The namespace of process numbers that a machine starts with (the kernel's PROC_PID_INIT_INO).
const INITIAL_NAMESPACE: &str = "pid:[4026531836]";

/// The process that called us, as a line: number, start time, boot, namespace, machine. `None`
/// where the system does not tell all of it.
pub(crate) fn line_of_caller() -> Option<String> {
    let id = nix::unistd::getppid().as_raw();
    let (start, _) = start_and_state(&id.to_string())?;
    let here = Here::look()?;
    Some(format!("{id} {start} {} {} {}\n", here.boot, here.namespace, here.machine?))
}

/// Whether each process in these lines has ended for certain; `false` without any line.
pub(crate) fn have_all_ended(lines: &str) -> bool {
    let Some(here) = Here::look() else { return false };
    !lines.trim().is_empty() && lines.lines().all(|line| has_ended(line, &here))
}

fn has_ended(line: &str, here: &Here) -> bool {
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
    // The machine was restarted since. A container can have the machine's identity, but not this
    // namespace.
    let is_initial = namespace == INITIAL_NAMESPACE && here.namespace == INITIAL_NAMESPACE;
    is_initial && here.machine.as_deref() == Some(machine)
}

/// Where we run.
struct Here {
    boot: String,
    namespace: String,
    /// Identity and name: the store can be shared between machines.
    machine: Option<String>,
}

impl Here {
    fn look() -> Option<Self> {
        let text = |path: &str| fs::read_to_string(path).ok().map(|text| text.trim().replace(' ', "_"));
        let boot = text("/proc/sys/kernel/random/boot_id").filter(|boot| !boot.is_empty())?;
        let namespace = fs::read_link("/proc/self/ns/pid").ok()?.to_str()?.to_owned();
        let machine = text("/etc/machine-id").filter(|id| !id.is_empty()).zip(text("/proc/sys/kernel/hostname"));
        Some(Self { boot, namespace, machine: machine.map(|(id, name)| format!("{id}/{name}")) })
    }
}

/// Start time, in clock ticks since the boot, and state of a process (proc(5)); `None` where there
/// is none.
fn start_and_state(id: &str) -> Option<(String, char)> {
    let stat = fs::read_to_string(Path::new("/proc").join(id).join("stat")).ok()?;
    // The name, in parentheses, can have anything in it.
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    Some(((*fields.get(19)?).to_owned(), fields.first()?.chars().next()?))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_a_process_that_has_certainly_ended_has_ended() {
        let here = Here::look().unwrap();
        let Here { boot, namespace, .. } = &here;
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
