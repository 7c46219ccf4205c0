//! Remedies of doctor. Where one runs Python or pip, a script stands for it: the tests of doctor
//! run the real ones.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::time::{Duration, SystemTime};

use super::play::After::{Gone, Line, Shown, Unpasted, Value};
use super::play::{NAME, situation};
use super::prepared::{environment, python, real_without_pip, script, site_packages, with_python};
use super::storing::{BOUND, WITH_MOUNTS};
use super::{Row, by, mentioned, pasted};
use crate::support::programs::copy_program;
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;

const PASTED: &str = "doctor::pasted::every_command_can_be_pasted_whatever_the_environment_is_called";
const IN_STORE: &str =
    "doctor::pasted::what_is_in_the_way_in_the_store_is_mended_by_the_lines_under_it_whatever_it_is_called";

pub(super) const ROWS: &[Row] = &[
    by(PASTED, "`venvwrap doctor --fix {}` repairs it"),
    pasted(
        "another tool recreated `{name}` without what you set up in it; `venvwrap doctor --fix {typed}` restores it",
        situation(recreated, "lsvirtualenv", &[Value, Gone]),
    ),
    pasted(
        "`{verb} {name} DIRECTORY` links it to one; `venvwrap uv off {name}` ends the use by uv",
        situation(used_by_uv, "venvwrap doctor {name}", &[Gone, Gone]).fill(&[("DIRECTORY", ".")]),
    ),
    pasted(
        "remove it if nothing needs it: `rm -r {here}`; or `venvwrap uv off {name}`, and uv uses only that",
        situation(beside_dot_venv, "venvwrap doctor {name}", &[Gone, Gone]),
    ),
    pasted("`venvwrap doctor --fix`", situation(leftovers, "venvwrap doctor", &[Gone])),
    pasted("`{} --clear {}` recreates it", situation(without_packages, "venvwrap doctor {name}", &[Gone])),
    pasted(
        "`venvwrap upgrade {}` rebuilds it with another Python",
        situation(without_python, "venvwrap doctor {name}", &[Gone]),
    ),
    by(
        "doctor::shell::one_from_elsewhere_is_looked_at_like_those_in_the_store",
        "`{verb} {root} {copy}{and} venvwrap doctor --fix {copy}` makes a working copy in WORKON_HOME",
    ),
    pasted(
        "reinstall the package that has {it}, or remove {it}: `rm {paths}`",
        situation(dead_script, "venvwrap doctor {name}", &[Gone]),
    ),
    pasted("`chmod -R u+rwX {root}`", situation(closed, "venvwrap doctor {name}", &[Gone]).started_by(BOUND)),
    pasted(
        "`sudo chown -R \"$USER\" {root}`",
        situation(of_root, "venvwrap doctor {name}", &[Shown])
            .started_by(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"])
            .absent(),
    ),
    pasted(
        "`rm -r {here}{and} {} -m ensurepip --default-pip`",
        situation(only_metadata, "venvwrap doctor {name}", &[Gone]),
    ),
    pasted("`{} -m ensurepip --default-pip`", situation(pip_gone, "venvwrap doctor {name}", &[Gone])),
    pasted(
        "`{} -m ensurepip --default-pip` adds it, or use `uv pip`",
        situation(of_uv, "venvwrap doctor {name}", &[Gone, Unpasted("a program, not a command line")]),
    ),
    pasted("`{} -m pip install --force-reinstall pip`", situation(no_pip_command, "venvwrap doctor {name}", &[Gone])),
    by(PASTED, "`rm -r {}`"),
    pasted(
        "`{} -m pip install --ignore-installed --no-deps {}`",
        situation(without_record, "venvwrap doctor {name}", &[Gone]),
    ),
    pasted("`mkdir -p {here}`, or create an environment", situation(no_store, "venvwrap doctor", &[Gone])),
    pasted("`chmod o-w {here}`", situation(open_store, "venvwrap doctor", &[Gone])),
    by(IN_STORE, "`{} {}`"),
    by(IN_STORE, "`rm {here}`"),
    pasted("`mv {here} {aside}{and} {} {}`", situation(husk, "venvwrap doctor", &[Gone])),
    by(IN_STORE, "`{} {}` finishes it"),
    pasted(
        "`{} --now NAME` deletes an environment for good",
        situation(super::storing::small_disk, "venvwrap doctor", &[Gone])
            .after_line("sh {root}/fill {envs}")
            .started_by(WITH_MOUNTS)
            .fill(&[("NAME", "old")]),
    ),
    pasted(
        "start a new shell, or run `{load}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line(Shell::Bash.older_functions())
            .only_in(&[Shell::Bash])
            .loaded(),
    ),
    pasted(
        "start a new shell, or run `{load}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line(Shell::Zsh.older_functions())
            .only_in(&[Shell::Zsh])
            .loaded(),
    ),
    pasted(
        "start a new shell, or run `{load}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line(Shell::Fish.older_functions())
            .only_in(&[Shell::Fish])
            .loaded(),
    ),
    pasted(
        "move this line to the end of {}: `{load}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon() { :; }")
            .only_in(&[Shell::Bash, Shell::Zsh])
            .loaded(),
    ),
    pasted(
        "move this line to the end of {}: `{load}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("function workon; end")
            .only_in(&[Shell::Fish])
            .loaded(),
    ),
    pasted("keep one of them: `rm {here}`", situation(two_programs, "venvwrap doctor", &[Gone])),
    pasted("`ln -s {here} {}`", situation(environment, "venvwrap doctor", &[Gone])),
    pasted(
        "add this line to ~/.profile: `export WORKON_HOME={}`",
        situation(with_default, "venvwrap doctor", &[Line("venvwrap showvirtualenv {name}")]),
    ),
    pasted(
        "`deactivate`",
        situation(environment, "venvwrap doctor", &[Gone]).after_line("workon {name}; rm -r {envs}/{name}").loaded(),
    ),
    pasted(
        "activate it again: `{activate}`",
        situation(with_pip, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; export PATH=/usr/bin:/bin:{root}/tools")
            .loaded(),
    ),
    pasted(
        "`python -m ensurepip --default-pip`",
        situation(other_pip, "venvwrap doctor", &[Gone]).after_line("workon {name}").loaded(),
    ),
    pasted(
        "`venvwrap doctor --fix {}`",
        situation(other_python, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; rm {envs}/{name}/bin/python")
            .loaded(),
    ),
    pasted(
        "`unalias {command}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("shopt -s expand_aliases; workon {name}; alias python=/bin/true")
            .only_in(&[Shell::Bash])
            .loaded(),
    ),
    pasted(
        "`unalias {command}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; alias python=/bin/true")
            .only_in(&[Shell::Zsh])
            .loaded(),
    ),
    pasted(
        "`functions -e {command}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; function python; end")
            .only_in(&[Shell::Fish])
            .loaded(),
    ),
    pasted(
        "`unset -f {command}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; python() { :; }")
            .only_in(&[Shell::Bash, Shell::Zsh])
            .loaded(),
    ),
    pasted(
        "`hash -r`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; hash -p /bin/true python")
            .only_in(&[Shell::Bash])
            .loaded(),
    ),
    pasted(
        "`hash -r`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; hash python=/bin/true")
            .only_in(&[Shell::Zsh])
            .loaded(),
    ),
    pasted(
        ", or activate it: `workon {}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("export PATH={envs}/{name}/bin:\"$PATH\"")
            .loaded(),
    ),
    pasted(
        "`set -e {variable}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; export PYTHONPATH=/lib/mine")
            .only_in(&[Shell::Fish])
            .loaded(),
    ),
    pasted(
        "`unset {variable}`",
        situation(environment, "venvwrap doctor", &[Gone])
            .after_line("workon {name}; export PYTHONPATH=/lib/mine")
            .only_in(&[Shell::Bash, Shell::Zsh])
            .loaded(),
    ),
    mentioned(SENTENCE, "`workon` ignores {lines} {} of {here}, added by hand"),
    mentioned(SENTENCE, "the functions are not loaded, so `workon` cannot activate an environment"),
    mentioned(SENTENCE, "`workon` is not venvwrap's in this shell: another function replaced it"),
    mentioned(SENTENCE, "`{command}` is {}, which comes before the environment's on PATH"),
    mentioned(SENTENCE, "`{command}` is {}: the environment has none"),
    mentioned(SENTENCE, "`{command}` is an alias for `{}`, which comes before PATH"),
    mentioned(SENTENCE, "`{command}` is a shell function, which decides what runs"),
    mentioned(SENTENCE, "the shell remembers {} for `{command}` and does not search PATH"),
    mentioned(SENTENCE, "the bin of `{name}` is on PATH, but `{name}` is not active"),
    mentioned(SENTENCE, "the scripts of `{name}` still point to {} (it was moved by hand)"),
];

