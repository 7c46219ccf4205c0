//! The table: for each verb, the lines with which the promises are tried. A verb without a row
//! fails a test.
//!
//! A line is split at blanks. `PYTHON` is an interpreter, `HERE` a project, `VENV` one with an
//! environment in it, `STORE` the store, `NAME` a bad name; `>FULL` at its end: stdout goes to a
//! disk that is full. A verb without a function is called as `venvwrap VERB`.

/// How one verb is tried.
pub(super) struct Row {
    /// Its name.
    pub(super) verb: &'static str,
    /// Lines and their statuses, for a shell with nothing active and a store with `x` and `y`,
    /// which they leave as they found it.
    pub(super) day: &'static [(&'static str, i32)],
    /// Whether they leave the shell in another directory.
    pub(super) moves: bool,
    /// Where it takes a name.
    pub(super) names: &'static [&'static str],
    /// What it cannot do: status 1, one line and a hint.
    pub(super) fails: &'static [&'static str],
    /// A wrong command line: status 2. Empty: every word is another command's.
    pub(super) usage: &'static str,
    /// Lines about `x` that must work as well where its Python is gone, and that never start one.
    pub(super) broken: &'static [(&'static str, i32)],
}

const ROW: Row = Row { verb: "", day: &[], moves: false, names: &[], fails: &[], usage: "", broken: &[] };

/// What is no verb and is asked by Tab.
pub(super) const COMPLETE: &str = "complete";

