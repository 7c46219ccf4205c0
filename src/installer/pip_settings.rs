//! Whether pip has settings that uv would ignore, so that pip must install.
//!
//! Owns where pip finds settings (variables, configuration files) and which of them affect an
//! installation. Values are not passed on or translated (promise 8 of DESIGN.md).
//!
//! "Any setting at all" would be a simpler test, but PIP_REQUIRE_VIRTUALENV, PIP_NO_CACHE_DIR and
//! the like are set by so many users and images that uv would hardly ever be used; and users who
//! set an index for both programs expect uv.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::env_vars;
use crate::fs::read_small;
use crate::shown::{shown, shown_path};

/// Longest configuration file that is read. A longer file counts as having settings.
const LIMIT: u64 = 256 * 1024;

/// Settings that do not affect what is downloaded: output, cache, prompts, and the target, which
/// `redirected` handles. Every other setting counts, also one unknown here.
const HARMLESS: &[&str] = &[
    "break-system-packages",
    "cache-dir",
    "compile",
    "config-file",
    "debug",
    "default-timeout",
    "disable-pip-version-check",
    "dry-run",
    "exists-action",
    "help",
    "log",
    "no-cache-dir",
    "no-color",
    "no-compile",
    "no-input",
    "no-python-version-warning",
    "no-warn-conflicts",
    "no-warn-script-location",
    "prefix",
    "progress-bar",
    "python",
    "quiet",
    "require-virtualenv",
    "require-venv",
    "retries",
    "root",
    "root-user-action",
    "target",
    "timeout",
    "user",
    "verbose",
    "version",
];

/// Variables that give uv the same setting. If one is set, pip's setting does not count.
const COUNTERPARTS: &[(&str, &[&str])] = &[
    ("build-constraint", &["UV_BUILD_CONSTRAINT"]),
    ("cert", &["SSL_CERT_FILE", "SSL_CERT_DIR"]),
    ("client-cert", &["SSL_CLIENT_CERT"]),
    ("constraint", &["UV_CONSTRAINT"]),
    ("extra-index-url", &["UV_INDEX", "UV_EXTRA_INDEX_URL"]),
    ("find-links", &["UV_FIND_LINKS"]),
    ("index-url", &["UV_DEFAULT_INDEX", "UV_INDEX_URL"]),
    ("keyring-provider", &["UV_KEYRING_PROVIDER"]),
    ("no-binary", &["UV_NO_BINARY", "UV_NO_BINARY_PACKAGE"]),
    ("no-build-isolation", &["UV_NO_BUILD_ISOLATION"]),
    ("no-index", &["UV_OFFLINE"]),
    ("only-binary", &["UV_NO_BUILD", "UV_NO_BUILD_PACKAGE"]),
    ("pre", &["UV_PRERELEASE"]),
    ("proxy", &["ALL_PROXY", "HTTPS_PROXY", "all_proxy", "https_proxy"]),
    ("require-hashes", &["UV_REQUIRE_HASHES"]),
    ("trusted-host", &["UV_INSECURE_HOST"]),
];

/// Machine-wide configuration files outside the XDG directories: on Linux, and on macOS.
const OF_THE_MACHINE: [&str; 2] = ["/etc/pip.conf", "/Library/Application Support/pip/pip.conf"];

/// The first of these settings in any configuration file, for a message.
pub(super) fn set_in_a_file(context: &Context, root: &Path, wanted: &[&str]) -> Option<String> {
    files(context, root, OF_THE_MACHINE.map(Path::new)).into_iter().find_map(|file| {
        let text = read_small(&file, LIMIT).ok()??;
        let is_wanted = |key: &str, value: &str| wanted.contains(&key) && !value.is_empty();
        let found = keys(&String::from_utf8_lossy(&text)).into_iter().find(|(key, value)| is_wanted(key, value));
        found.map(|(key, _)| format!("`{key}` of {}", shown_path(&file, context.home())))
    })
}

/// The first setting that uv would ignore in the environment at `root`, for a message.
pub(super) fn against_uv(context: &Context, root: &Path) -> Option<String> {
    first_against(context, root, OF_THE_MACHINE.map(Path::new))
}