const SENTENCE: &str = "says what is wrong; the remedy follows";

fn leftovers(sandbox: &mut Sandbox) {
    fs::create_dir_all(sandbox.workon_home().join(".venvwrap/new/env-dead/bin")).unwrap();
}

fn recreated(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.run(["setvirtualenvproject", NAME, "."]).status(0);
    let copy = fs::File::open(sandbox.workon_home().join(".venvwrap/kept").join(NAME)).unwrap();
    copy.set_modified(SystemTime::now() - Duration::from_secs(1)).unwrap();
    fs::remove_dir_all(sandbox.environment(NAME)).unwrap();
    environment(sandbox);
}

fn used_by_uv(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.run(["setvirtualenvproject", NAME, "."]).status(0);
    sandbox.run(["uv", "on", NAME]).status(0);
    fs::remove_file(sandbox.environment(NAME).join(".project")).unwrap();
}

fn beside_dot_venv(sandbox: &mut Sandbox) {
    environment(sandbox);
    let project = sandbox.root().join("it's");
    fs::create_dir_all(project.join(".venv")).unwrap();
    fs::write(project.join(".venv/pyvenv.cfg"), "home = /usr/bin\n").unwrap();
    sandbox.run(["setvirtualenvproject".as_ref(), NAME.as_ref(), project.as_os_str()]).status(0);
    sandbox.run(["uv", "on", NAME]).status(0);
}

