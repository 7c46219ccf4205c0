//! `venvwrap setup`: a new shell has the commands, a second run changes nothing, and `--uninstall`
//! gives back each file byte for byte.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use nix::sys::stat::Mode;
use nix::unistd::{Uid, mkfifo};

use crate::support::disk::{names, tree};
use crate::support::programs::copy_program;
use crate::support::pty::{RcFile, Terminal, write_rc_file};
use crate::support::sandbox::{Answer, BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::small_disk::SmallDisk;

/// The code for bash, with the binary at this path.
fn bash_code(binary: &str) -> String {
    format!(
        "if [ -x {binary} ]; then\n    eval \"$({binary} init bash)\"\nelif command -v venvwrap >/dev/null 2>&1; then
    eval \"$(venvwrap init bash)\"\nfi"
    )
}
const OPENING: &str = "# >>> venvwrap setup >>>";
const EXPLANATION: &str = "# Loads the commands of venvwrap. `venvwrap setup --uninstall` removes this block.";
const CLOSING: &str = "# <<< venvwrap setup <<<";

/// A sandbox whose PATH has the binary.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_x_and_y();
    symlink(BINARY, sandbox.tools().join("venvwrap")).unwrap();
    sandbox
}

fn block(note: &str, line: &str) -> String {
    format!("{OPENING}{note}\n{EXPLANATION}\n{line}\n{CLOSING}\n")
}

/// The block in a diff, with this sign before each line.
fn in_diff(sign: &str, note: &str, line: &str) -> String {
    block(note, line).lines().flat_map(|line| [sign, line, "\n"]).collect()
}

/// Runs the binary by another path.
#[track_caller]
fn run_as<'a>(sandbox: &'a Sandbox, binary: &Path, words: &[&str]) -> Answer<'a> {
    let mut command = sandbox.command(binary);
    command.args(words);
    sandbox.run_command(command, b"")
}

#[test]
fn the_change_is_shown_and_written_once_and_removed_again() {
    let sandbox = sandbox();
    let code = bash_code(BINARY);
    let file = sandbox.write("home/.bashrc", "a\nb\nc\n");
    sandbox.write("home/.profile", ". ~/.bashrc\n");
    let diff = format!("--- ~/.bashrc\n+++ ~/.bashrc\n@@ -2,2 +2,10 @@\n b\n c\n{}", in_diff("+", "", &code));
    let refused = "venvwrap: there is no terminal to ask on whether to change ~/.bashrc\n\
                   hint: `--yes` writes the changes; `--dry-run` only shows them\n";
    sandbox.run(["setup"]).status(2).stdout(&diff).stderr(refused);
    sandbox.run(["setup", "bash", "-n"]).status(0).stdout(&diff).stderr("Nothing was written\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), "a\nb\nc\n");
    let said = "Set up bash in ~/.bashrc\nStart a new shell, or load the commands in this one: `eval \"$(venvwrap init bash)\"`\n";
    sandbox.run(["setup", "--yes"]).status(0).stdout(&diff).stderr(said);
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("a\nb\nc\n{}", block("", &code)));
    let said = "bash is already set up in ~/.bashrc\n";
    sandbox.run(["setup"]).status(0).stdout("").stderr(said);
    // The functions pass it on.
    Shell::Bash.plain().run(&sandbox, "venvwrap setup bash").status(0).stdout("").stderr(said);
    let removed = in_diff("-", "", &code);
    let diff = format!("--- ~/.bashrc\n+++ ~/.bashrc\n@@ -2,10 +2,2 @@\n b\n c\n{removed}");
    sandbox.run(["setup", "--uninstall", "bash"]).status(2).stdout(&diff);
    sandbox.run(["setup", "--uninstall", "-y"]).status(0).stdout(&diff).stderr("Restored ~/.bashrc\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), "a\nb\nc\n");
    let said = "Nothing to remove: no rc file has a block of `venvwrap setup`\n";
    sandbox.run(["setup", "--uninstall"]).status(0).stdout("").stderr(said);
}

/// With the binary in the home directory, which has a hostile name, and not on PATH.
#[test]
fn a_new_shell_has_the_commands() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::with_x_and_y();
        let rc_file = write_rc_file(&sandbox, shell, RcFile::default(), false);
        let before = tree(&sandbox.home());
        let binary = sandbox.home().join("my bin/venvwrap");
        fs::create_dir(binary.parent().unwrap()).unwrap();
        symlink(BINARY, &binary).unwrap();
        drop(run_as(&sandbox, &binary, &["setup", shell.name(), "--yes"]).status(0));
        drop(run_as(&sandbox, &binary, &["setup", shell.name()]).status(0).stdout(""));
        let terminal = Terminal::start_as_written(&sandbox, shell);
        assert_eq!(terminal.screen(), "$", "{shell:?}");
        assert_eq!(terminal.run("workon x"), "$ workon x\n(x) $", "{shell:?}");
        drop(terminal);
        // Without the binary, the shell starts without a message.
        fs::remove_file(&binary).unwrap();
        let terminal = Terminal::start_as_written(&sandbox, shell);
        assert_eq!(terminal.screen(), "$", "{shell:?}");
        drop(terminal);
        sandbox.run(["setup", "--uninstall", "--yes"]).status(0);
        fs::remove_dir(binary.parent().unwrap()).unwrap();
        if shell == Shell::Fish {
            // The directories stay, and fish has written some of its own.
            assert!(!sandbox.home().join(".config/fish/conf.d/venvwrap.fish").exists());
            let text = fs::read_to_string(rc_file).unwrap();
            assert!(!text.contains("venvwrap setup"), "{text}");
        } else {
            assert_eq!(tree(&sandbox.home()), before, "{shell:?}");
        }
    }
}

