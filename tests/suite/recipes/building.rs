//! Environments that are built from a recipe: what comes back, what is refused before anything is
//! built, and what a failure leaves.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::support::answer::Answer;
use crate::support::disk::names;
use crate::support::programs::write_program;
use crate::support::pythons;
use crate::support::sandbox::Sandbox;
use crate::support::shells::Shell;
use crate::support::story::Story;
use crate::support::wheel::{tiny_thing, tiny_wheel};

/// A project that installs in place without an index: it brings its own build backend.
pub(crate) const BACKEND: &str = r"
import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = 'mine-0.1-py3-none-any.whl'
    files = {
        'mine.pth': os.path.dirname(os.path.abspath(__file__)) + '\n',
        'mine-0.1.dist-info/METADATA': 'Metadata-Version: 2.1\nName: mine\nVersion: 0.1\n',
        'mine-0.1.dist-info/WHEEL': 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    }
    with zipfile.ZipFile(os.path.join(directory, name), 'w') as wheel:
        for file, text in files.items():
            wheel.writestr(file, text)
        rows = ''.join(file + ',,\n' for file in files)
        wheel.writestr('mine-0.1.dist-info/RECORD', rows + 'mine-0.1.dist-info/RECORD,,\n')
    return name

build_editable = build_wheel
";

pub(crate) const PYPROJECT: &str = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n\n\
                         [project]\nname = \"mine\"\nversion = \"0.1\"\n";

/// Two homes on one machine: pip writes commands that a backquote in their path spoils.
fn two_homes() -> Sandbox {
    let mut sandbox = Sandbox::plain();
    for home in ["one", "two"] {
        sandbox.write(format!("{home}/src/mine/pyproject.toml"), PYPROJECT);
        sandbox.write(format!("{home}/src/mine/backend.py"), BACKEND);
        sandbox.write(format!("{home}/src/mine/mine.py"), "");
        fs::create_dir(sandbox.root().join(home).join("my lib")).unwrap();
        fs::create_dir(sandbox.root().join(home).join("wheels")).unwrap();
        tiny_thing(&sandbox.root().join(home).join("wheels"), "1.0");
    }
    // A recipe asks for a version.
    symlink(&pythons::complete().path, sandbox.tools().join(format!("python{}", pythons::complete().minor()))).unwrap();
    let index = sandbox.root().join("index");
    fs::create_dir(&index).unwrap();
    for version in ["1.0", "2.0"] {
        tiny_wheel(&index, "from-index", version);
    }
    sandbox.set("PIP_NO_INDEX", "1").set("PIP_FIND_LINKS", &index).set("VENVWRAP_INSTALLER", "pip");
    at_home(&mut sandbox, "one");
    sandbox
}

fn at_home(sandbox: &mut Sandbox, home: &str) {
    let home = sandbox.root().join(home);
    sandbox.set("WORKON_HOME", home.join("envs")).set("HOME", home);
}

fn python() -> &'static str {
    pythons::complete().path.to_str().unwrap()
}

/// An environment of the first home with everything that a recipe describes.
fn make_api(sandbox: &Sandbox) -> PathBuf {
    let wheel = sandbox.root().join("one/wheels/tiny_thing-1.0-py2.py3-none-any.whl");
    let words = ["mkvirtualenv", "-q", "-p", python(), "-a", "one/src/mine", "--prompt", "my api"];
    let packages = ["-e", "one/src/mine", "-i", wheel.to_str().unwrap(), "-i", "from-index==1.0", "api"];
    sandbox.run(words.iter().chain(&packages)).status(0);
    let root = sandbox.root().join("one/envs/api");
    let mut command = sandbox.command(crate::support::sandbox::BINARY);
    command.args(["add2virtualenv", "one/my lib"]).env("VIRTUAL_ENV", &root);
    sandbox.run_command(command, b"").status(0);
    fs::write(root.join("bin/postactivate"), "export FROM_HOOK='it''s here'\n").unwrap();
    write_program(root.join("bin/preactivate"), "#!/bin/sh\ntrue\n");
    // As if it had come as a dependency.
    fs::remove_file(site_packages(&root).join("from_index-1.0.dist-info/REQUESTED")).unwrap();
    root
}