fn first_against(context: &Context, root: &Path, of_the_machine: [&Path; 2]) -> Option<String> {
    let variable = context.names().filter_map(|name| name.to_str()).find(|name| {
        let key = name.strip_prefix("PIP_").map(canonical);
        key.is_some_and(|key| matters(context, &key, context.given(name).and_then(|value| value.to_str())))
    });
    if let Some(name) = variable {
        return Some(format!("uv does not read {}", shown(name)));
    }
    let file = |file: PathBuf| {
        let place = || shown_path(&file, context.home());
        match read_small(&file, LIMIT) {
            Ok(None) => None,
            Ok(Some(text)) => {
                let key = keys(&String::from_utf8_lossy(&text))
                    .into_iter()
                    .find(|(key, value)| matters(context, key, Some(value)));
                key.map(|(key, _)| format!("uv does not read {} of {}", shown(&key), place()))
            }
            Err(_) => Some(format!("{} cannot be read", place())),
        }
    };
    files(context, root, of_the_machine).into_iter().find_map(file)
}

/// Whether uv would have to know this setting. `None`: the value is not text.
fn matters(context: &Context, key: &str, value: Option<&str>) -> bool {
    // pip ignores empty values, and a switch can be off.
    let is_off = |value: &str| {
        let off = ["", "0", "f", "false", "n", "no", "off"];
        off.iter().any(|word| value.trim().eq_ignore_ascii_case(word))
    };
    let is_said_to_uv = |key: &str| {
        let counterparts = COUNTERPARTS.iter().find(|(name, _)| *name == key).map_or(&[][..], |(_, names)| names);
        counterparts.iter().any(|name| context.variable(name).is_some())
    };
    !value.is_some_and(is_off) && !HARMLESS.contains(&key) && !is_said_to_uv(key)
}

/// pip's name for a setting: `PIP_INDEX_URL`, `index_url`, and `--index-url` are one.
fn canonical(key: &str) -> String {
    key.trim().trim_start_matches("--").to_ascii_lowercase().replace('_', "-")
}

/// The paths where pip looks for configuration files.
fn files(context: &Context, root: &Path, of_the_machine: [&Path; 2]) -> Vec<PathBuf> {
    const NAME: &str = "pip/pip.conf";
    let given = context.variable("PIP_CONFIG_FILE").map(PathBuf::from);
    if given.as_deref() == Some(Path::new("/dev/null")) {
        return Vec::new();
    }
    let shared = context.variable("XDG_CONFIG_DIRS").unwrap_or("/etc/xdg".as_ref()).as_bytes();
    let shared = shared.split(|byte| *byte == b':').map(|directory| Path::new(OsStr::from_bytes(directory)));
    let mut files: Vec<PathBuf> = shared.map(|directory| directory.join(NAME)).collect();
    files.extend(of_the_machine.map(Path::to_path_buf));
    // PIP_CONFIG_FILE replaces the user's files, but only if the named file exists.
    if !given.as_ref().is_some_and(|file| std::fs::exists(file).unwrap_or(false)) {
        let home = context.home();
        files.extend(home.map(|home| home.join(".pip/pip.conf")));
        files.extend(context.absolute(env_vars::XDG_CONFIG_HOME).map(|directory| directory.join(NAME)));
        files.extend(home.map(|home| home.join(".config").join(NAME)));
        files.extend(home.map(|home| home.join("Library/Application Support").join(NAME)));
    }
    files.push(root.join("pip.conf"));
    files.extend(given);
    files
}

