//! What is published: the script that installs a release, and the preparation of one. `make
//! package-test` tries the packages themselves.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::support::programs::write_program;
use crate::support::sandbox::Sandbox;

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

#[test]
fn a_release_is_described_before_it_is_made() {
    let release = |words: &[&str]| {
        let mut command = Command::new("bash");
        command.arg(checkout("packaging/release.sh")).args(words).output().unwrap()
    };
    let done = release(&["999.0.0", "--dry-run"]);
    assert!(done.status.success(), "{done:?}");
    let first = format!(
        "would release 999.0.0 after {}; the text of the tag:\n\nvenvwrap 999.0.0\n",
        env!("CARGO_PKG_VERSION")
    );
    assert!(text(&done.stdout).starts_with(&first), "{done:?}");
    assert_eq!(release(&["0.0.1", "--dry-run"]).status.code(), Some(1));
    for wrong in ["", "1.0", "v1.0.0", "1.0.0; rm x"] {
        assert_eq!(release(&[wrong, "--dry-run"]).status.code(), Some(2), "{wrong}");
    }
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