fn site_packages(root: &Path) -> PathBuf {
    let lib = root.join("lib");
    lib.join(&names(&lib)[0]).join("site-packages")
}

fn export(sandbox: &Sandbox, file: &str) {
    sandbox.run(["export", "--all", "-o", file]).status(0);
}

fn import<'a>(sandbox: &'a Sandbox, words: &[&str]) -> Answer<'a> {
    sandbox.run(["import"].iter().chain(words))
}

/// Nothing of a build is left anywhere.
#[track_caller]
fn assert_only(sandbox: &Sandbox, home: &str, environments: &[&str]) {
    let store = sandbox.root().join(home).join("envs");
    let mut found = names(&store);
    found.retain(|name| name != ".venvwrap");
    assert_eq!(found, environments);
    let builds = store.join(".venvwrap/new");
    assert!(!builds.is_dir() || names(&builds).is_empty());
    assert!(names(&sandbox.root().join("tmp")).is_empty());
}

#[test]
fn an_environment_goes_to_another_home_through_a_file_and_comes_back_equal() {
    let mut sandbox = two_homes();
    make_api(&sandbox);
    export(&sandbox, "one.toml");
    let text = fs::read_to_string(sandbox.root().join("one.toml")).unwrap();
    for part in [
        "prompt = \"my api\"\nproject = \"~/src/mine\"\nextra-paths = [\"~/my lib\"]\n",
        "{ name = \"from-index\", version = \"1.0\" },\n",
        "{ name = \"mine\", version = \"0.1\", requested = true, editable = true, path = \"~/src/mine\" },\n",
        "{ name = \"tiny-thing\", version = \"1.0\", requested = true, path = \"~/wheels/tiny_thing-1.0-py2.py3-none-any.whl\"",
        "name = \"postactivate\"\ntext = '''\nexport FROM_HOOK='it''s here'\n'''\n",
        "name = \"preactivate\"\nexecutable = true\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    at_home(&mut sandbox, "two");
    let answer = import(&sandbox, &["one.toml", "--hooks"]).status(0);
    let table = answer.stdout_text();
    assert!(table.starts_with("name  python  packages  action\napi   3."), "{table}");
    assert!(table.ends_with("         4  create\n"), "{table}");
    let said = answer.stderr_text();
    assert!(said.contains("api: mine comes from ~/src/mine\n"), "{said}");
    assert!(said.contains("api: hook postactivate:\n    export FROM_HOOK='it''s here'\n"), "{said}");
    assert!(said.contains("\nCreated `api` with "), "{said}");
    export(&sandbox, "two.toml");
    assert_eq!(fs::read_to_string(sandbox.root().join("two.toml")).unwrap(), text);
    // It stands where it is, and what was installed runs.
    let root = sandbox.root().join("two/envs/api");
    for tool in ["from-index", "tiny-thing"] {
        let answer = sandbox.run_command(sandbox.command(root.join("bin").join(tool)), b"").status(0);
        assert_eq!(answer.stdout_text(), format!("{} 1.0\n", tool.replace('-', " ")));
    }
    let mut command = sandbox.command(root.join("bin/python"));
    command.args(["-c", "import mine, sys; print(mine.__file__); print('my lib' in ' '.join(sys.path))"]);
    sandbox.run_command(command, b"").status(0).stdout("[ROOT]/two/src/mine/mine.py\nTrue\n");
    let mut command = sandbox.command(root.join("bin/python"));
    command.args(["-m", "pip", "uninstall", "--yes", "--quiet", "from-index"]);
    sandbox.run_command(command, b"").status(0);
    assert!(!root.join("bin/from-index").exists() && !site_packages(&root).join("from_index-1.0.dist-info").exists());
    sandbox.run(["doctor", "api"]).status(0).stderr("");
    assert_only(&sandbox, "two", &["api"]);
    assert_eq!(mode(&root.join("bin/preactivate")), 0o755);
}

fn mode(file: &Path) -> u32 {
    fs::metadata(file).unwrap().permissions().mode() & 0o777
}

#[test]
fn an_equal_environment_is_skipped_and_another_one_refused_by_name() {
    let mut sandbox = two_homes();
    make_api(&sandbox);
    export(&sandbox, "one.toml");
    let skipped = import(&sandbox, &["one.toml"]).status(0).stderr("").stdout_text();
    assert!(skipped.ends_with("  skip: it exists\n"), "{skipped}");
    let root = sandbox.root().join("one/envs/api");
    let mut command = sandbox.command(root.join("bin/python"));
    command.args(["-m", "pip", "install", "--quiet", "from-index==2.0"]);
    sandbox.run_command(command, b"").status(0);
    let said = "venvwrap: environment `api`: it exists and differs from the recipe: from-index 2.0, not 1.0\n\
                hint: rename it with `venvwrap mvvirtualenv api OLD`, then try again\n";
    let table = import(&sandbox, &["one.toml"]).status(1).stderr(said).stdout_text();
    assert!(table.ends_with("  refused\n"), "{table}");
    // Without `--hooks` none is written, and each is named.
    at_home(&mut sandbox, "two");
    let said = "The hooks of `api` were not written (postactivate, preactivate); `venvwrap import --hooks FILE` \
                writes hooks, into new environments only\n";
    import(&sandbox, &["one.toml", "api"]).status(0).stderr_contains(said);
    assert!(!sandbox.root().join("two/envs/api/bin/postactivate").exists());
    import(&sandbox, &["one.toml"]).status(0).stderr("");
}

#[test]
fn what_is_missing_is_told_before_anything_is_built() {
    let mut sandbox = two_homes();
    make_api(&sandbox);
    export(&sandbox, "one.toml");
    at_home(&mut sandbox, "two");
    fs::remove_dir_all(sandbox.root().join("two/src/mine")).unwrap();
    let said = "venvwrap: environment `api`: `mine` comes from ~/src/mine, which does not exist\n\
                hint: put its source there, or change `path` in the recipe\n";
    for words in [&["one.toml"][..], &["--dry-run", "one.toml"]] {
        import(&sandbox, words).status(1).stderr_contains(said);
        assert!(!sandbox.root().join("two/envs/api").exists());
    }
    fs::create_dir(sandbox.root().join("two/src/mine")).unwrap();
    let said = "`mine` comes from ~/src/mine, which has neither pyproject.toml nor setup.py\n";
    import(&sandbox, &["one.toml"]).status(1).stderr_contains(said);
    let text = fs::read_to_string(sandbox.root().join("one.toml")).unwrap();
    let other = text.replace("\npython = \"", "\npython = \"9");
    fs::write(sandbox.root().join("other.toml"), other).unwrap();
    let told = format!("venvwrap: environment `api`: no Python 9{} is installed\n", pythons::complete().minor());
    let way = "`venvwrap mkvirtualenv --from other.toml -p default api` creates it with another Python\n";
    import(&sandbox, &["other.toml"]).status(1).stderr_contains(&told).stderr_contains(way);
    // What was asked for once may allow another version.
    let asked = text.replace("\npython = \"", "\npython-request = \">=3\"\npython = \"9");
    fs::write(sandbox.root().join("asked.toml"), asked).unwrap();
    let way = "`venvwrap mkvirtualenv --from asked.toml -p '>=3' api` creates it with another Python\n";
    import(&sandbox, &["asked.toml"]).status(1).stderr_contains(way);
    let said = "venvwrap: one.toml: it describes no environment `web`\nhint: it has api\n";
    import(&sandbox, &["one.toml", "api", "web"]).status(1).stdout("").stderr(said);
    assert_only(&sandbox, "two", &[]);
}

#[test]
fn a_package_that_left_the_index_fails_one_environment_and_leaves_nothing_of_it() {
    let mut sandbox = two_homes();
    make_api(&sandbox);
    sandbox.run(["mkvirtualenv", "-q", "-p", python(), "-i", "from-index==2.0", "web"]).status(0);
    export(&sandbox, "one.toml");
    fs::remove_file(sandbox.root().join("index/from_index-1.0-py2.py3-none-any.whl")).unwrap();
    at_home(&mut sandbox, "two");
    let said = import(&sandbox, &["one.toml"]).status(1).stderr_text();
    let told = "venvwrap: environment `api` was not created: pip install failed with status 1\n\
                hint: the installer's own message is above; nothing was changed\n";
    assert!(said.contains(told) && said.contains("from-index==1.0"), "{said}");
    assert!(said.contains("Created `web` with "), "{said}");
    assert_only(&sandbox, "two", &["web"]);
    // Another file on the way it was.
    fs::remove_file(sandbox.root().join("two/wheels/tiny_thing-1.0-py2.py3-none-any.whl")).unwrap();
    let told = "comes from ~/wheels/tiny_thing-1.0-py2.py3-none-any.whl, which does not exist";
    import(&sandbox, &["one.toml"]).status(1).stderr_contains(told);
    tiny_wheel(&sandbox.root().join("two/wheels"), "from-index", "1.0");
    let wheels = sandbox.root().join("two/wheels");
    fs::rename(wheels.join("from_index-1.0-py2.py3-none-any.whl"), wheels.join("tiny_thing-1.0-py2.py3-none-any.whl"))
        .unwrap();
    sandbox.set("PIP_FIND_LINKS", wheels);
    import(&sandbox, &["one.toml"]).status(1).stderr_contains("environment `api` was not created");
    assert_only(&sandbox, "two", &["web"]);
}

#[test]
fn a_recipe_starts_no_command_of_its_choice() {
    let sandbox = Sandbox::new();
    let canary = sandbox.root().join("canary");
    write_program(sandbox.tools().join("x11"), format!("#!/bin/sh\n: >'{}'\n", canary.display()));
    for values in ["python = 'x11'", "python = '3.0'\npython-request = 'x11'"] {
        let text = format!("schema = 1\n[[environment]]\nname = 'x'\n{values}\npackages = []\n");
        fs::write(sandbox.root().join("x.toml"), text).unwrap();
        let told = "venvwrap: environment `x`: `x11` is not a version of Python\n";
        sandbox.run(["import", "x.toml"]).status(1).stderr_contains(told);
        sandbox.run(["mkvirtualenv", "--from", "x.toml", "x"]).status(1).stderr_contains(told);
    }
    let text = "schema = 1\n[[environment]]\nname = 'x'\npython = '3.0'\npython-request = './x11'\n";
    fs::write(sandbox.root().join("x.toml"), text).unwrap();
    let told = "python-request, `./x11`: it is not a version or conditions";
    sandbox.run(["import", "x.toml"]).status(1).stderr_contains(told);
    assert!(!canary.exists());
}

#[test]
fn a_hostile_or_broken_file_changes_nothing() {
    let sandbox = Sandbox::new();
    let canary = sandbox.root().join("canary");
    for (text, told) in [
        ("", "venvwrap: [ROOT]/x.toml: it is not a recipe: no `schema = 1`\n"),
        (
            "schema = 1\nhas-end = true\n[[environment]]\nname = 'x'\npython = '3.11'\n",
            "venvwrap: [ROOT]/x.toml: it was cut short: its last line, `[end]`, is missing\n",
        ),
        ("schema = 2\n", "venvwrap: [ROOT]/x.toml: it was made by a newer venvwrap (schema 2; this one reads 1)\n"),
        ("schema = 1\n[[environment]]\nname = 'x", "venvwrap: [ROOT]/x.toml, line 3: "),
        (
            "schema = 1\n[[environment]]\nname = '../../x'\npython = '3.11'\n",
            "`../../x` is not a valid environment name",
        ),
        (
            "schema = 1\n[[environment]]\nname = 'x'\npython = './canary.sh'\n",
            "python, `./canary.sh`: it is not a version",
        ),
        (
            "schema = 1\n[[environment]]\nname = 'x'\npython = 'canary2'\n",
            "environment `x`: `canary2` is not a version of Python",
        ),
        (
            "schema = 1\n[[environment]]\nname = 'x'\npython = '3.11'\n\
             packages = [{ name = 'x', version = '1 --index-url https://h' }]\n",
            "environment `x`: package `x`: version: it is not a version (PEP 440)",
        ),
    ] {
        sandbox.write("x.toml", text);
        sandbox.program("tools/canary2", "#!/bin/sh\ntouch canary\n");
        let answer = import(&sandbox, &["x.toml"]).status(1);
        let said = answer.stderr_text();
        let said = String::from_utf8(sandbox.masked(said.as_bytes())).unwrap();
        assert!(said.contains(told) && said.contains("hint: ") || said.contains(", line 3: "), "{text}: {said}");
        assert!(names(&sandbox.workon_home()).iter().all(|name| name == ".venvwrap"), "{text}");
        assert!(!canary.exists());
    }
    let said = "venvwrap: [ROOT]/no.toml: it does not exist\nhint: `venvwrap export NAME -o FILE` writes a recipe\n";
    import(&sandbox, &["no.toml"]).status(1).stdout("").stderr(said);
    import(&sandbox, &["tools"]).status(1).stdout("").stderr_contains("it is not a regular file\n");
}

#[test]
fn one_environment_of_a_file_is_made_and_entered_in_every_shell() {
    let mut sandbox = two_homes();
    make_api(&sandbox);
    sandbox.run(["mkvirtualenv", "-q", "-p", python(), "web"]).status(0);
    sandbox.run(["export", "api", "-o", "api.toml"]).status(0);
    export(&sandbox, "all.toml");
    at_home(&mut sandbox, "two");
    for (shell, file, name) in
        [(Shell::Bash, "api.toml", "my api"), (Shell::Zsh, "all.toml", "api"), (Shell::Fish, "api.toml", "other")]
    {
        let words = ["mkvirtualenv", "--from", file, name];
        let told = Story::new().run(words).code("from-index", "from-index").played(&sandbox, shell.plain());
        assert!(told.stdout_text().ends_with("from index 1.0\n"), "{told}");
        assert!(told.stderr_text().contains(&format!("Created `{name}` with ")), "{told}");
        let project = fs::read_to_string(sandbox.root().join("two/envs").join(name).join(".project")).unwrap();
        assert_eq!(project, format!("{}\n", sandbox.root().join("two/src/mine").display()));
    }
    let made = |words: &[&str]| sandbox.run(["mkvirtualenv", "--from"].iter().chain(words).copied());
    made(&["all.toml", "gone"])
        .status(1)
        .stderr_contains("it describes no environment `gone`\nhint: it has api, web\n");
    made(&["all.toml", "-i", "six", "web"]).status(2).stderr_contains("is a recipe, which leaves nothing to -i\n");
    made(&["all.toml", "api"]).status(0).stderr("environment `api` exists; nothing in it was rewritten\n");
    made(&["all.toml", "-q", "--prompt", "p", "-a", "one", "web"]).status(0).stderr("");
    let cfg = fs::read_to_string(sandbox.root().join("two/envs/web/pyvenv.cfg")).unwrap();
    assert!(cfg.contains("\nprompt = p\n"), "{cfg}");
    assert_only(&sandbox, "two", &["api", "my api", "other", "web"]);
}

/// Runs git in a directory, as somebody whose configuration maps `https://h.invalid/` to this
/// sandbox.
fn git(sandbox: &Sandbox, directory: &Path, words: &[&str]) -> String {
    let mut command = sandbox.command("git");
    command.args(["-c", "user.name=x", "-c", "user.email=x@h.invalid"]).args(words).current_dir(directory);
    sandbox.run_command(command, b"").status(0).stdout_text()
}

#[test]
fn a_source_that_pip_checked_out_is_described_by_its_repository() {
    let mut sandbox = two_homes();
    let repository = sandbox.root().join("repository");
    for (file, text) in [("pyproject.toml", PYPROJECT), ("backend.py", BACKEND), ("mine.py", "print('first')\n")] {
        sandbox.write(format!("repository/sub/{file}"), text);
    }
    let to_here = format!("url.file://{}.insteadOf", repository.display());
    sandbox.write("gitconfig", "");
    sandbox.set("GIT_CONFIG_GLOBAL", sandbox.root().join("gitconfig")).set("GIT_CONFIG_NOSYSTEM", "1");
    git(&sandbox, sandbox.root(), &["config", "--global", &to_here, "https://h.invalid/mine.git"]);
    git(&sandbox, &repository, &["init", "-q"]);
    git(&sandbox, &repository, &["add", "."]);
    git(&sandbox, &repository, &["commit", "-q", "-m", "first"]);
    let commit = git(&sandbox, &repository, &["rev-parse", "HEAD"]).trim().to_owned();
    sandbox.run(["mkvirtualenv", "-q", "-p", python(), "api"]).status(0);
    let address = "git+https://h.invalid/mine.git#egg=mine&subdirectory=sub";
    let mut command = sandbox.command(sandbox.root().join("one/envs/api/bin/python"));
    command.args(["-m", "pip", "install", "-q", "--no-build-isolation", "-e", address]);
    sandbox.run_command(command, b"").status(0);
    let line = format!("-e git+https://h.invalid/mine.git@{commit}#egg=mine&subdirectory=sub\n");
    let requirements = sandbox.run(["export", "api", "--format", "requirements"]).status(0).stdout_text();
    assert!(requirements.contains(&line), "{requirements}");
    // Another commit is the newest by now.
    sandbox.write("repository/sub/mine.py", "print('second')\n");
    git(&sandbox, &repository, &["commit", "-q", "-a", "-m", "second"]);
    export(&sandbox, "one.toml");
    at_home(&mut sandbox, "two");
    let said = "api: mine comes from https://h.invalid/mine.git\n";
    import(&sandbox, &["one.toml"]).status(0).stderr_contains(said).stderr_contains("Created `api` with ");
    export(&sandbox, "two.toml");
    let text = |file: &str| fs::read_to_string(sandbox.root().join(file)).unwrap();
    assert_eq!(text("two.toml"), text("one.toml"));
    let mut command = sandbox.command(sandbox.root().join("two/envs/api/bin/python"));
    command.args(["-c", "import mine; print(mine.__file__)"]);
    let found = "first\n[ROOT]/two/envs/api/src/mine/sub/mine.py\n";
    sandbox.run_command(command, b"").status(0).stdout(found);
    import(&sandbox, &["one.toml"]).status(0).stderr("");
    assert_only(&sandbox, "two", &["api"]);
}

#[test]
fn a_recipe_comes_through_standard_input_and_a_dry_run_makes_nothing() {
    let mut sandbox = two_homes();
    sandbox.run(["mkvirtualenv", "-q", "-p", python(), "--without-pip", "bare"]).status(0);
    let text = sandbox.run(["export", "--all"]).status(0).stdout_text();
    at_home(&mut sandbox, "two");
    let run = |words: &[&str]| {
        let mut command = sandbox.command(crate::support::sandbox::BINARY);
        command.arg("import").args(words);
        sandbox.run_command(command, text.as_bytes())
    };
    run(&["-", "-n"]).status(0).stderr("Nothing was changed\n");
    assert!(!sandbox.root().join("two/envs").exists());
    run(&["-"]).status(0).stderr_contains("Created `bare` with ");
    assert_only(&sandbox, "two", &["bare"]);
    assert_eq!(sandbox.run(["export", "--all"]).status(0).stdout_text(), text);
}