fn without_packages(sandbox: &mut Sandbox) {
    python(sandbox);
    let root = sandbox.minimal_environment(NAME);
    fs::remove_dir_all(root.join("lib")).unwrap();
}

fn without_python(sandbox: &mut Sandbox) {
    python(sandbox);
    let root = sandbox.minimal_environment(NAME);
    fs::remove_file(root.join("bin/python")).unwrap();
    symlink("/gone/bin/python3.11", root.join("bin/python")).unwrap();
}

fn dead_script(sandbox: &mut Sandbox) {
    environment(sandbox);
    fs::write(sandbox.environment(NAME).join("bin/tool"), "#!/gone/python3\n").unwrap();
}

fn closed(sandbox: &mut Sandbox) {
    environment(sandbox);
    fs::set_permissions(sandbox.environment(NAME).join("bin"), fs::Permissions::from_mode(0o500)).unwrap();
}

/// The shell is another user's, and its `sudo` accepts what is asked of it.
fn of_root(sandbox: &mut Sandbox) {
    environment(sandbox);
    fs::remove_file(sandbox.tools().join("venvwrap")).unwrap();
    copy_program(BINARY, sandbox.tools().join("venvwrap"));
    script(sandbox, "sudo", "test \"$1 $2 $3\" = 'chown -R nobody' && test -d \"$4\"");
    sandbox.set("USER", "nobody");
    for above in sandbox.root().ancestors().take(2) {
        fs::set_permissions(above, fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::create_dir_all(sandbox.root().join("played")).unwrap();
    fs::set_permissions(sandbox.root().join("played"), fs::Permissions::from_mode(0o777)).unwrap();
}

/// Stands for the Python of an environment: installs pip.
const INSTALLS: &str = "packages=${0%/bin/*}/lib/python3.11/site-packages
case $* in
'-m ensurepip --default-pip') mkdir -p \"$packages/pip\" \"$packages/pip-1.dist-info\"; : >\"$packages/pip/__init__.py\" ;;
'-m pip install --force-reinstall pip') ;;
'-m pip install --ignore-installed --no-deps thing') : >\"$packages/thing-1.dist-info/RECORD\"; exit 0 ;;
*) exit 1 ;;
esac
: >\"$packages/pip-1.dist-info/METADATA\"; : >\"$packages/pip-1.dist-info/RECORD\"
printf '#!/bin/sh\\n' >\"${0%/*}/pip\"; chmod +x \"${0%/*}/pip\"";

