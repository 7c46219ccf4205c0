//! `venvwrap kernel`: environments that Jupyter lists, and what becomes of their kernels.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};

use crate::support::disk::tree;
use crate::support::jupyter::{kernels, with_ipykernel};
use crate::support::sandbox::{BINARY, Sandbox};
use crate::support::shells::Shell;
use crate::support::story::Story;

fn spec(sandbox: &Sandbox, kernel: &str) -> Value {
    serde_json::from_slice(&fs::read(kernels(sandbox).join(kernel).join("kernel.json")).unwrap()).unwrap()
}

/// A kernel that another tool wrote for an environment.
fn foreign(sandbox: &Sandbox, kernel: &str, python: &str) -> String {
    let text =
        format!("{{\n \"argv\": [{}, \"-m\", \"ipykernel_launcher\"],\n \"display_name\": \"x\"\n}}", json!(python));
    sandbox.write(kernels(sandbox).join(kernel).join("kernel.json"), &text);
    text
}

#[test]
fn the_spec_of_the_environments_own_ipykernel_is_registered_once() {
    let sandbox = Sandbox::new();
    let root = with_ipykernel(&sandbox, "My env");
    let before = tree(&root);
    sandbox
        .run(["kernel", "add", "My env"])
        .status(0)
        .stdout("")
        .stderr("Registered `My env` with Jupyter as `Python (My env)` (kernel `my-env`)\n");
    // `$` begins a variable in `env`, which Jupyter reads as a template.
    let in_template = root.display().to_string().replace('$', "$$");
    let expected = json!({
        "argv": [root.join("bin/python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python (My env)",
        "language": "python",
        "env": {"VIRTUAL_ENV": in_template, "PATH": format!("{in_template}/bin:${{PATH}}")},
        "metadata": {"debugger": true, "venvwrap": true},
    });
    assert_eq!(spec(&sandbox, "my-env"), expected);
    assert_eq!(fs::read(kernels(&sandbox).join("my-env/logo-svg.svg")).unwrap(), b"<svg/>");
    assert_eq!(tree(&root), before);
    sandbox.run(["kernel", "add", "My env"]).status(0).stdout("").stderr("`My env` already has the kernel `my-env`\n");
    // Another environment of the same spelling for Jupyter.
    with_ipykernel(&sandbox, "my-env");
    sandbox.run(["kernel", "add", "my-env"]).status(0).stderr_contains("(kernel `my-env-2`)");
    sandbox.run(["kernel", "remove", "My env"]).status(0).stdout("").stderr("Removed the kernel `my-env`\n");
    sandbox.run(["kernel", "remove", "My env"]).status(0).stdout("").stderr("`My env` has no kernel\n");
    assert!(!kernels(&sandbox).join("my-env").exists());
}

#[test]
fn without_ipykernel_the_command_that_installs_it_is_printed() {
    let sandbox = Sandbox::with_x_and_y();
    let message = "venvwrap: environment `x` has no ipykernel, which Jupyter needs to start it\nhint: ";
    let uv = format!("{message}`uv pip install --python ");
    assert!(sandbox.run(["kernel", "add", "x"]).status(1).stdout("").stderr_text().starts_with(&uv));
    sandbox.write(sandbox.environment("x").join("bin/pip"), "");
    let pip = format!("{message}`venvwrap run x python -m pip install ipykernel` installs it\n");
    sandbox.run(["kernel", "add", "x"]).status(1).stdout("").stderr(pip);
    assert!(!kernels(&sandbox).exists());
}

#[test]
fn a_kernel_that_the_user_made_is_taken_as_the_environments() {
    let mut sandbox = Sandbox::new();
    let data = sandbox.root().join("jupyter data");
    sandbox.set("JUPYTER_DATA_DIR", &data);
    let root = with_ipykernel(&sandbox, "x");
    sandbox.run(["kernel", "add", "x"]).status(0);
    assert!(data.join("kernels/x/kernel.json").is_file());
    sandbox.run(["kernel", "remove", "x"]).status(0);
    sandbox.unset("JUPYTER_DATA_DIR");
    let text = foreign(&sandbox, "theirs", root.join("bin/python").to_str().unwrap());
    sandbox.run(["kernel", "add", "x"]).status(0).stdout("").stderr("`x` already has the kernel `theirs`\n");
    assert_eq!(fs::read_to_string(kernels(&sandbox).join("theirs/kernel.json")).unwrap(), text);
}

#[test]
fn sync_registers_what_has_ipykernel_and_removes_what_lost_it() {
    let sandbox = Sandbox::with_x_and_y();
    for name in ["a", "b", "python3"] {
        with_ipykernel(&sandbox, name);
    }
    sandbox.run(["kernel", "sync"]).status(0).stdout("").stderr(
        "Added the kernel `a` of `a`\nAdded the kernel `b` of `b`\nAdded the kernel `python3-2` of `python3`\n",
    );
    sandbox.run(["kernel", "sync"]).status(0).stdout("").stderr("Every environment with ipykernel has its kernel.\n");
    fs::remove_dir_all(sandbox.environment("a")).unwrap();
    fs::remove_dir_all(sandbox.environment("b").join("lib")).unwrap();
    foreign(&sandbox, "foreign", sandbox.environment("a").join("bin/python").to_str().unwrap());
    sandbox.run(["kernel", "list"]).status(0).stderr("").stdout(
        "kernel     display name      environment\n\
         a          Python (a)        a            its Python is missing\n\
         b          Python (b)        b            ipykernel is missing\n\
         foreign    x                 a            its Python is missing\n\
         python3-2  Python (python3)  python3\n",
    );
    let removed = "Removed the kernel `a` of `a`\nRemoved the kernel `b` of `b`\n";
    sandbox.run(["kernel", "sync"]).status(0).stdout("").stderr(removed);
    assert!(kernels(&sandbox).join("foreign/kernel.json").is_file());
}

#[test]
fn a_kernel_follows_a_rename_in_every_shell() {
    for shell in Shell::ALL {
        let sandbox = Sandbox::new();
        let root = with_ipykernel(&sandbox, "x");
        with_ipykernel(&sandbox, "y");
        let python = root.join("bin/python").to_str().unwrap().to_owned();
        let text = foreign(&sandbox, "theirs", &python);
        // One environment has Jupyter, and lists the kernel of another.
        let inner = sandbox.environment("y").join("share/jupyter/kernels/x/kernel.json");
        sandbox.write(&inner, &text);
        Story::new()
            .run([BINARY, "kernel", "add", "y"])
            .run([BINARY, "kernel", "remove", "x"])
            .run([BINARY, "kernel", "add", "x"])
            .run(["workon", "x"])
            .run(["mvvirtualenv", "x", "the new"])
            .run(["mvvirtualenv", "y", "z"])
            .run(["deactivate"])
            .played(&sandbox, shell.plain())
            .records(&format!(
                "{BINARY} kernel add y: 0
                 {BINARY} kernel remove x: 0
                 {BINARY} kernel add x: 0
                 workon x: 0
                 mvvirtualenv x the new: 0
                 mvvirtualenv y z: 0
                 deactivate: 0"
            ));
        let new = sandbox.environment("the new").join("bin/python");
        let spec = spec(&sandbox, "the-new");
        assert_eq!((&spec["argv"][0], &spec["display_name"]), (&json!(new), &json!("Python (the new)")), "{shell:?}");
        let listed: Vec<String> = crate::support::disk::names(&kernels(&sandbox));
        assert_eq!(listed, ["the-new", "z"], "{shell:?}");
        let inner = sandbox.environment("z").join("share/jupyter/kernels/x/kernel.json");
        let inner: Value = serde_json::from_slice(&fs::read(inner).unwrap()).unwrap();
        assert_eq!(inner["argv"][0], json!(new), "{shell:?}");
    }
}

#[test]
fn a_kernel_of_another_tool_keeps_its_name_and_everything_but_the_path() {
    let sandbox = Sandbox::new();
    let root = with_ipykernel(&sandbox, "x");
    let python = root.join("bin/python").to_str().unwrap().to_owned();
    let text = foreign(&sandbox, "theirs", &python);
    let other = foreign(&sandbox, "other", "/usr/bin/python3");
    sandbox
        .run(["mvvirtualenv", "x", "new"])
        .status(0)
        .stdout("")
        .stderr("Renamed `x` to `new`\nUpdated its Jupyter kernel `theirs`\n");
    let new = sandbox.environment("new").join("bin/python");
    let expected = json!({"argv": [new, "-m", "ipykernel_launcher"], "display_name": "x"});
    assert_eq!(spec(&sandbox, "theirs"), expected);
    let read = |kernel: &str| fs::read_to_string(kernels(&sandbox).join(kernel).join("kernel.json")).unwrap();
    // Its lines stay as they were.
    assert_eq!(read("theirs").lines().last(), text.lines().last());
    assert_eq!((read("theirs").lines().count(), read("other")), (4, other));
}

#[test]
fn a_removed_environments_kernels_are_removed_and_come_back_with_it() {
    let sandbox = Sandbox::new();
    let root = with_ipykernel(&sandbox, "x");
    sandbox.run(["kernel", "add", "x"]).status(0);
    let python = root.join("bin/python").to_str().unwrap().to_owned();
    foreign(&sandbox, "theirs", &python);
    foreign(&sandbox, "odd", &python);
    sandbox.write(kernels(&sandbox).join("odd/kernel.js"), "mine");
    let before = tree(&kernels(&sandbox));
    sandbox.run(["rmvirtualenv", "x"]).status(0).stderr(
        "Removed its Jupyter kernels `theirs`, `x`\n\
         Jupyter still lists the kernel `odd`; to remove it, `venvwrap kernel remove x`\n\
         `venvwrap undo x` brings it back, for 7 days\n",
    );
    assert_eq!(crate::support::disk::names(&kernels(&sandbox)), ["odd"]);
    let restored = "Restored `x`\nRestored its Jupyter kernels `theirs`, `x`\n";
    sandbox.run(["undo"]).status(0).stdout("").stderr(restored);
    // The picture is the environment's own.
    fs::remove_file(kernels(&sandbox).join("theirs/logo-svg.svg")).unwrap();
    assert_eq!(tree(&kernels(&sandbox)), before);
    sandbox.run(["rmvirtualenv", "--now", "x"]).status(0);
    assert!(!sandbox.workon_home().join(".venvwrap/kernels/x").exists());
    sandbox.run(["kernel", "remove", "x"]).status(0).stdout("").stderr("Removed the kernel `odd`\n");
    assert_eq!(crate::support::disk::names(&kernels(&sandbox)), Vec::<String>::new());
}

#[test]
fn what_waits_in_the_store_writes_no_kernel_of_another_program() {
    let sandbox = Sandbox::with_x_and_y();
    sandbox.run(["rmvirtualenv", "x"]).status(0);
    let waiting = json!([
        {"name": "../../evil", "text": json!({"argv": [sandbox.environment("x").join("bin/python")]}).to_string()},
        {"name": "evil", "text": json!({"argv": ["/bin/evil"]}).to_string()},
        {"name": "none", "text": "no JSON"},
    ]);
    sandbox.write("envs/.venvwrap/kernels/x", waiting.to_string());
    sandbox.run(["undo"]).status(0).stdout("").stderr("Restored `x`\n");
    assert!(!kernels(&sandbox).exists() && !kernels(&sandbox).parent().unwrap().exists());
}

#[test]
fn doctor_finds_kernels_and_programs_that_point_to_what_is_missing() {
    let sandbox = Sandbox::new();
    let root = with_ipykernel(&sandbox, "x");
    for (name, has_ipykernel) in [("bare", false), ("y", true)] {
        with_ipykernel(&sandbox, name);
        sandbox.run(["kernel", "add", name]).status(0);
        if !has_ipykernel {
            fs::remove_dir_all(sandbox.environment(name).join("lib/python3.11/site-packages/ipykernel-7.0.dist-info"))
                .unwrap();
        }
    }
    fs::remove_dir_all(sandbox.environment("y")).unwrap();
    let gone = sandbox.environment("gone/bin/python");
    sandbox.write(root.join("share/jupyter/kernels/inner/kernel.json"), json!({"argv": [gone]}).to_string());
    let bin = sandbox.home().join(".local/bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(sandbox.environment("gone/bin/black"), bin.join("black")).unwrap();
    symlink(root.join("bin/python"), bin.join("fine")).unwrap();
    symlink("/no/such/place", bin.join("not-ours")).unwrap();
    sandbox.write(bin.join("script"), format!("#!{}\n", gone.display()));
    let kinds = |answer: &crate::support::sandbox::Answer<'_>| {
        let report: Value = serde_json::from_slice(&answer.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let ours = ["kernel-dangling", "kernel-without-ipykernel", "wrapper-dangling"];
        let findings = findings.filter(|finding| ours.contains(&finding["kind"].as_str().unwrap()));
        let last = |path: &Value| path.as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        findings
            .map(|finding| {
                format!(
                    "{} {} {}",
                    finding["about"].as_str().unwrap(),
                    finding["kind"].as_str().unwrap(),
                    last(&finding["path"])
                )
            })
            .collect::<Vec<_>>()
    };
    let kept = [
        "environment kernel-dangling inner",
        "jupyter kernel-without-ipykernel bare",
        "jupyter kernel-dangling y",
        "store wrapper-dangling black",
        "store wrapper-dangling script",
    ];
    assert_eq!(kinds(&sandbox.run(["doctor", "--json"]).status(1)), kept);
    let fixed = sandbox.run(["doctor", "--fix"]).status(1);
    assert!(fixed.stderr_text().contains("(jupyter): removed the kernel `y`\n"), "{fixed}");
    assert!(!kernels(&sandbox).join("y").exists());
    assert_eq!(kinds(&sandbox.run(["doctor", "--json"]).status(1)), [kept[0], kept[1], kept[3], kept[4]]);
}

#[test]
fn a_name_that_pipenv_computes_is_missed_aloud() {
    let sandbox = Sandbox::plain();
    sandbox.write("shop/Pipfile", "");
    drop(Shell::Bash.plain().run(&sandbox, "cd shop && venvwrap mkvirtualenv -q --without-pip --here").status(0));
    let name =
        crate::support::disk::names(&sandbox.workon_home()).into_iter().find(|name| name.starts_with("shop-")).unwrap();
    let answer = sandbox.run(["mvvirtualenv", &name, "shop"]).status(0).stdout("");
    let said =
        format!("Renamed `{name}` to `shop`\npipenv no longer finds it for [ROOT]/shop: it looks for `{name}`\n");
    assert_eq!(answer.stderr_text(), said);
    sandbox.run(["mvvirtualenv", "shop", "other"]).status(0).stdout("").stderr("Renamed `shop` to `other`\n");
}

#[test]
fn names_are_completed() {
    let sandbox = Sandbox::with_x_and_y();
    let offered = |words: &[&str], expected: &str| {
        let words = ["complete", "fish", "--", "venvwrap", "kernel"].iter().chain(words);
        sandbox.run(words).status(0).stderr("").stdout(expected);
    };
    offered(&["add", ""], "x\t3.11.2\ny\t3.11.2\n");
    offered(&["remove", "x", ""], "x\t3.11.2\ny\t3.11.2\n");
    offered(&["l"], "list\tList the kernels of the user, and the environment of each\n");
}
