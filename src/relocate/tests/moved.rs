//! Is nothing left that names the old place, and does everything run from the new one?

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{HOSTILE, Room, add_everything, copied, install_packages, renamed};

/// Every file below a directory, and every link.
fn entries(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_path_buf()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                directories.push(entry.path());
            } else {
                found.push(entry.path());
            }
        }
    }
    found
}

/// The files that name a place, or what begins like it and is not `root`, but for compiled ones.
fn naming(root: &Path, place: &Path) -> Vec<PathBuf> {
    let (place, own) = (place.as_os_str().as_bytes(), root.as_os_str().as_bytes());
    let names_it = |bytes: &[u8]| {
        memchr::memmem::find_iter(bytes, place).any(|at| !(own.starts_with(place) && bytes[at..].starts_with(own)))
    };
    let names = |path: &PathBuf| {
        let stat = fs::symlink_metadata(path).unwrap();
        if stat.is_symlink() {
            return names_it(fs::read_link(path).unwrap().as_os_str().as_bytes());
        }
        stat.is_file() && names_it(&fs::read(path).unwrap())
    };
    let mut found: Vec<PathBuf> = entries(root).into_iter().filter(names).collect();
    found.retain(|path| path.extension() != Some(OsStr::new("pyc")));
    let mut found: Vec<PathBuf> = found.iter().map(|path| path.strip_prefix(root).unwrap().to_path_buf()).collect();
    found.sort();
    found
}

fn line(words: &[&OsStr]) -> OsString {
    words.join(OsStr::new(" "))
}

/// What `add_everything` put in, where `root` stands now and nothing stands at `old`.
fn assert_everything_runs(room: &Room, root: &Path, old: &Path) {
    assert!(fs::symlink_metadata(old).is_err(), "what still leads to the old place would not be noticed");
    let mut naming = naming(root, old);
    naming.retain(|path| path != "share/binary" && path != "share/near.txt");
    assert_eq!(naming, [""; 0].map(PathBuf::from));
    let first = room.path("env").into_os_string().into_string().unwrap();
    assert_eq!(
        fs::read_to_string(root.join("share/near.txt")).unwrap(),
        format!("{first}3/x {first}-old {first}.d/x\n")
    );
    assert_eq!(fs::read_to_string(root.join("share/binary")).unwrap(), format!("\0\x01{first}\0"));
    assert_scripts_run(room, root);
    let share = root.join("share");
    assert_eq!(fs::read_link(share.join("absolute")).unwrap(), root.join("src/inside"));
    assert_eq!(fs::read_link(share.join("relative")).unwrap(), Path::new("../src/inside"));
    assert_eq!(fs::read_link(share.join("around")).unwrap(), root.join("src"));
    assert_eq!(fs::read_link(share.join("outside")).unwrap(), Path::new("/usr"));

    let run = |name: &str| room.succeeds(root.join("bin").join(name), &[]);
    assert_eq!(run("inside"), line(&[root.join("src/inside/inside.py").as_os_str(), root.as_os_str()]));
    assert_eq!(run("setuptools-develop"), "a");
    assert_eq!(run("with-coding"), line(&[OsStr::new("é"), root.as_os_str()]));
    assert_eq!(run("in-shell"), share.as_os_str());
    let kernel: serde_json::Value =
        serde_json::from_slice(&fs::read(share.join("jupyter/kernels/x/kernel.json")).unwrap()).unwrap();
    assert_eq!(kernel["argv"][0].as_str(), root.join("bin/python").to_str());
    assert_eq!(kernel["env"]["A"].as_str(), root.to_str());
    let finder = "import importlib.util as u; s = u.find_spec('__editable___a_finder'); m = u.module_from_spec(s); \
                  s.loader.exec_module(m); print(m.MAPPING['a'])";
    assert_eq!(room.python(root, finder), root.join("src/a"));
    let url = "import json, glob, sys, urllib.parse as p; print(p.unquote(json.load(open(glob.glob(sys.prefix + \
               '/lib/*/site-packages/inside-1.0.dist-info/direct_url.json')[0]))['url'][7:]))";
    // A path with brackets is a pattern to glob.
    assert_eq!(room.python(root, &url.replace("sys.prefix", "glob.escape(sys.prefix)")), root.join("src/inside"));
    let site = root.join(room.site_packages());
    let lines = [root.join("src/a").as_os_str().as_bytes(), b"\n/elsewhere/b\n"].concat();
    assert_eq!(fs::read(site.join("easy-install.pth")).unwrap(), lines);
    assert_eq!(
        fs::read(site.join("a.egg-link")).unwrap(),
        [root.join("src/a").as_os_str().as_bytes(), b"\n."].concat()
    );
    let nu = super::small_scripts(root, root.file_name().unwrap());
    assert_eq!(fs::read(root.join("bin/activate.nu")).unwrap(), nu[0].1);
    assert_activation(room, root);

    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().mode() & 0o777;
    assert_eq!((mode("etc/tool.ini"), mode("share/latin.txt"), mode("bin/tool")), (0o640, 0o444, 0o755));
    assert_eq!(fs::metadata(room.path("hard-link")).unwrap().nlink(), 1, "it was replaced, not written to");
    // RECORD agrees with what is there, also for what was changed.
    let check = "import base64, csv, glob, hashlib, os, sys\nfor record in glob.glob(glob.escape(sys.prefix) + \
                 '/lib/*/site-packages/*.dist-info/RECORD'):\n    for path, digest, size in csv.reader(open(record)):\n        \
                 file = os.path.join(os.path.dirname(os.path.dirname(record)), path)\n        if digest:\n            \
                 data = open(file, 'rb').read()\n            now = base64.urlsafe_b64encode(hashlib.sha256(data).digest())\n            \
                 assert digest == 'sha256=' + now.decode().rstrip('=') and int(size) == len(data), path\n";
    room.python(root, check);
}