#[test]
fn it_is_asked_on_a_terminal() {
    let sandbox = sandbox();
    let file = write_rc_file(&sandbox, Shell::Zsh, RcFile { before: "", after: "source virtualenvwrapper.sh" }, false);
    // Not there, so that the line does not load anything.
    let before = fs::read_to_string(&file).unwrap();
    fs::write(&file, before.replace("source v", "true source v")).unwrap();
    let terminal = Terminal::start_as_written(&sandbox, Shell::Zsh);
    fs::write(&file, &before).unwrap();
    let answered = |answers: &[(&str, &str)]| {
        let prompts = terminal.prompts();
        terminal.type_keys("venvwrap setup zsh\r");
        for (question, answer) in answers {
            terminal.wait_for(question);
            terminal.type_keys(answer);
        }
        terminal.wait_for_prompt_after(prompts);
        let screen = terminal.screen();
        terminal.run("clear");
        screen
    };
    let number = before.lines().position(|line| line == "source virtualenvwrapper.sh").unwrap() + 1;
    let disable = format!("Disable line {number} of ~/.zshrc, where virtualenvwrapper is loaded?");
    let screen = answered(&[(&disable, "n"), ("Change ~/.zshrc?", "n")]);
    assert!(screen.contains("venvwrap: nothing was changed"), "{screen}");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
    let screen = answered(&[(&disable, "y"), ("Change ~/.zshrc?", "y")]);
    assert!(screen.contains("Set up zsh in ~/.zshrc"), "{screen}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\n: # disabled by venvwrap setup: source virtualenvwrapper.sh\n"), "{text}");
    sandbox.run(["setup", "--uninstall", "-y"]).status(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn links_modes_and_odd_line_ends_stay() {
    let sandbox = sandbox();
    let link = sandbox.home().join(".bashrc");
    symlink("../dotfiles/bash rc", &link).unwrap();
    let file = sandbox.write("dotfiles/bash rc", "");
    let missing = sandbox.home().join(".zshrc");
    symlink("../dotfiles/zshrc", &missing).unwrap();
    let words = ["setup", "bash", "zsh", "--yes"];
    for (text, mode) in [("", 0o600), ("a", 0o444), ("a\r\nb\r\n", 0o664), ("a\r\nb", 0o755), ("\n\n", 0o640)] {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        let inner = |path: &PathBuf| {
            assert!(link.is_symlink() && missing.is_symlink());
            fs::metadata(path).unwrap().mode() & 0o7777
        };
        sandbox.run(words).status(0);
        assert_eq!(inner(&file), mode);
        let new = fs::read_to_string(&file).unwrap();
        let code = bash_code(BINARY);
        assert!(new.starts_with(text) && new.ends_with(&format!("\n{code}\n{CLOSING}\n")), "{new}");
        let created = fs::read_to_string(&missing).unwrap();
        assert!(created.starts_with(&format!("{OPENING} (setup created this file)\n")), "{created}");
        sandbox.run(["setup", "--uninstall", "--yes"]).status(0);
        assert_eq!((fs::read_to_string(&file).unwrap().as_str(), inner(&file)), (text, mode));
        assert!(!missing.exists());
        assert_eq!(names(&sandbox.root().join("dotfiles")), ["bash rc"]);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn a_file_that_is_not_a_file_of_the_user_is_refused() {
    let mut sandbox = sandbox();
    let file = sandbox.home().join(".bashrc");
    let hint = "move it away, or use `eval \"$(venvwrap init bash)\"` without it";
    let refused = |reason: &str, hint: &str| {
        let before = tree(&sandbox.home());
        let said = format!("venvwrap: cannot change ~/.bashrc: {reason}\nhint: {hint}\n");
        sandbox.run(["setup", "zsh", "bash", "--yes"]).status(1).stdout("").stderr(said);
        assert_eq!(tree(&sandbox.home()), before);
    };
    fs::create_dir(&file).unwrap();
    refused("it is not a regular file", hint);
    fs::remove_dir(&file).unwrap();
    symlink("/dev/null", &file).unwrap();
    refused("it is not a regular file", hint);
    fs::remove_file(&file).unwrap();
    let damaged = "the block of `venvwrap setup` in line 2 is not whole";
    fs::write(&file, format!("a\n{OPENING}\nb\n")).unwrap();
    refused(damaged, "remove what is left of it with an editor, and run `venvwrap setup` again");
    if Uid::effective().is_root() {
        chown(&file, Some(12345), None).unwrap();
        refused("it belongs to user 12345", "run `venvwrap setup` as that user, without `sudo`");
        fs::remove_file(&file).unwrap();
        chown(sandbox.home(), Some(12345), None).unwrap();
        let said = "venvwrap: cannot change ~/.bashrc: ~ belongs to user 12345\n\
                    hint: run `venvwrap setup` as that user, without `sudo`\n";
        sandbox.run(["setup", "bash", "--yes"]).status(1).stdout("").stderr(said);
        chown(sandbox.home(), Some(0), None).unwrap();
    }
    let _ = fs::remove_file(&file);
    mkfifo(&file, Mode::S_IRWXU).unwrap();
    let said = format!("venvwrap: cannot change ~/.bashrc: it is not a regular file\nhint: {hint}\n");
    sandbox.run(["setup", "--yes"]).status(1).stdout("").stderr(said);
    for home in [None, Some(""), Some("relative")] {
        match home {
            Some(home) => sandbox.set("HOME", home),
            None => sandbox.unset("HOME"),
        };
        let said = "venvwrap: HOME is not set to an absolute path\nhint: set HOME to the directory of your rc files\n";
        for words in [&["setup", "bash"][..], &["setup", "fish", "--yes"], &["setup", "--uninstall"]] {
            sandbox.run(words).status(1).stdout("").stderr(said);
        }
    }
}

#[test]
fn the_shells_are_those_of_the_user() {
    let mut sandbox = sandbox();
    let said = "venvwrap: setup: missing SHELL: none has an rc file, and the variable SHELL names none\n\
                hint: for this shell, run `venvwrap setup bash`\n";
    sandbox.run(["setup", "--yes"]).status(2).stdout("").stderr(said);
    let changed = |sandbox: &Sandbox| {
        let text = sandbox.run(["setup", "-n"]).status(0).stdout_text();
        text.lines().filter_map(|line| line.strip_prefix("+++ ")).map(str::to_owned).collect::<Vec<_>>()
    };
    sandbox.set("SHELL", "/usr/local/bin/fish");
    assert_eq!(changed(&sandbox), ["~/.config/fish/conf.d/venvwrap.fish"]);
    sandbox.write("home/zsh/.zshrc", "");
    sandbox.write("home/.zshenv", "export ZDOTDIR=~/zsh\n");
    assert_eq!(changed(&sandbox), ["~/zsh/.zshrc", "~/.config/fish/conf.d/venvwrap.fish"]);
    sandbox.set("ZDOTDIR", sandbox.root().join("z"));
    sandbox.set("XDG_CONFIG_HOME", sandbox.root().join("c"));
    sandbox.write("home/.bashrc", "");
    assert_eq!(changed(&sandbox), ["~/.bashrc", "[ROOT]/c/fish/conf.d/venvwrap.fish"]);
    sandbox.run(["setup", "zsh", "zsh", "-y"]).status(0);
    assert_eq!(names(&sandbox.root().join("z")), [".zshrc"]);
}

#[test]
fn a_login_bash_has_the_commands_too() {
    let sandbox = sandbox();
    write_rc_file(&sandbox, Shell::Bash, RcFile::default(), false);
    let profile = sandbox.write("home/.profile", "A=1");
    sandbox.run(["setup", "bash", "--yes"]).status(0).stderr(
        "Set up bash in ~/.bashrc\nSet up bash in ~/.profile\n\
         Start a new shell, or load the commands in this one: `eval \"$(venvwrap init bash)\"`\n",
    );
    for (shell, expected) in [("bash", "workon is a function\n"), ("dash", "workon: not found\n")] {
        let mut command = sandbox.command(shell);
        command.args(["-l", "-c", "type workon | head -n 1"]);
        sandbox.run_command(command, b"").status(0).stdout(expected).stderr("");
    }
    sandbox.run(["setup", "--uninstall", "-y"]).status(0).stderr("Restored ~/.bashrc\nRestored ~/.profile\n");
    assert_eq!(fs::read_to_string(&profile).unwrap(), "A=1");
    // What reads ~/.bashrc stays as it is, also if another file does so for it.
    sandbox.write("home/.bash_profile", "[ -f ~/.profile ] && . ~/.profile\n");
    fs::write(&profile, "if [ -n \"$BASH\" ]; then . ~/.bashrc; fi\n").unwrap();
    sandbox.run(["setup", "bash", "-n"]).status(0).stderr("Nothing was written\n");
    for file in [".profile", ".bash_profile"] {
        fs::remove_file(sandbox.home().join(file)).unwrap();
    }
    if !cfg!(target_os = "macos") {
        sandbox.run(["setup", "bash", "-n"]).status(0).stderr(
            "a login bash (ssh, `su -`) does not read ~/.bashrc: `echo '. ~/.bashrc' >>~/.bash_profile` changes that\n\
             Nothing was written\n",
        );
    }
}

#[test]
fn lines_that_load_virtualenvwrapper_are_disabled_on_request_and_enabled_again() {
    let sandbox = sandbox();
    let former = sandbox.write("former/virtualenvwrapper.sh", "echo loaded\n");
    let quoted = String::from_utf8(Shell::Bash.quoted(former.to_str().unwrap())).unwrap();
    let text = format!("if true; then\n    source {quoted}\nfi\nA=1; . {quoted}\n[ -n 1 ] && . {quoted}");
    let file = sandbox.write("home/.bashrc", &text);
    let others = "line 4 of ~/.bashrc loads virtualenvwrapper, too, and does more; edit it yourself\n";
    let login =
        "a login bash (ssh, `su -`) does not read ~/.bashrc: `echo '. ~/.bashrc' >>~/.bash_profile` changes that\n";
    let next = "Start a new shell, or load the commands in this one: `eval \"$(venvwrap init bash)\"`\n";
    let said = format!(
        "{others}virtualenvwrapper is loaded, too, in line 2 of ~/.bashrc, line 5 of ~/.bashrc; \
         `--replace-virtualenvwrapper` disables that\n"
    );
    sandbox.run(["setup", "--yes"]).status(0).stderr(format!("{said}{login}Set up bash in ~/.bashrc\n{next}"));
    sandbox.run(["setup", "--yes"]).status(0).stderr(format!("{said}bash is already set up in ~/.bashrc\n"));
    let answer = sandbox.run(["setup", "--yes", "--replace-virtualenvwrapper"]).status(0);
    answer.stderr(format!("{others}Updated ~/.bashrc\n"));
    let mut command = sandbox.command("bash");
    command.args(["-c", ". ~/.bashrc; type -t workon"]);
    sandbox.run_command(command, b"").status(0).stdout("loaded\nfunction\n").stderr("");
    sandbox.run(["setup", "--uninstall", "--yes"]).status(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    // A file without a block.
    let words = ["setup", "bash", "--yes", "--replace-virtualenvwrapper"];
    let profile = sandbox.write("home/.profile", format!(". ~/.bashrc\n. {quoted}\n"));
    fs::write(&file, "eval \"$(venvwrap init bash)\"\n").unwrap();
    let said = "bash: line 1 of ~/.bashrc loads venvwrap\nDisabled virtualenvwrapper in ~/.profile\n";
    sandbox.run(words).status(0).stderr(said);
    assert_eq!(fs::read_to_string(&file).unwrap(), "eval \"$(venvwrap init bash)\"\n");
    let said =
        "line 1 of ~/.bashrc loads venvwrap and was not written by `venvwrap setup`: it stays\nRestored ~/.profile\n";
    sandbox.run(["setup", "--uninstall", "-y"]).status(0).stderr(said);
    assert!(!fs::read_to_string(profile).unwrap().contains("disabled"));
}

#[test]
fn what_loads_venvwrap_already_is_left_alone() {
    let sandbox = sandbox();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell/virtualenvwrapper.sh");
    let shim = sandbox.tools().join("virtualenvwrapper.sh");
    copy_program(source, &shim);
    for (shell, path, line) in [
        ("bash", ".bashrc", "eval \"$(venvwrap init bash)\"".to_owned()),
        ("bash", ".bashrc", ". /usr/local/share/venvwrap/init.bash".to_owned()),
        ("bash", ".bashrc", "source $(which virtualenvwrapper.sh)".to_owned()),
        ("zsh", ".zshrc", ". $HOME/../tools/virtualenvwrapper.sh".to_owned()),
        ("zsh", ".zshenv", "eval \"$(venvwrap init zsh)\"".to_owned()),
        ("fish", ".config/fish/config.fish", "venvwrap init fish | source".to_owned()),
    ] {
        let file = sandbox.write(format!("home/{path}"), format!("\n{line}\n"));
        let said = format!("{shell}: line 2 of ~/{path} loads venvwrap\n");
        sandbox.run(["setup", shell, "--yes"]).status(0).stdout("").stderr(said);
        fs::remove_file(file).unwrap();
    }
    // A comment loads nothing.
    sandbox.write("home/.zshrc", "# eval \"$(venvwrap init zsh)\"\n");
    sandbox.run(["setup", "zsh", "--yes"]).status(0).stdout_contains("+++ ~/.zshrc");
    sandbox.write("home/.bashrc", "eval \"$(venvwrap init bash)\"\n");
    let said = "bash: line 1 of ~/.bashrc loads venvwrap; add `--auto` there\n";
    sandbox.run(["setup", "bash", "--auto", "--yes"]).status(0).stdout("").stderr(said);
}

#[test]
fn the_installed_file_is_used_and_a_binary_that_moved_is_followed() {
    let sandbox = sandbox();
    let binary = sandbox.root().join("prefix/bin/venvwrap");
    fs::create_dir_all(binary.parent().unwrap()).unwrap();
    symlink(BINARY, &binary).unwrap();
    drop(run_as(&sandbox, &binary, &["setup", "zsh", "--yes"]).status(0));
    let file = sandbox.home().join(".zshrc");
    let text = || fs::read_to_string(&file).unwrap();
    assert!(text().contains("/prefix/bin/venvwrap' ]; then\n"), "{}", text());
    let share = sandbox.root().join("prefix/share");
    let path = share.to_str().unwrap();
    drop(run_as(&sandbox, &binary, &["init", "zsh", "--share", path, "--into", path]).status(0).silent());
    let installed = share.join("venvwrap/init.zsh");
    let answer = run_as(&sandbox, &binary, &["setup", "--yes"]).status(0);
    answer.stderr("Updated ~/.zshrc\n");
    assert!(text().contains("/prefix/share/venvwrap/init.zsh' ]; then\n    . '"), "{}", text());
    let mut command = sandbox.command("zsh");
    command.args(["-d", "-i", "-c", "whence -w workon"]);
    sandbox.run_command(command, b"").status(0).stdout("workon: function\n");
    // It leaves automatic switching to the settings.
    drop(run_as(&sandbox, &binary, &["setup", "zsh", "--auto", "--yes"]).status(0).stderr("Updated ~/.zshrc\n"));
    assert!(text().contains("venvwrap' init zsh --auto)\""), "{}", text());
    let said = "zsh is already set up in ~/.zshrc\n";
    drop(run_as(&sandbox, &binary, &["setup"]).status(0).stdout("").stderr(said));
    sandbox.run(["setup", "--uninstall", "-y"]).status(0);
    // The file of another binary is not used.
    fs::write(&installed, "echo other\n").unwrap();
    drop(run_as(&sandbox, &binary, &["setup", "zsh", "--yes"]).status(0));
    assert!(!text().contains("init.zsh'") && text().starts_with(OPENING), "{}", text());
    // One that is at another place is found on PATH.
    fs::remove_file(&binary).unwrap();
    let mut command = sandbox.command("zsh");
    command.args(["-d", "-i", "-c", "whence -w workon"]);
    sandbox.run_command(command, b"").status(0).stdout("workon: function\n");
    sandbox.run(["setup", "--uninstall", "-y"]).status(0).stderr("Removed ~/.zshrc\n");
    assert!(!file.exists());
}

#[test]
fn fish_needs_no_block_where_it_reads_the_file_of_the_package() {
    let mut sandbox = sandbox();
    let prefix = sandbox.root().join("prefix");
    let (binary, share) = (prefix.join("bin/venvwrap"), prefix.join("share"));
    fs::create_dir_all(binary.parent().unwrap()).unwrap();
    symlink(BINARY, &binary).unwrap();
    let path = share.to_str().unwrap();
    drop(run_as(&sandbox, &binary, &["init", "fish", "--share", path, "--into", path]).status(0).silent());
    let config = sandbox.home().join(".config/fish");
    let set_up = "Set up fish in ~/.config/fish/conf.d/venvwrap.fish\n";
    let of_block = "fish is already set up in ~/.config/fish/conf.d/venvwrap.fish\n";
    let of_package = "fish is already set up by [ROOT]/prefix/share/fish/vendor_conf.d/venvwrap.fish\n";
    let setup = |words: &[&str]| run_as(&sandbox, &binary, &[&["setup", "fish", "--yes"], words].concat()).status(0);
    // fish does not look there.
    assert_eq!(setup(&["--dry-run"]).stderr_text(), "Nothing was written\n");
    sandbox.set("XDG_DATA_DIRS", format!("/usr/share:{path}")).set("SHELL", "/usr/bin/fish");
    let setup = |words: &[&str]| run_as(&sandbox, &binary, &[&["setup", "fish", "--yes"], words].concat()).status(0);
    drop(setup(&[]).stdout("").stderr(of_package));
    drop(run_as(&sandbox, &binary, &["setup"]).status(0).stdout("").stderr(of_package));
    assert!(!config.exists());
    let new_shell = |code: &str| {
        let mut command = sandbox.command("fish");
        command.args(["-c", code]);
        sandbox.run_command(command, b"")
    };
    new_shell("workon x; and echo $VIRTUAL_ENV_PROMPT").status(0).stdout("x\n").stderr("");
    let hint = "hint: `venvwrap init fish | source` loads them here, as [ROOT]/prefix/share/fish/vendor_conf.d/venvwrap.fish \
                does in new shells\n";
    sandbox.run(["workon", "x"]).status(1).stderr_contains(hint);
    // Another binary is not the one that it loads.
    assert!(sandbox.run(["setup", "fish", "-n"]).status(0).stdout_text().contains("+++ ~/.config/fish/conf.d/"));
    // The file switches by directory only if the settings say so. A block hides it.
    assert!(setup(&["--auto"]).stderr_text().starts_with(set_up));
    drop(setup(&[]).stdout("").stderr(of_block));
    new_shell("echo $__venvwrap_share").status(0).stdout("\n").stderr("");
    drop(run_as(&sandbox, &binary, &["setup", "--uninstall", "--yes"]).status(0));
    // A line by hand loads the functions a second time.
    sandbox.write("home/.config/fish/config.fish", "\nvenvwrap init fish | source\n");
    let said = "fish: line 2 of ~/.config/fish/config.fish loads venvwrap\n";
    drop(setup(&[]).stdout("").stderr(said));
    let found = new_shell("venvwrap doctor").status(0).stderr("").stdout_text();
    let note = "note     (shell)  [ROOT]/prefix/share/fish/vendor_conf.d/venvwrap.fish loads the functions, and line 2 of \
                ~/.config/fish/config.fish loads them again\n                  \
                remove that line: every new fish reads the file of the package\n";
    assert!(found.contains(note), "{found}");
    fs::remove_file(config.join("config.fish")).unwrap();
    let found = new_shell("venvwrap doctor").status(0).stderr("").stdout_text();
    assert!(!found.contains("loads them again"), "{found}");
}

#[test]
fn on_a_full_disk_the_file_stays_as_it_was() {
    let mut sandbox = sandbox();
    let Some(disk) = SmallDisk::mount(sandbox.root().join("small")) else { return };
    let file = disk.path().join(".bashrc");
    let text = "# mine\n".repeat(2000);
    fs::write(&file, &text).unwrap();
    sandbox.set("HOME", disk.path());
    disk.fill_but(0);
    let answer = sandbox.run(["setup", "bash", "--yes"]).status(1);
    assert!(answer.stderr_text().contains("venvwrap: cannot write: [ROOT]/small/.bashrc: No space left"), "{answer}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
    assert_eq!(names(disk.path()), [".bashrc", "filling"]);
    disk.empty();
    sandbox.run(["setup", "bash", "--yes"]).status(0);
    sandbox.run(["setup", "--uninstall", "--yes"]).status(0);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

/// The hint of a verb that needs the functions, and that of `doctor`, fit what the rc file says.
#[test]
fn what_needs_the_functions_names_setup_until_the_rc_file_loads_them() {
    let mut sandbox = sandbox();
    sandbox.set("SHELL", "/bin/zsh");
    let hint = || {
        let said = sandbox.run(["workon", "x"]).status(1).stdout("").stderr_text();
        said.lines().last().unwrap().to_owned()
    };
    let setup = "hint: `venvwrap setup zsh` loads them in new shells, `eval \"$(venvwrap init zsh)\"` in this one";
    assert_eq!(hint(), setup);
    // virtualenvwrapper is something else.
    sandbox.write("home/.zshrc", "source /usr/bin/virtualenvwrapper.sh\n");
    assert_eq!(hint(), setup);
    sandbox.run(["setup", "--yes"]).status(0);
    assert_eq!(hint(), "hint: `eval \"$(venvwrap init zsh)\"` loads them here, as ~/.zshrc does in new shells");
    sandbox.run(["setup", "--uninstall", "--yes"]).status(0);
    assert_eq!(hint(), setup);
    write_rc_file(&sandbox, Shell::Zsh, RcFile::default(), false);
    let terminal = Terminal::start_as_written(&sandbox, Shell::Zsh);
    let screen = terminal.run("venvwrap doctor");
    assert!(screen.contains("`venvwrap setup zsh` loads them in new shells, "), "{screen}");
}

#[test]
fn words_and_options_are_completed() {
    let sandbox = sandbox();
    for shell in Shell::ALL {
        let terminal = Terminal::start(&sandbox, shell);
        assert_eq!(terminal.completed("venvwrap setup zsh fi\t"), "venvwrap setup zsh fish ");
        assert_eq!(terminal.completed("venvwrap setup --un\t"), "venvwrap setup --uninstall ");
    }
}

/// The hints that name `setup`, pasted where they are printed.
#[test]
fn what_is_said_on_the_way_to_the_functions_can_be_typed() {
    let sandbox = sandbox();
    for shell in Shell::ALL {
        let file = write_rc_file(&sandbox, shell, RcFile::default(), false);
        let text = fs::read_to_string(&file).unwrap();
        let terminal = Terminal::start_as_written(&sandbox, shell);
        let name = shell.name();
        let said = terminal.run("venvwrap doctor");
        assert!(said.contains(&format!("`venvwrap setup {name}` loads them in new shells, ")), "{said}");
        // The shell that runs has read its file: another one would set up no shell of the user.
        fs::remove_file(&file).unwrap();
        let said = terminal.run("venvwrap setup");
        assert!(said.contains(&format!("\nhint: for this shell, run `venvwrap setup {name}`\n")), "{said}");
        fs::write(&file, &text).unwrap();
        let prompts = terminal.prompts();
        terminal.type_keys(format!("venvwrap setup {name}\r"));
        terminal.wait_for("? [y/N]");
        terminal.type_keys("y");
        terminal.wait_for_prompt_after(prompts);
        assert!(terminal.screen().contains(&format!("Set up {name} in ~/")), "{}", terminal.screen());
        drop(terminal);
        let terminal = Terminal::start_as_written(&sandbox, shell);
        assert_eq!(terminal.run("workon x"), "$ workon x\n(x) $");
        drop(terminal);
        sandbox.run(["setup", "--uninstall", "-y"]).status(0);
        fs::remove_file(&file).unwrap();
    }
}

#[test]
fn compat_puts_the_scripts_of_virtualenvwrapper_beside_the_binary() {
    let sandbox = sandbox();
    let bin = sandbox.root().join("prefix/bin");
    fs::create_dir_all(&bin).unwrap();
    copy_program(BINARY, bin.join("venvwrap"));
    let setup = |more: &[&str]| run_as(&sandbox, &bin.join("venvwrap"), &[&["setup"], more].concat()).status(0);
    let (whole, lazy) = (bin.join("virtualenvwrapper.sh"), bin.join("virtualenvwrapper_lazy.sh"));
    let answer = setup(&["bash", "--compat", "--dry-run"]);
    assert!(
        answer.stdout_text().contains("virtualenvwrapper.sh\n    (what `venvwrap init virtualenvwrapper.sh` prints)\n")
    );
    assert!(fs::symlink_metadata(&whole).is_err());
    setup(&["bash", "--compat", "--yes"]).stderr_contains("Wrote ");
    for (file, source) in [(&whole, "virtualenvwrapper.sh"), (&lazy, "virtualenvwrapper_lazy.sh")] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("shell").join(source);
        assert_eq!(fs::read(file).unwrap(), fs::read(source).unwrap());
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o755);
    }
    // What rc files have said for years.
    let line =
        format!("source '{}'; mkvirtualenv --without-pip x; echo \"$VIRTUAL_ENV\"", "prefix/bin/virtualenvwrapper.sh");
    for shell in [Shell::Bash, Shell::Zsh] {
        let code = format!("cd \"$HOME/..\"; {line}; deactivate; rmvirtualenv x");
        let answer = shell.plain().run(&sandbox, code);
        assert!(answer.stdout_text().contains("/envs/x\n"), "{answer}");
    }
    // An older script of ours is replaced, another program's stays, also at the end.
    fs::write(&whole, "__venvwrap_old\n").unwrap();
    fs::write(&lazy, "# virtualenvwrapper's own\n").unwrap();
    setup(&["bash", "--compat", "--yes"]).stderr_contains("another program's: it stays");
    assert!(fs::read_to_string(&whole).unwrap().contains("__venvwrap_aliases_were"));
    setup(&["--uninstall", "--yes"]).stderr_contains("Removed ");
    assert!(fs::symlink_metadata(&whole).is_err());
    assert_eq!(fs::read_to_string(&lazy).unwrap(), "# virtualenvwrapper's own\n");
}
