//! Which program is chosen and why, one row per case; and its command line.

use std::ffi::OsStr;

use super::*;
use crate::installer::fake::Room;
use crate::isolation::RUN_PIP;

/// The programs and settings of one case.
#[derive(Debug, Clone, Copy)]
struct World {
    python: &'static str,
    /// The body of the script that stands for uv; `None` for no uv.
    uv: Option<&'static str>,
    pip: Option<&'static str>,
    /// The version of the base interpreter's pip.
    lent: Option<&'static str>,
    variable: Option<&'static str>,
}

const NEW: World =
    World { python: "3.12.1", uv: Some("echo uv 0.13.8"), pip: Some("26.3"), lent: Some("26.3"), variable: None };

fn chosen(world: World, installer: Installer, of: &CallKind) -> String {
    let room = Room::new();
    let environment = room.environment(world.python);
    if let Some(body) = world.uv {
        room.program("bin/uv", body);
    }
    if let Some(version) = world.pip {
        room.pip(version);
    }
    if let Some(version) = world.lent {
        let name = world.python.rsplit_once('.').unwrap().0;
        room.program(&format!("base/python{name}"), &format!("echo pip {version} from here"));
    }
    // The machine's own configuration files must not matter here.
    let mut variables = vec![("PIP_CONFIG_FILE", "/dev/null")];
    variables.extend(world.variable.map(|name| (name, "x")));
    let told = Program::to_install(&room.context(&variables), &environment, installer, of.needed(), None);
    let told = match told {
        Ok(Program::Pip) => "pip".to_owned(),
        Ok(Program::Lent(path)) => format!("pip of {}", path.display()),
        Ok(Program::Uv(path)) => path.display().to_string(),
        Err(Error::NoInstaller { reasons, remedy, .. }) => {
            let is_uv_to_have = world.uv == NEW.uv && world.python != "2.7.18";
            let is_offered = remedy == InstallerRemedy::AllowUv;
            assert_eq!(is_offered, installer == Installer::Auto && is_uv_to_have, "{remedy:?}");
            reasons.join("; ")
        }
        Err(other) => panic!("{other:?}"),
    };
    told.replace(&room.path("").display().to_string(), "R/").replace(&room.shown(), "R")
}

