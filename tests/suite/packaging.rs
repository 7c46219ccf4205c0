//! What is published: the script that installs a release, and the preparation of one. `make
//! package-test` tries the packages themselves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::programs::write_program;
use crate::support::sandbox::{Answer, Sandbox};

fn checkout(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Stands for the binary: its `init` writes a file into each directory.
const RELEASED: &str = "#!/bin/sh
if [ \"$1\" != init ]; then
    printf 'venvwrap 1.2.3 %s\\n' \"$*\"
    exit
fi
for file in venvwrap/init fish/vendor_conf.d/venvwrap fish/vendor_functions.d/workon fish/vendor_completions.d/workon; do
    mkdir -p \"$8/${file%/*}\"
    printf '%s\\n' \"$1 $2 $3 $4 $5 $6\" >\"$8/$file.$2\"
done
";

/// A release for this machine, of a program that only says its version.
struct Release {
    sandbox: Sandbox,
    directory: PathBuf,
    tarball: PathBuf,
}

impl Release {
    fn new() -> Self {
        let sandbox = Sandbox::new();
        let directory = sandbox.root().join("it's a $release");
        let top = sandbox.root().join("venvwrap-1.2.3");
        for share in ["man/man1", "bash-completion/completions", "zsh/site-functions", "fish/vendor_completions.d"] {
            fs::create_dir_all(top.join("share").join(share)).unwrap();
            fs::write(top.join("share").join(share).join("file"), share).unwrap();
        }
        fs::create_dir_all(top.join("bin")).unwrap();
        write_program(top.join("bin/venvwrap"), RELEASED);
        fs::create_dir_all(&directory).unwrap();
        let packed = "name=venvwrap-1.2.3-$(uname -m)-$(uname -s | tr A-Z a-z).tar.gz
            tar -czf \"$1/$name\" venvwrap-1.2.3 && cd \"$1\" && sha256sum \"$name\" >\"$name.sha256\" && echo \"$name\"";
        let made = Command::new("sh").args(["-euc", packed, "sh"]).arg(&directory).current_dir(sandbox.root()).output();
        let made = made.unwrap();
        assert!(made.status.success(), "{made:?}");
        let tarball = directory.join(text(&made.stdout).trim());
        fs::remove_dir_all(top).unwrap();
        Self { sandbox, directory, tarball }
    }

    fn prefix(&self) -> PathBuf {
        self.sandbox.root().join("pre \"fix\"")
    }

    fn install(&self, words: &[&str]) -> Output {
        let mut command = Command::new("sh");
        command.arg(checkout("packaging/install.sh")).args(words).env("TMPDIR", self.sandbox.root());
        command.current_dir(self.sandbox.root()).output().unwrap()
    }

    fn install_here(&self) -> Output {
        self.install(&["--from", self.directory.to_str().unwrap(), "--prefix", self.prefix().to_str().unwrap()])
    }
}

#[test]
fn a_release_is_installed_whole_and_twice() {
    let release = Release::new();
    for _ in 0..2 {
        let done = release.install_here();
        assert!(done.status.success(), "{done:?}");
        let (prefix, stdout) = (release.prefix(), text(&done.stdout));
        assert!(
            stdout.starts_with(&format!("Installed venvwrap 1.2.3 --version in {}\n", prefix.display())),
            "{stdout}"
        );
        assert!(stdout.ends_with(&format!("hint: {}/bin is not on your PATH\n", prefix.display())), "{stdout}");
        let init = fs::read_to_string(prefix.join("share/venvwrap/init.fish")).unwrap();
        let prefix = prefix.display();
        assert_eq!(init, format!("init fish --executable {prefix}/bin/venvwrap --share {prefix}/share\n"));
        let prefix = release.prefix();
        assert_eq!(fs::read_to_string(prefix.join("share/fish/vendor_conf.d/venvwrap.fish")).unwrap(), init);
        assert_eq!(fs::read_to_string(prefix.join("share/zsh/site-functions/file")).unwrap(), "zsh/site-functions");
        let mode = fs::metadata(prefix.join("bin/venvwrap")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        assert_eq!(fs::read_dir(prefix.join("bin")).unwrap().count(), 1);
    }
}

#[test]
fn a_dry_run_writes_nothing() {
    let release = Release::new();
    let from = release.directory.to_str().unwrap();
    let done = release.install(&["--dry-run", "--from", from, "--prefix", release.prefix().to_str().unwrap()]);
    assert!(done.status.success(), "{done:?}");
    assert!(text(&done.stdout).contains(&format!("would install {}/bin/venvwrap\n", release.prefix().display())));
    assert!(!release.prefix().exists());
}

#[test]
fn what_cannot_be_trusted_is_not_installed() {
    let refused = |release: &Release, why: &str| {
        let done = release.install_here();
        assert_eq!(done.status.code(), Some(1), "{done:?}");
        assert!(text(&done.stderr).starts_with("install.sh: ") && text(&done.stderr).contains(why), "{done:?}");
        assert!(!release.prefix().exists());
        // Nothing is left in the directory for temporary files.
        let left = fs::read_dir(release.sandbox.root()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(!left.into_iter().any(|name| name.to_string_lossy().starts_with("venvwrap-install.")));
    };
    let release = Release::new();
    let mut bytes = fs::read(&release.tarball).unwrap();
    bytes.push(b'x');
    fs::write(&release.tarball, bytes).unwrap();
    refused(&release, "does not have the checksum");

    let release = Release::new();
    fs::remove_file(format!("{}.sha256", release.tarball.display())).unwrap();
    refused(&release, ".sha256 in ");

    let release = Release::new();
    fs::remove_file(&release.tarball).unwrap();
    refused(&release, "no tarball for ");

    let release = Release::new();
    fs::copy(&release.tarball, release.tarball.to_string_lossy().replace("1.2.3", "1.2.4")).unwrap();
    refused(&release, "several versions in ");
}

#[test]
fn odd_options_are_refused() {
    let release = Release::new();
    for (words, status, why) in [
        (&["--prefix", "relative"][..], 1, "'relative' is not an absolute path"),
        (&["--from", "http://example.invalid", "--version", "1.2.3"], 1, "is not an https address"),
        (&["--from", "ftp://example.invalid", "--version", "1.2.3"], 1, "is not an https address"),
        (&["--prefix"], 1, "--prefix: missing value"),
        (&["--nonsense"], 2, "usage: install.sh"),
    ] {
        let done = release.install(words);
        assert_eq!(done.status.code(), Some(status), "{words:?}: {done:?}");
        assert!(text(&done.stderr).contains(why), "{words:?}: {done:?}");
    }
}

/// A checkout with these changes after release 0.1.0, in which make and cargo only tell how they
/// are called. The real one may be in the middle of a release.
fn changed(changes: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("it/CHANGELOG.md", format!("# Changelog\n\n## Unreleased\n\n{changes}## 0.1.0 (2026-01-02)\n\n- old\n"));
    sandbox.write(
        "it/Cargo.toml",
        "[package]\nname = \"venvwrap\"\nversion = \"0.1.0\"\n\n[dependencies]\nversion = \"1\"\n",
    );
    let script = fs::read(checkout("packaging/release.sh")).unwrap();
    sandbox.program("it/packaging/release.sh", script);
    for program in ["make", "cargo"] {
        sandbox.program(format!("stand-ins/{program}"), "#!/bin/sh\nmkdir -p dist\necho \"${0##*/} $*\"\n");
    }
    let committed = "git init -q . && git add . && git -c user.name=x -c user.email=x@y commit -qm x";
    let mut git = sandbox.command("/bin/sh");
    git.args(["-c", committed]).current_dir(sandbox.root().join("it"));
    sandbox.run_command(git, b"").silent();
    sandbox
}

/// Runs the script of releases there.
fn release<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command("/bin/bash");
    let path = [sandbox.root().join("stand-ins").as_os_str(), ":/usr/bin:/bin".as_ref()].join("".as_ref());
    command.arg(sandbox.root().join("it/packaging/release.sh")).args(words).env("PATH", path);
    sandbox.run_command(command, b"")
}

#[test]
fn a_release_is_described_before_it_is_made() {
    let sandbox = changed("### Added\n- new\n\n");
    let described = "would release 0.2.0 after 0.1.0; the text of the tag:\n\nvenvwrap 0.2.0\n\n### Added\n- new\n";
    let told = release(&sandbox, &["0.2.0", "--dry-run"]).status(0).stderr("").stdout_text();
    assert_eq!(told.trim_end(), described.trim_end());
    release(&sandbox, &["0.0.1", "--dry-run"]).status(1).stdout("");
    for wrong in ["", "1.0", "v1.0.0", "1.0.0; rm x"] {
        release(&sandbox, &[wrong, "--dry-run"]).status(2).stdout("");
    }
    let nothing = changed("");
    release(&nothing, &["0.2.0", "--dry-run"])
        .status(1)
        .stdout("")
        .stderr("release.sh: CHANGELOG.md has nothing under \"## Unreleased\"\n");
}

#[test]
fn a_release_moves_its_changes_and_sets_its_version() {
    let sandbox = changed("### Added\n- new\n\n");
    sandbox.write("it/stray", "");
    release(&sandbox, &["0.2.0"]).status(1).stdout("").stderr("release.sh: there are uncommitted changes\n");
    fs::remove_file(sandbox.root().join("it/stray")).unwrap();
    let done = release(&sandbox, &["0.2.0"]).status(0).stderr("").stdout_text();
    let calls: Vec<&str> = done.lines().take(4).collect();
    assert_eq!(
        calls,
        ["cargo update --workspace --offline --quiet", "make generate", "make test", "make package-test"]
    );
    let read = |path: &str| fs::read_to_string(sandbox.root().join("it").join(path)).unwrap();
    let changelog = read("CHANGELOG.md");
    let (before, after) = changelog.split_once("## 0.2.0 (").unwrap();
    assert_eq!(before, "# Changelog\n\n## Unreleased\n\n");
    assert!(after.ends_with(")\n\n### Added\n- new\n\n## 0.1.0 (2026-01-02)\n\n- old\n"), "{changelog}");
    assert!(read("Cargo.toml").contains("version = \"0.2.0\"\n\n[dependencies]\nversion = \"1\"\n"));
    assert!(read("dist/TAG").starts_with("venvwrap 0.2.0\n\n### Added\n- new\n"));
}

/// As in `make release`: GNU make says which directory it enters.
#[test]
fn the_packages_are_for_the_target_of_make_also_within_another_make() {
    let build = fs::read_to_string(checkout("packaging/build.sh")).unwrap();
    let (_, question) = build.split_once("target=$(").unwrap();
    let (question, _) = question.split_once(')').unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", question]).current_dir(checkout("")).env("MAKELEVEL", "1").env("MAKEFLAGS", "w");
    let answer = command.output().unwrap();
    assert!(answer.status.success(), "{answer:?}");
    let target = text(&answer.stdout);
    assert!(target.starts_with(std::env::consts::ARCH) && target.split_whitespace().count() == 1, "{target}");
}

/// cargo-binstall fills in what is in braces.
#[test]
fn cargo_binstall_is_told_where_the_binary_is_in_the_tarball_of_the_release() {
    let manifest: toml::Table = fs::read_to_string(checkout("Cargo.toml")).unwrap().parse().unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let filled = |template: &toml::Value, machine: &str| {
        let values = [("repo", "REPO"), ("version", "1.2.3"), ("target-arch", machine), ("bin", "venvwrap")];
        values.into_iter().fold(template.as_str().unwrap().to_owned(), |text, (name, value)| {
            text.replace(&format!("{{ {name} }}"), value)
        })
    };
    assert_eq!(binstall["pkg-fmt"].as_str(), Some("tgz"));
    assert_eq!(filled(&binstall["bin-dir"], ""), "venvwrap-1.2.3/bin/venvwrap");
    let overrides = binstall["overrides"].as_table().unwrap();
    assert_eq!(overrides.len(), 4);
    for (target, settings) in overrides {
        let machine = target.split('-').next().unwrap();
        let address = format!("REPO/releases/download/v1.2.3/venvwrap-1.2.3-{machine}-linux.tar.gz");
        assert_eq!(filled(&settings["pkg-url"], machine), address, "{target}");
    }
    let build = fs::read_to_string(checkout("packaging/build.sh")).unwrap();
    assert!(build.contains("\ntarball=\"venvwrap-$version-$machine-$system.tar.gz\"\n"));
    assert!(build.contains("\n    local top=\"$scratch/venvwrap-$version\"\n"));
}