/// The commands that pip wrote, and pip itself.
fn assert_scripts_run(room: &Room, root: &Path) {
    assert_eq!(room.python(root, "import sys; print(sys.prefix)"), root.as_os_str());
    for name in ["tool", "other-tool"] {
        let printed = room.succeeds(root.join("bin").join(name), &[OsStr::new("a b")]);
        assert_eq!(printed, line(&[OsStr::new(name), OsStr::new("a b"), root.as_os_str()]));
    }
    for entry in fs::read_dir(root.join("bin")).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with("pip") {
            let printed = room.succeeds(entry.path(), &[OsStr::new("--version")]);
            assert!(
                memchr::memmem::find(printed.as_bytes(), root.as_os_str().as_bytes()).is_some(),
                "{name}: {printed:?}"
            );
        }
    }
    room.succeeds(root.join("bin/python"), &["-m", "pip", "check"].map(OsStr::new));
}

/// The activation scripts, in every shell that is there.
fn assert_activation(room: &Room, root: &Path) {
    let bin = root.join("bin");
    let root_and_first = |shell: &str, options: &[&str], script: &str, show: &str| {
        if room.program(shell).is_none() || !bin.join(script).is_file() {
            return;
        }
        let mut command = room.context.command(shell);
        let script = bin.join(script);
        command
            .args(options)
            .arg(show)
            .current_dir("/")
            .env("SCRIPT", script)
            .env("HOME", "/h")
            .env_remove("VIRTUAL_ENV");
        let output = command.output().unwrap();
        let expected = [root.as_os_str().as_bytes(), b"|", bin.as_os_str().as_bytes(), b"\n"].concat();
        assert_eq!(String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&expected), "{shell}: {output:?}");
    };
    let posix = "PS1=x; . \"$SCRIPT\" && printf '%s|%s\\n' \"$VIRTUAL_ENV\" \"${PATH%%:*}\"";
    for shell in ["bash", "zsh", "dash"] {
        root_and_first(shell, &["-c"], "activate", posix);
    }
    root_and_first(
        "fish",
        &["--no-config", "-c"],
        "activate.fish",
        "source $SCRIPT; printf '%s|%s\\n' $VIRTUAL_ENV $PATH[1]",
    );
    let csh = "source \"$SCRIPT:q\"; printf '%s|%s\\n' \"$VIRTUAL_ENV:q\" \"$path[1]:q\"";
    root_and_first("tcsh", &["-f", "-c"], "activate.csh", csh);
}

#[test]
fn programs_run_after_a_move_to_any_path() {
    let room = Room::new();
    let made = room.path("env");
    room.venv(&made, &[]);
    install_packages(&room, &made);
    add_everything(&room, &made);
    // Both are longer than a kernel reads in a first line, with the longer one's end.
    let long = room.path("x".repeat(60)).join("y".repeat(60));
    fs::create_dir_all(&long).unwrap();
    let nasty = room.path("nasty");
    fs::create_dir_all(&nasty).unwrap();
    let places = [
        room.path("env2"), // a longer name of the same beginning, and back to a shorter one
        room.path("e"),
        room.path(HOSTILE),
        long.join("plain"),
        nasty.join(HOSTILE).with_file_name(format!("{HOSTILE} two")),
        room.path("env"),
    ];
    let mut old = made;
    for (number, place) in places.iter().enumerate() {
        if number % 2 == 0 {
            copied(&old, place);
            crate::fs::remove_tree(&old).unwrap();
        } else {
            renamed(&old, place);
        }
        assert_everything_runs(&room, place, &old);
        old.clone_from(place);
    }
    // Back where it was, in the form that it had.
    let script = fs::read_to_string(room.path("env/bin/tool")).unwrap();
    assert!(script.starts_with(&format!("#!{}\n", room.path("env/bin/python").display())), "{script}");
    let activate = fs::read_to_string(room.path("env/bin/activate")).unwrap();
    assert!(activate.ends_with(&format!(" # in {}\n", room.path("env").display())), "{activate}");
}