#[test]
fn each_is_taken_where_nothing_stands_against_it_and_every_reason_is_told() {
    use Installer::{Auto, Pip, Uv};
    let nothing = World { uv: None, pip: None, lent: None, ..NEW };
    let rows = [
        // auto takes uv first.
        (NEW, Auto, CallKind::Plain, "R/bin/uv"),
        (World { pip: None, lent: None, ..NEW }, Auto, CallKind::Plain, "R/bin/uv"),
        (NEW, Auto, CallKind::Lock, "R/bin/uv"),
        // auto takes the environment's own pip next.
        (World { uv: None, ..NEW }, Auto, CallKind::Plain, "pip"),
        (World { uv: Some("echo no such version >&2; exit 127"), ..NEW }, Auto, CallKind::Plain, "pip"),
        (World { variable: Some("PIP_INDEX_URL"), ..NEW }, Auto, CallKind::Plain, "pip"),
        (World { python: "2.7.18", ..NEW }, Auto, CallKind::Plain, "pip"),
        (World { python: "3.6.15", ..NEW }, Auto, CallKind::Plain, "pip"),
        (World { uv: Some("echo uv 0.6.14"), ..NEW }, Auto, CallKind::Lock, "pip"),
        (World { uv: Some("echo uv 0.6.14"), ..NEW }, Auto, CallKind::Plain, "R/bin/uv"),
        // auto takes the base interpreter's pip last.
        (World { uv: None, pip: None, ..NEW }, Auto, CallKind::Plain, "pip of R/base/python3.12"),
        (World { uv: None, pip: Some("24.2"), ..NEW }, Auto, CallKind::Lock, "pip of R/base/python3.12"),
        (
            World { uv: None, pip: Some("24.2"), lent: Some("26.0"), ..NEW },
            Auto,
            CallKind::Groups,
            "pip of R/base/python3.12",
        ),
        // auto finds nothing.
        (nothing, Auto, CallKind::Plain, "uv is not on PATH; it has no pip; the Python it was created with is unknown"),
        (
            World { pip: None, lent: Some("22.2"), variable: Some("PIP_CERT"), ..NEW },
            Auto,
            CallKind::Plain,
            "uv does not read PIP_CERT; it has no pip; the pip 22.2 of R/base/python3.12 is too old to work elsewhere (22.3 \
             can)",
        ),
        (
            World { uv: Some("echo uv 0.6.14"), pip: Some("26.0.1"), lent: Some("26.0"), ..NEW },
            Auto,
            CallKind::Lock,
            "uv 0.6.14 cannot read lock files (0.6.15 can); its pip 26.0.1 cannot read lock files (26.1 can); nor can pip \
             26.0 of R/base/python3.12",
        ),
        (
            World { python: "2.7.18", pip: None, ..NEW },
            Auto,
            CallKind::Plain,
            "uv does not do all that pip does for Python 2.7.18; it has no pip; its Python is too old for the pip of another",
        ),
        // `pip` never takes uv.
        (NEW, Pip, CallKind::Plain, "pip"),
        (World { pip: None, ..NEW }, Pip, CallKind::Plain, "pip of R/base/python3.12"),
        (
            World { pip: Some("25.0"), lent: None, ..NEW },
            Pip,
            CallKind::Groups,
            "its pip 25.0 cannot install dependency groups (25.1 can); the Python it was created with is unknown",
        ),
        // `uv` takes uv, whatever settings pip has.
        (World { variable: Some("PIP_INDEX_URL"), ..NEW }, Uv, CallKind::Plain, "R/bin/uv"),
        (World { python: "3.6.15", ..NEW }, Uv, CallKind::Plain, "R/bin/uv"),
        (World { python: "2.7.18", ..NEW }, Uv, CallKind::Plain, "uv does not know Python 2.7.18"),
        (World { uv: None, ..NEW }, Uv, CallKind::Plain, "uv is not on PATH"),
        (
            World { uv: Some("echo no such version >&2; exit 127"), ..NEW },
            Uv,
            CallKind::Plain,
            "R/bin/uv does not run: it ended with status 127: no such version",
        ),
        (
            World { uv: Some("echo uv 0.6.14"), ..NEW },
            Uv,
            CallKind::Groups,
            "uv 0.6.14 cannot install dependency groups (0.6.15 can)",
        ),
    ];
    for (world, installer, of, expected) in rows {
        assert_eq!(chosen(world, installer, &of), expected, "{world:?} {installer:?} {of:?}");
    }
}

#[test]
fn its_own_pip_removes_and_uv_where_it_has_none() {
    let room = Room::new();
    let environment = room.environment("3.12.1");
    let uv = room.program("bin/uv", "echo uv 0.13.8");
    let context = room.context(&[("PIP_INDEX_URL", "x")]);
    let with = |installer| Program::without_settings(&context, &environment, installer).unwrap();
    assert_eq!(with(Installer::Auto), Program::Uv(uv.clone()));
    room.pip("9.0.1");
    assert_eq!((with(Installer::Auto), with(Installer::Pip)), (Program::Pip, Program::Pip));
    assert_eq!(with(Installer::Uv), Program::Uv(uv));
}

#[test]
fn each_is_called_in_its_own_way_and_works_in_this_environment_only() {
    let room = Room::new();
    let environment = room.environment("3.12.1");
    let context = room.context(&[]);
    let python = environment.python();
    let python = python.to_str().unwrap();
    for (program, started, words) in [
        (Program::Pip, python, ["-c", RUN_PIP, "install"].to_vec()),
        (Program::Lent("/opt/python".into()), "/opt/python", ["-c", RUN_PIP, "--python", python, "install"].to_vec()),
        (Program::Uv("/opt/uv".into()), "/opt/uv", ["pip", "install", "--python", python].to_vec()),
    ] {
        let command = program.command(&context, &environment, "install");
        assert_eq!(command.get_program(), started);
        assert_eq!(command.get_args().collect::<Vec<_>>(), words);
        let set: Vec<_> = command.get_envs().collect();
        assert!(set.contains(&(OsStr::new("VIRTUAL_ENV"), Some(environment.root().as_os_str()))));
        let is_pip = !matches!(program, Program::Uv(_));
        for name in ["PIP_PYTHON", "PYTHONHOME", "PYTHONPATH"] {
            assert_eq!(set.contains(&(OsStr::new(name), None)), is_pip, "{name} {program:?}");
        }
    }
}