/// In the order of the help, and then those that nobody types.
pub(super) const TABLE: &[Row] = &[
    Row {
        verb: "mkvirtualenv",
        day: &[
            ("mkvirtualenv -q --without-pip -p PYTHON made", 0),
            ("mkvirtualenv -q x", 0),
            ("deactivate", 0),
            ("rmvirtualenv --now made", 0),
        ],
        names: &["mkvirtualenv NAME", "mkvirtualenv --clear NAME"],
        fails: &["mkvirtualenv -p /no/such/python made"],
        usage: "mkvirtualenv --nosuch",
        ..ROW
    },
    Row {
        verb: "mktmpenv",
        day: &[("mktmpenv -q -n --without-pip -p PYTHON", 0), ("deactivate", 0)],
        fails: &["mktmpenv -p /no/such/python"],
        usage: "mktmpenv --nosuch",
        ..ROW
    },
    Row {
        verb: "cpvirtualenv",
        day: &[("cpvirtualenv x copy", 0), ("deactivate", 0), ("rmvirtualenv --now copy", 0)],
        names: &["cpvirtualenv NAME copy", "cpvirtualenv x NAME", "cpvirtualenv NAME"],
        fails: &["cpvirtualenv", "cpvirtualenv x y"],
        usage: "cpvirtualenv --nosuch",
        ..ROW
    },
    Row {
        verb: "mvvirtualenv",
        day: &[("mvvirtualenv y z", 0), ("mvvirtualenv z y", 0)],
        names: &["mvvirtualenv NAME z", "mvvirtualenv x NAME"],
        fails: &["mvvirtualenv x y"],
        usage: "mvvirtualenv x",
        broken: &[("mvvirtualenv x z", 0), ("mvvirtualenv z x", 0)],
        ..ROW
    },
    Row {
        verb: "rmvirtualenv",
        day: &[("rmvirtualenv y", 0), ("undo", 0), ("rmvirtualenv gone", 1), ("rmvirtualenv -f gone", 0)],
        names: &["rmvirtualenv NAME", "rmvirtualenv x NAME", "rmvirtualenv --now NAME", "rmvirtualenv --force NAME"],
        fails: &["rmvirtualenv"],
        usage: "rmvirtualenv --nosuch x",
        broken: &[("rmvirtualenv x", 0), ("undo", 0)],
        ..ROW
    },
    Row {
        verb: "adopt",
        day: &[("adopt --dry-run VENV", 0), ("adopt --in-place VENV mine", 0), ("undo mine", 0)],
        names: &["adopt VENV NAME"],
        fails: &["adopt HERE", "adopt /no/such/place"],
        usage: "adopt --nosuch",
        ..ROW
    },
    Row {
        verb: "undo",
        day: &[("rmvirtualenv y", 0), ("undo --list", 0), ("undo --list --json", 0), ("undo y", 0)],
        names: &["undo NAME"],
        fails: &["undo gone"],
        usage: "undo --nosuch",
        broken: &[("rmvirtualenv x", 0), ("undo --list", 0), ("undo x", 0)],
        ..ROW
    },
    Row {
        verb: "prune",
        day: &[
            ("prune --dry-run", 0),
            ("prune --unused 90d --json", 0),
            ("rmvirtualenv y", 0),
            ("prune --trash --dry-run", 0),
            ("prune --trash --older-than 1d --yes", 0),
            ("undo y", 0),
        ],
        fails: &["prune --json >FULL"],
        usage: "prune --unused soon",
        broken: &[("prune --dry-run", 0)],
        ..ROW
    },
    Row {
        verb: "snapshot",
        day: &[
            ("snapshot x", 0),
            ("snapshot --list", 0),
            ("snapshot --list x --json", 0),
            ("snapshot --remove x 1", 0),
        ],
        names: &["snapshot NAME", "snapshot --list NAME"],
        fails: &["snapshot gone", "snapshot --remove x 7", "snapshot --list --json >FULL"],
        usage: "snapshot --remove x",
        broken: &[("snapshot x", 0), ("snapshot --list", 0), ("snapshot --remove x 1", 0)],
        ..ROW
    },
    Row {
        verb: "rollback",
        day: &[("snapshot y", 0), ("rollback y", 0), ("rollback y 1", 0), ("snapshot --remove y 1", 0)],
        names: &["rollback NAME", "rollback NAME 1"],
        fails: &["rollback gone", "rollback x", "rollback x 7"],
        usage: "rollback x one",
        broken: &[("snapshot x", 0), ("rollback x", 0), ("snapshot --remove x 1", 0)],
        ..ROW
    },
    Row {
        verb: "lock",
        day: &[("lock y", 0), ("rmvirtualenv y", 1), ("mvvirtualenv y z", 1), ("unlock y", 0)],
        names: &["lock NAME"],
        fails: &["lock gone"],
        usage: "lock",
        broken: &[("lock x", 0), ("rmvirtualenv x", 1), ("unlock x", 0)],
        ..ROW
    },
    Row {
        verb: "unlock",
        day: &[("unlock y", 0), ("lock x y", 0), ("unlock x y", 0)],
        names: &["unlock NAME"],
        fails: &["unlock gone"],
        usage: "unlock --nosuch y",
        broken: &[("unlock x", 0)],
        ..ROW
    },
    Row {
        verb: "export",
        day: &[
            ("export x", 0),
            ("export --all", 0),
            ("export x -o x.toml", 0),
            ("export x --format requirements", 0),
            ("export x --format pylock", 1),
        ],
        names: &["export NAME"],
        fails: &["export", "export gone", "export x -o STORE", "export x >FULL"],
        usage: "export --all x",
        broken: &[("export x", 0), ("export --all", 0), ("export x --format requirements", 0)],
        ..ROW
    },
    Row {
        verb: "import",
        day: &[("export x -o x.toml", 0), ("import x.toml", 0), ("import -n --hooks x.toml x", 0)],
        fails: &["import no.toml", "import STORE"],
        usage: "import --nosuch x.toml",
        broken: &[("export x -o x.toml", 0), ("import x.toml", 0)],
        ..ROW
    },
    Row {
        verb: "workon",
        day: &[("workon", 1), ("workon x", 0), ("workon y", 0), ("deactivate", 0)],
        names: &["workon NAME"],
        fails: &["workon gone"],
        usage: "workon --nosuch",
        broken: &[("workon", 1), ("workon x", 1)],
        ..ROW
    },
    Row {
        verb: "deactivate",
        day: &[("workon x", 0), ("deactivate", 0), ("workon x", 0), ("venvwrap deactivate", 0)],
        // With nothing active there is no function of that name.
        fails: &["venvwrap deactivate"],
        // What other makers' `deactivate` takes, and everything else, is passed over: leaving
        // always works.
        ..ROW
    },
    Row {
        verb: "cdvirtualenv",
        day: &[("workon x", 0), ("cdvirtualenv lib", 0), ("cdvirtualenv", 0), ("deactivate", 0)],
        moves: true,
        fails: &["cdvirtualenv"],
        usage: "cdvirtualenv --nosuch",
        ..ROW
    },
    Row {
        verb: "cdsitepackages",
        day: &[("workon x", 0), ("cdsitepackages", 0), ("deactivate", 0)],
        moves: true,
        fails: &["cdsitepackages"],
        usage: "cdsitepackages --nosuch",
        ..ROW
    },
    Row {
        verb: "allvirtualenv",
        day: &[("allvirtualenv test x", 0), ("allvirtualenv --status test x", 0), ("allvirtualenv --parallel true", 0)],
        fails: &["allvirtualenv --parallel no-such-program"],
        usage: "allvirtualenv --jobs none --parallel true",
        ..ROW
    },
    Row {
        verb: "run",
        day: &[("run x true", 0), ("run x sh -c true", 0), ("run x false", 1)],
        names: &["run NAME true"],
        fails: &["run gone true"],
        usage: "run x",
        ..ROW
    },
    Row {
        verb: "try",
        day: &[("try x true", 0), ("try --drop x false", 1), ("try --keep y true", 0)],
        names: &["try NAME true", "try --keep NAME true"],
        fails: &["try gone true"],
        usage: "try x",
        ..ROW
    },
    Row {
        verb: "env",
        day: &[("env x", 0), ("env --format json x", 0)],
        names: &["env NAME"],
        fails: &["env gone", "env x >FULL"],
        usage: "env --format nosuch x",
        ..ROW
    },
    Row {
        verb: "which",
        day: &[("which x", 0), ("which x python", 0)],
        names: &["which NAME"],
        fails: &["which gone", "which x no-such-program"],
        usage: "which --nosuch",
        ..ROW
    },
    Row {
        verb: "lsvirtualenv",
        day: &[("lsvirtualenv", 0), ("lsvirtualenv -b", 0), ("lsvirtualenv --json --size", 0)],
        fails: &["lsvirtualenv -b >FULL", "lsvirtualenv >FULL"],
        usage: "lsvirtualenv --nosuch",
        broken: &[("lsvirtualenv --sort size", 0), ("lsvirtualenv -b", 0), ("lsvirtualenv --json", 0)],
        ..ROW
    },
    Row {
        verb: "showvirtualenv",
        day: &[("showvirtualenv x", 0), ("showvirtualenv --json x", 0)],
        names: &["showvirtualenv NAME"],
        fails: &["showvirtualenv", "showvirtualenv gone"],
        usage: "showvirtualenv --nosuch",
        broken: &[("showvirtualenv x", 0), ("showvirtualenv --json x", 0)],
        ..ROW
    },
    Row {
        verb: "lssitepackages",
        day: &[("workon x", 0), ("lssitepackages", 0), ("deactivate", 0)],
        fails: &["lssitepackages"],
        // Its words are those of `ls`.
        ..ROW
    },
    Row {
        verb: "find",
        day: &[
            ("find six", 1),
            ("find --file no/such/file", 1),
            ("find --script python", 0),
            ("find --script python --all --json", 0),
            ("find --pth", 1),
        ],
        fails: &["find --script python >FULL", "find --script python --json >FULL"],
        usage: "find numpy=1",
        broken: &[("find six", 1), ("find --script activate", 1), ("find --pth", 1)],
        ..ROW
    },
    Row {
        verb: "diff",
        day: &[("diff x y", 0), ("diff x y --json", 0), ("diff x p", 1), ("diff x p --packages", 0)],
        names: &["diff NAME x", "diff x NAME", "diff NAME"],
        fails: &["diff", "diff x gone", "diff x p >FULL", "diff x STORE"],
        usage: "diff x",
        broken: &[("diff --packages x y", 0), ("diff --packages x p", 0)],
        ..ROW
    },
    Row {
        verb: "virtualenvwrapper",
        day: &[("virtualenvwrapper", 0)],
        fails: &["virtualenvwrapper >FULL"],
        usage: "virtualenvwrapper --nosuch",
        ..ROW
    },
    Row {
        verb: "add2virtualenv",
        day: &[
            ("workon x", 0),
            ("add2virtualenv HERE", 0),
            ("add2virtualenv", 1),
            ("add2virtualenv -d HERE", 0),
            ("deactivate", 0),
        ],
        fails: &["add2virtualenv HERE"],
        usage: "add2virtualenv --nosuch",
        ..ROW
    },
    Row {
        verb: "toggleglobalsitepackages",
        day: &[("workon x", 0), ("toggleglobalsitepackages", 0), ("toggleglobalsitepackages -q", 0), ("deactivate", 0)],
        fails: &["toggleglobalsitepackages"],
        usage: "toggleglobalsitepackages --nosuch",
        ..ROW
    },
    Row {
        verb: "wipeenv",
        day: &[("workon x", 0), ("wipeenv", 0), ("deactivate", 0)],
        fails: &["wipeenv"],
        usage: "wipeenv --nosuch",
        ..ROW
    },
    Row {
        verb: "note",
        day: &[("note x", 1), ("note x text", 0), ("note x", 0), ("note --remove x", 0)],
        names: &["note NAME", "note NAME text"],
        fails: &["note gone", "note gone text"],
        usage: "note --remove x text",
        broken: &[("note x", 1)],
        ..ROW
    },
    Row {
        verb: "set",
        day: &[("set x", 0), ("set x A=1 --path HERE", 0), ("set x --json", 0), ("unset x --all", 0)],
        names: &["set NAME", "set NAME A=1"],
        fails: &["set gone", "set gone A=1", "set x --from-file no.env", "set x --json >FULL"],
        usage: "set x PATH=1",
        broken: &[("set x A=1", 0), ("set x", 0), ("unset x A", 0)],
        ..ROW
    },
    Row {
        verb: "unset",
        day: &[("set x A=1", 0), ("unset x A", 0), ("unset x --all", 0)],
        names: &["unset NAME A", "unset NAME --all"],
        fails: &["unset gone --all"],
        usage: "unset x",
        broken: &[("set x A=1", 0), ("unset x A", 0)],
        ..ROW
    },
    Row {
        verb: "kernel",
        day: &[("kernel list", 0), ("kernel list --json", 0), ("kernel sync", 0), ("kernel remove x", 0)],
        names: &["kernel add NAME", "kernel remove NAME"],
        fails: &["kernel add gone", "kernel add x", "kernel remove gone", "kernel list --json >FULL"],
        usage: "kernel nosuch",
        broken: &[("kernel list", 0), ("kernel sync", 0), ("kernel remove x", 0)],
        ..ROW
    },
    Row {
        verb: "mkproject",
        day: &[
            ("mkproject --list-templates", 0),
            ("mkproject -q -f --without-pip -p PYTHON made", 0),
            ("deactivate", 0),
            ("rmvirtualenv --now made", 0),
        ],
        moves: true,
        names: &["mkproject NAME", "mkproject -f NAME"],
        fails: &["mkproject -p /no/such/python made"],
        usage: "mkproject --nosuch",
        ..ROW
    },
    Row {
        verb: "setvirtualenvproject",
        day: &[("setvirtualenvproject p HERE", 0)],
        names: &["setvirtualenvproject NAME HERE"],
        fails: &["setvirtualenvproject", "setvirtualenvproject p /no/such/place"],
        usage: "setvirtualenvproject --nosuch",
        broken: &[("setvirtualenvproject x HERE", 0)],
        ..ROW
    },
    Row {
        verb: "cdproject",
        day: &[("workon -n p", 0), ("cdproject", 0), ("deactivate", 0)],
        moves: true,
        fails: &["cdproject"],
        usage: "cdproject --nosuch",
        ..ROW
    },
    Row {
        verb: "freeze",
        day: &[("freeze x --to -", 1)],
        names: &["freeze NAME --to -"],
        fails: &["freeze", "freeze gone"],
        usage: "freeze --nosuch",
        ..ROW
    },
    Row {
        verb: "uv",
        day: &[("uv on p", 0), ("uv list", 0), ("uv list --json", 0), ("uv off p", 0)],
        names: &["uv on NAME", "uv off NAME"],
        fails: &["uv on gone", "uv on x", "uv off gone", "uv on", "uv list --json >FULL"],
        usage: "uv nosuch",
        broken: &[("uv list", 0), ("uv off x", 0)],
        ..ROW
    },
    Row {
        verb: "trust",
        day: &[
            ("trust HERE", 0),
            ("trust --list HERE", 0),
            ("trust --list --json HERE", 0),
            ("trust --revoke HERE", 0),
        ],
        fails: &["trust /no/such/place"],
        usage: "trust --nosuch",
        ..ROW
    },
    Row {
        verb: "python",
        day: &[("python find PYTHON", 0), ("python list PYTHON", 0), ("python list --json PYTHON", 0)],
        fails: &["python find /no/such/python", "python list /no/such/python", "python find PYTHON >FULL"],
        usage: "python nosuch",
        ..ROW
    },
    Row {
        verb: "doctor",
        // 1: there is something to do for environments that were written by hand.
        day: &[("doctor", 0), ("doctor --json x", 0)],
        names: &["doctor NAME", "doctor --fix x NAME"],
        fails: &["doctor gone", "doctor --json >FULL"],
        usage: "doctor --nosuch",
        broken: &[("doctor", 1), ("doctor --json", 1)],
        ..ROW
    },
    Row {
        verb: "upgrade",
        // `-p`: without it, a `python3` that was never seen is asked for its version.
        day: &[("upgrade -n -p PYTHON x", 0), ("upgrade --all --json -n -p PYTHON", 0)],
        names: &["upgrade NAME", "upgrade x NAME"],
        fails: &["upgrade gone", "upgrade -p /no/such/python x", "upgrade -n -p PYTHON x >FULL"],
        usage: "upgrade --all x",
        ..ROW
    },
    Row {
        verb: "setup",
        day: &[
            ("setup bash --dry-run", 0),
            ("setup bash", 2),
            ("setup bash zsh fish --yes", 0),
            ("setup", 0),
            ("setup --uninstall -n", 0),
            ("setup --uninstall --yes", 0),
            ("setup --uninstall", 0),
        ],
        fails: &["setup bash --yes >FULL", "setup zsh -n >FULL"],
        usage: "setup nosuch",
        broken: &[("setup fish -n", 0)],
        ..ROW
    },
    Row {
        verb: "prompt",
        day: &[("prompt", 1), ("workon x", 0), ("prompt", 0), ("deactivate", 0)],
        usage: "prompt --nosuch",
        ..ROW
    },
    Row {
        verb: "init",
        day: &[("init bash", 0), ("init zsh", 0), ("init fish", 0)],
        fails: &["init bash >FULL"],
        usage: "init nosuch",
        ..ROW
    },
    Row {
        verb: "completions",
        day: &[("completions bash", 0)],
        fails: &["completions bash >FULL"],
        usage: "completions nosuch",
        ..ROW
    },
    Row { verb: "man", day: &[("man", 0)], fails: &["man >FULL"], usage: "man --nosuch", ..ROW },
    Row {
        verb: "answer",
        day: &[("answer workon-home", 0), ("answer hook-directory", 0), ("answer verify-environment x", 0)],
        names: &["answer verify-environment NAME"],
        fails: &["answer site-packages", "answer workon-home >FULL"],
        usage: "answer nosuch",
        ..ROW
    },
    Row {
        verb: "automatic",
        day: &[("automatic", 0), ("automatic --quiet", 0), ("automatic --list", 0)],
        usage: "automatic --nosuch",
        ..ROW
    },
    Row {
        verb: "background",
        day: &[("background tidy STORE", 0)],
        fails: &["background stage STORE /no/such/python"],
        usage: "background nosuch",
        ..ROW
    },
    Row {
        verb: "hook",
        day: &[("hook prermvirtualenv x", 0), ("hook no_such_event", 0)],
        names: &["hook prermvirtualenv NAME"],
        usage: "hook",
        ..ROW
    },
    Row {
        verb: "install",
        day: &[("install STORE/x --", 0)],
        fails: &["install STORE/gone -- tiny-thing"],
        usage: "install",
        ..ROW
    },
    Row {
        verb: "finish-project",
        day: &[("finish-project p", 0)],
        moves: true,
        names: &["finish-project NAME"],
        fails: &["finish-project gone"],
        usage: "finish-project",
        ..ROW
    },
    Row {
        verb: COMPLETE,
        day: &[("complete fish -- workon EMPTY", 0)],
        // Tab says nothing, whatever is wrong.
        broken: &[("complete fish -- workon EMPTY", 0)],
        ..ROW
    },
];