fn metadata(sandbox: &Sandbox, name: &str, files: &[&str]) {
    let metadata = site_packages(sandbox).join(name);
    fs::create_dir(&metadata).unwrap();
    for file in files {
        fs::write(metadata.join(file), "Name: x\n").unwrap();
    }
}

fn only_metadata(sandbox: &mut Sandbox) {
    with_python(sandbox, INSTALLS);
    metadata(sandbox, "pip-1.dist-info", &["METADATA", "RECORD"]);
}

fn pip_gone(sandbox: &mut Sandbox) {
    let root = with_python(sandbox, INSTALLS);
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), cfg + "command = /usr/bin/python3 -m venv /x\n").unwrap();
}

fn of_uv(sandbox: &mut Sandbox) {
    let root = with_python(sandbox, INSTALLS);
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), cfg + "uv = 0.9.0\n").unwrap();
}

fn no_pip_command(sandbox: &mut Sandbox) {
    only_metadata(sandbox);
    fs::create_dir(site_packages(sandbox).join("pip")).unwrap();
    fs::write(site_packages(sandbox).join("pip/__init__.py"), "").unwrap();
}

fn without_record(sandbox: &mut Sandbox) {
    with_python(sandbox, INSTALLS);
    metadata(sandbox, "thing-1.dist-info", &["METADATA"]);
}

fn no_store(sandbox: &mut Sandbox) {
    fs::remove_dir(sandbox.workon_home()).unwrap();
}

fn open_store(sandbox: &mut Sandbox) {
    fs::set_permissions(sandbox.workon_home(), fs::Permissions::from_mode(0o777)).unwrap();
}

fn husk(sandbox: &mut Sandbox) {
    python(sandbox);
    let root = sandbox.minimal_environment(NAME);
    fs::remove_file(root.join("pyvenv.cfg")).unwrap();
    fs::remove_file(root.join("bin/activate")).unwrap();
}

/// Another venvwrap comes first on PATH.
fn two_programs(sandbox: &mut Sandbox) {
    fs::create_dir(sandbox.root().join("first")).unwrap();
    copy_program(BINARY, sandbox.root().join("first/venvwrap"));
    let mut path = sandbox.root().join("first").into_os_string();
    path.push(":");
    path.push(sandbox.tools());
    path.push(":/usr/bin:/bin");
    sandbox.set("PATH", path);
}

/// Where editors look, there is something else.
fn with_default(sandbox: &mut Sandbox) {
    environment(sandbox);
    sandbox.minimal_environment_at(&sandbox.home().join(".virtualenvs/theirs"));
}

fn with_pip(sandbox: &mut Sandbox) {
    let root = sandbox.minimal_environment(NAME);
    script(sandbox, "python", "true");
    symlink("/bin/true", root.join("bin/pip")).unwrap();
}

fn other_python(sandbox: &mut Sandbox) {
    real_without_pip(sandbox);
    script(sandbox, "python", "true");
}

fn other_pip(sandbox: &mut Sandbox) {
    with_python(sandbox, INSTALLS);
    script(sandbox, "pip", "true");
}

#[test]
fn remedies_of_doctor_can_be_pasted() {
    super::play_all(ROWS);
}