/// The keys and values of the sections `global` and `install`. As in Python's configparser, an
/// indented line continues the value before it.
fn keys(text: &str) -> Vec<(String, String)> {
    let mut keys: Vec<(String, String)> = Vec::new();
    let mut counts = false;
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with(['#', ';'])) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = keys.last_mut().filter(|_| counts) {
                value.push_str(line.trim());
            }
        } else if let Some(section) = line.strip_prefix('[') {
            let name = section.split(']').next().unwrap_or_default();
            counts = name == "global" || name == "install";
        } else if counts {
            let (key, value) = line.split_once(['=', ':']).unwrap_or((line, ""));
            keys.push((canonical(key), value.trim().to_owned()));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installer::fake::Room;
    use std::fs;

    fn reason(room: &Room, variables: &[(&str, &str)]) -> Option<String> {
        let machine = [room.path("etc/pip.conf"), room.path("Library/pip.conf")];
        let reason =
            first_against(&room.context(variables), &room.path("envs/x"), machine.each_ref().map(PathBuf::as_path));
        reason.map(|reason| reason.replace(&room.shown(), "R"))
    }

    #[test]
    fn variables_that_affect_downloads_count_and_harmless_ones_do_not() {
        let room = Room::new();
        assert_eq!(reason(&room, &[]), None);
        for name in [
            "PIP_INDEX_URL",
            "PIP_EXTRA_INDEX_URL",
            "PIP_FIND_LINKS",
            "PIP_NO_INDEX",
            "PIP_CONSTRAINT",
            "PIP_CERT",
            "PIP_PROXY",
            "PIP_TRUSTED_HOST",
            "PIP_OF_NEXT_YEAR",
        ] {
            assert_eq!(reason(&room, &[(name, "1")]), Some(format!("uv does not read {name}")));
            assert_eq!(reason(&room, &[(name, "")]), None, "{name}: as good as unset");
        }
        for name in [
            "PIP_TARGET",
            "PIP_USER",
            "PIP_TIMEOUT",
            "PIP_DISABLE_PIP_VERSION_CHECK",
            "PIP_NO_INPUT",
            "PIP_CACHE_DIR",
            "PIP_PYTHON",
        ] {
            assert_eq!(reason(&room, &[(name, "1")]), None, "{name}");
        }
        assert_eq!(reason(&room, &[("PIP_NO_INDEX", "off")]), None);
    }

    #[test]
    fn a_setting_that_uv_has_too_does_not_count() {
        let room = Room::new();
        assert_eq!(reason(&room, &[("PIP_INDEX_URL", "a"), ("UV_DEFAULT_INDEX", "a")]), None);
        assert_eq!(reason(&room, &[("PIP_CERT", "a"), ("SSL_CERT_FILE", "a")]), None);
        let other = reason(&room, &[("PIP_INDEX_URL", "a"), ("UV_INDEX", "a"), ("UV_INDEX_URL", "")]);
        assert_eq!(other.unwrap(), "uv does not read PIP_INDEX_URL");
    }

    #[test]
    fn every_configuration_file_of_pip_counts() {
        for (file, variable) in [
            ("etc/pip.conf", None),
            ("Library/pip.conf", None),
            ("home/.pip/pip.conf", None),
            ("home/.config/pip/pip.conf", None),
            ("config/pip/pip.conf", Some("XDG_CONFIG_HOME")),
            ("b/pip/pip.conf", Some("XDG_CONFIG_DIRS")),
            ("envs/x/pip.conf", None),
            ("own.conf", Some("PIP_CONFIG_FILE")),
        ] {
            let room = Room::new();
            let value = match variable {
                Some("XDG_CONFIG_DIRS") => format!("{}:{}", room.path("a").display(), room.path("b").display()),
                Some("PIP_CONFIG_FILE") => room.path("own.conf").to_str().unwrap().to_owned(),
                _ => room.path("config").to_str().unwrap().to_owned(),
            };
            let variables: Vec<_> = variable.map(|name| (name, value.as_str())).into_iter().collect();
            assert_eq!(reason(&room, &variables), None);
            room.write(file, "[global]\ntimeout = 60\n; index-url = a\n[install]\nExtra_Index-URL: b\n");
            let place = file.strip_prefix("home").map_or(format!("R/{file}"), |rest| format!("~{rest}"));
            assert_eq!(reason(&room, &variables), Some(format!("uv does not read extra-index-url of {place}")));
            assert_eq!(reason(&room, &[("PIP_CONFIG_FILE", "/dev/null")]), None, "{file}: that switches all off");
        }
    }

    #[test]
    fn an_existing_pip_config_file_replaces_the_users_own() {
        let room = Room::new();
        room.write("home/.pip/pip.conf", "[global]\nindex-url = a\n");
        let own = room.write("own.conf", "[list]\nindex-url = a\n");
        assert_eq!(reason(&room, &[("PIP_CONFIG_FILE", own.to_str().unwrap())]), None);
        assert!(reason(&room, &[("PIP_CONFIG_FILE", "/gone")]).is_some());
    }

    #[test]
    fn values_continue_on_indented_lines_and_other_sections_do_not_count() {
        let pairs = |text| keys(text).into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>();
        assert_eq!(pairs("[global]\nfind-links =\n    /a\n    /b\n"), ["find-links=/a/b"]);
        assert_eq!(pairs("[list]\nx = 1\n[download]\n y = 2\n[install]\nno_index\n"), ["no-index="]);
        assert_eq!(pairs("x = 1\n[global\n--cert=a\n"), ["cert=a"]);
        let room = Room::new();
        room.write("home/.pip/pip.conf", "[global]\nfind-links =\n\n  # none\nno-index = false\n");
        assert_eq!(reason(&room, &[]), None);
        fs::write(room.path("home/.pip/pip.conf"), vec![b' '; 300_000]).unwrap();
        assert_eq!(reason(&room, &[]).unwrap(), "~/.pip/pip.conf cannot be read");
    }
}