#[test]
fn a_path_that_another_tool_quoted_wrongly_is_repaired() {
    let room = Room::new();
    let made = room.path(HOSTILE);
    room.venv(&made, &["--without-pip"]);
    copied(&made, &room.path("new"));
    crate::fs::remove_tree(&made).unwrap();
    assert_eq!(naming(&room.path("new"), &made), [""; 0].map(PathBuf::from));
    assert_activation(&room, &room.path("new"));
}

#[test]
fn environments_of_other_tools_are_moved() {
    let room = Room::new();
    let python = room.interpreter.base_executable.as_os_str().to_owned();
    let makers: [(&str, &[&str]); 2] =
        [("virtualenv", &["-q", "--python"]), ("uv", &["venv", "-q", "--offline", "--seed", "--python"])];
    for (maker, options) in makers {
        let Some(program) = room.program(maker) else { continue };
        for (from, to) in [("a", "b c"), (HOSTILE, "plain"), ("plain", HOSTILE)] {
            let (from, to) = (room.path(maker).join(from), room.path(maker).join(to));
            let options: Vec<&OsStr> = options.iter().map(OsStr::new).collect();
            room.succeeds(&program, &[&*options, &[&python, from.as_os_str()]].concat());
            install_packages(&room, &from);
            copied(&from, &to);
            crate::fs::remove_tree(&from).unwrap();
            // These write no path in a form that does not hold every path.
            assert_eq!(naming(&to, &from), [""; 0].map(PathBuf::from), "{maker}");
            assert_scripts_run(&room, &to);
            assert_activation(&room, &to);
            crate::fs::remove_tree(&to).unwrap();
        }
    }
}

#[test]
fn a_path_that_is_not_utf8_works() {
    let room = Room::new();
    let made = room.path("env");
    room.venv(&made, &[]);
    let place = room.path(OsStr::from_bytes(b"no \xff text"));
    copied(&made, &place);
    crate::fs::remove_tree(&made).unwrap();
    assert_eq!(naming(&place, &made), [""; 0].map(PathBuf::from));
    room.succeeds(place.join("bin/pip"), &[OsStr::new("--version")]);
    assert_activation(&room, &place);
    renamed(&place, &made);
    room.succeeds(made.join("bin/pip"), &[OsStr::new("--version")]);
}

#[test]
fn a_zip_file_with_a_first_line_runs() {
    let room = Room::new();
    let made = room.path("env");
    room.venv(&made, &["--without-pip"]);
    super::write(&room.path("app/__main__.py"), "import sys; print(sys.prefix)\n", 0o644);
    let words = ["-m", "zipapp", "-o"].map(OsStr::new);
    let (packed, python) = (made.join("bin/packed"), made.join("bin/python"));
    let rest = [packed.as_os_str(), OsStr::new("-p"), python.as_os_str(), OsStr::new("-c")];
    let app = room.path("app");
    room.succeeds(&python, &[&words[..], &rest, &[app.as_os_str()]].concat());
    for (from, to) in [("env", "a much longer name"), ("a much longer name", "e")] {
        renamed(&room.path(from), &room.path(to));
        assert_eq!(room.succeeds(room.path(to).join("bin/packed"), &[]), room.path(to).as_os_str());
    }
    assert_eq!(fs::metadata(room.path("e/bin/packed")).unwrap().permissions().mode() & 0o100, 0o100);
}

/// Python takes a compiled file for valid when its source has the length and the second that it
/// had.
#[test]
fn compiled_files_match_changed_sources() {
    let room = Room::new();
    let made = room.path("env");
    room.venv(&made, &["--without-pip"]);
    let module = made.join(room.site_packages()).join("place.py");
    super::write(&module, format!("PLACE = '{}/x'\n", made.display()), 0o644);
    let ask = "import place; print(place.PLACE)";
    room.python(&made, ask);
    for to in ["en2", "en3"] {
        copied(&made, &room.path(to));
        assert_eq!(room.python(&room.path(to), ask).into_vec(), room.path(to).join("x").into_os_string().into_vec());
    }
    assert_eq!(room.python(&made, ask), made.join("x"));
}
