//! Which variables an environment may set, and an undo record may restore.
//!
//! conda environments hold variables as data (`conda-meta/state`, `etc/conda/env_vars.d`), and
//! anybody can write VENVWRAP_UNDO. So a name is allowed only if no shell, loader, interpreter, or
//! tool obeys it: then the worst value is a wrong one. A hook or a trusted script can set any other
//! variable, because it is code anyway.
//!
//! Lower-case names are never allowed: zsh ties `path` and `fpath` to PATH and FPATH, fish has
//! `fish_user_paths`, and curl reads `http_proxy`. Nor are names that begin with `_`, which loaders
//! and launchers use. Proxies and certificates are refused, too: they decide which servers pip,
//! git, and curl talk to and trust.

use crate::env_vars;

/// Names that something obeys.
struct Obeyed {
    /// What obeys them, in words.
    by: &'static str,
    /// Names, separated by blanks.
    names: &'static [&'static str],
    /// Prefixes of such names.
    beginnings: &'static [&'static str],
}

const OBEYED: &[Obeyed] = &[
    // Shells: bash, zsh, fish, dash, and what they pass to every program. Shells and terminals.
    Obeyed {
        by: "shells obey it",
        names: &[
            "ARGC CDPATH CHILD_MAX CMD_DURATION COLUMNS CORRECT_IGNORE CORRECT_IGNORE_FILE COPROC CPUTYPE DIRSTACK DIRSTACKSIZE",
            "EGID ENV EPOCHREALTIME EPOCHSECONDS ERRNO EUID EXECIGNORE FCEDIT FIGNORE FPATH FUNCNAME FUNCNEST GID GLOBIGNORE",
            "GLOBSORT GROUPS HOME HOST HOSTFILE HOSTNAME HOSTTYPE IFS IGNOREEOF INPUTRC KEYTIMEOUT LANG LANGUAGE LINENO LINES",
            "LISTMAX LOGCHECK LOGNAME MACHTYPE MAPFILE MATCH MBEGIN MEND NULLCMD OLDPWD OPTARG OPTERR OPTIND OSTYPE PATH",
            "PIPESTATUS POSIXLY_CORRECT POSTEDIT PPID PSVAR PWD RANDOM READNULLCMD REPLY REPORTMEMORY REPORTTIME SAVEHIST SECONDS",
            "SHELL SHELLOPTS SHLVL SPROMPT SRANDOM STTY TIMEFMT TIMEFORMAT TMOUT TMP TMPDIR TMPPREFIX TMPSUFFIX TEMP TEMPDIR TTY",
            "TTYIDLE UID USER USERNAME VENDOR WATCH WATCHFMT WORDCHARS ARGV0 BAUD MODULE_PATH",
        ],
        beginnings: &[
            "BASH COLORTERM COMP DIRENV_ FISH FZF_ HIST INSIDE_ KSH LC_ LS_COLORS MAIL NCURSES_ PROMPT PS0 PS1 PS2 PS3 PS4 PS5 PS6",
            "PS7 PS8 PS9 READLINE_ RPROMPT RPS TERM TRY_BLOCK_ XDG_ ZBEEP ZCALC ZDOTDIR ZLE ZLS_ ZSH",
        ],
    },
    // Loaders of programs, of modules, and of the C library's own files. Loaders.
    Obeyed {
        by: "loaders of programs obey it",
        names: &[
            "GCONV_PATH GETCONF_DIR GIO_EXTRA_MODULES GIO_MODULE_DIR GTK_MODULES GTK_PATH GTK3_MODULES HOSTALIASES LIBPATH",
            "LOCALDOMAIN LOCPATH NLSPATH QT_PLUGIN_PATH RES_OPTIONS SHLIB_PATH TZDIR",
        ],
        beginnings: &["DYLD_ GLIBC_ LD_ LIBC_ MALLOC_"],
    },
    // Interpreters and their build tools. Interpreters.
    Obeyed {
        by: "interpreters and build tools obey it",
        names: &["CLASSPATH COMPILER_PATH M4PATH PHPRC"],
        beginnings: &[
            "AWK BUN_ BUNDLE CAML CARGO_ DENO_ DOTNET_ ELIXIR_ EMACS ERL_ GAWK GEM_ GHC GO111 GOFLAGS GOPATH GOPROXY GOROOT GOSUMDB",
            "GRADLE_ GUILE_ JAVA JDK_ JULIA_ JVM_ LUA MAKE MAVEN_ MONO_ NODE_ NPM_ NVIM OCAML PERL PHP_ PYDEVD PYENV_ PYTEST_",
            "PYTHON RETICULATE_ RHOME RSCRIPT RUBY RUST R_ TCL TK_ VIM YARN_",
        ],
    },
    // Version control, ssh, and keys.
    Obeyed {
        by: "git, ssh, or another tool for versions and keys obeys it",
        names: &[],
        beginnings: &["BZR CVS GCM_ GH_ GIT_ GNUPG GPG_ HG PINENTRY RSYNC_ SSH SUDO_ SVN_"],
    },
    // Installers, and managers of environments and Pythons. conda's own are computed, never copied.
    Obeyed {
        by: "installers or managers of Pythons obey it",
        names: &[],
        beginnings: &[
            "ASDF_ CONDA DISTUTILS_ HATCH_ HOMEBREW_ MAMBA_ MICROMAMBA_ MISE_ NOX PDM_ PIP PIXI_ POETRY_ RYE_ SETUPTOOLS_ TOX TWINE_",
            "UV_ VIRTUALENV",
        ],
    },
    // Editors, pagers, and programs that other programs start. Editors and pagers.
    Obeyed {
        by: "it names programs that others start",
        names: &["BROWSER EDITOR MORE PAGER VISUAL"],
        beginnings: &["BAT_ DELTA_ GROFF_ LESS LV MAN MOST_ SYSTEMD_"],
    },
    // Servers to talk to and trust. Certificates.
    Obeyed {
        by: "it decides which servers are talked to and trusted",
        names: &["ALL_PROXY FTP_PROXY HTTP_PROXY HTTPS_PROXY NETRC NO_PROXY WGETRC"],
        beginnings: &["CURL_ OPENSSL_ SSL"],
    },
    // venvwrap's, besides those in `env_vars`. venvwrap's.
    Obeyed {
        by: "venvwrap sets or reads it",
        names: &["HOOK_VERBOSE_OPTION PROJECT_HOME WORKON_HOME"],
        beginnings: &["VENVWRAP_ VIRTUAL_ENV"],
    },
];

/// Suffixes of such names, in any program.
const ENDINGS: &[&str] = &[
    "_ASKPASS",
    "_BROWSER",
    "_CA_BUNDLE",
    "_CERT_DIR",
    "_CERT_FILE",
    "_EDITOR",
    "_OPTIONS",
    "_OPTS",
    "_PAGER",
    "_PROXY",
];

/// Why an environment must not set a variable of that name; `None` if it may.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    let is_plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.starts_with(|first: char| first.is_ascii_uppercase()) || !name.bytes().all(is_plain) {
        return Some("a name is upper-case letters, digits, and `_`, and begins with a letter");
    }
    let words = |lines: &'static [&'static str]| lines.iter().flat_map(|line| line.split(' '));
    let obeyed = OBEYED.iter().find(|obeyed| {
        words(obeyed.names).any(|each| each == name)
            || words(obeyed.beginnings).any(|start| !start.is_empty() && name.starts_with(start))
    });
    match obeyed {
        Some(obeyed) => Some(obeyed.by),
        None if ENDINGS.iter().any(|end| name.ends_with(end)) => Some("programs find other programs or servers by it"),
        None if env_vars::ALL.iter().any(|each| each.name == name) => Some("venvwrap sets or reads it"),
        None => None,
    }
}

/// Whether an environment may set a variable of that name.
pub(crate) fn may_be_brought(name: &str) -> bool {
    refusal(name).is_none()
}

/// Whether an undo record may restore a variable of that name: one that an environment may set, or
/// one of conda's own.
pub(super) fn may_be_put_back(name: &str) -> bool {
    may_be_brought(name) || is_computed(name)
}

/// The variables that activating a conda environment computes.
fn is_computed(name: &str) -> bool {
    let is_numbered = |start: &str| {
        let number = name.strip_prefix(start).filter(|number| (1..=4).contains(&number.len()));
        number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    // An earlier value: `__CONDA_SHLVL_1_NAME`.
    let below = name.strip_prefix("__CONDA_SHLVL_").and_then(|rest| rest.split_once('_'));
    let is_kept = below.is_some_and(|(level, name)| {
        !level.is_empty() && level.bytes().all(|byte| byte.is_ascii_digit()) && may_be_brought(name)
    });
    ["CONDA_PREFIX", "CONDA_SHLVL", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER"].contains(&name)
        || is_numbered("CONDA_PREFIX_")
        || is_numbered("CONDA_STACKED_")
        || is_kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_of_programs_comes_along() {
        for name in [
            "GDAL_DATA",
            "PROJ_DATA",
            "OWN",
            "A",
            "A1_B",
            "API_KEY",
            "DATABASE_URL",
            "AWS_PROFILE",
            "DJANGO_SETTINGS_MODULE",
            "OMP_NUM_THREADS",
            "PSYCOPG_IMPL",
        ] {
            assert!(may_be_brought(name) && may_be_put_back(name), "{name}");
        }
    }

    #[test]
    fn nothing_that_is_obeyed_does() {
        let obeyed = "PATH IFS ENV HOME CDPATH FPATH PS1 PS4 PROMPT_COMMAND PROMPT RPROMPT RPS1 SPROMPT BASH_ENV BASHOPTS ZDOTDIR SHELLOPTS \
             UID STTY ARGV0 TMOUT NULLCMD READNULLCMD HISTFILE HISTCONTROL SAVEHIST MAIL MAILPATH MAILCHECK TMPDIR INPUTRC \
             FISH_VERSION LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT DYLD_INSERT_LIBRARIES GLIBC_TUNABLES MALLOC_CHECK_ GCONV_PATH LOCPATH NLSPATH \
             PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONBREAKPOINT PERL5OPT PERL5LIB PERLLIB RUBYOPT RUBYLIB NODE_OPTIONS NODE_PATH \
             LUA_INIT LUA_PATH LUA_INIT_5_4 JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS JAVA_HOME _JAVA_OPTIONS R_PROFILE R_HOME R_LIBS \
             GIT_SSH_COMMAND GIT_DIR GIT_CONFIG_COUNT SSH_AUTH_SOCK SSH_ASKPASS SUDO_ASKPASS PIP_INDEX_URL PIP_TARGET PIPENV_PYPI_MIRROR UV_INDEX_URL \
             CONDA_PREFIX CONDA_SHLVL CONDA_EXE CONDA_ANYTHING __CONDA_SHLVL_0_A EDITOR VISUAL PAGER GIT_PAGER LESS LESSOPEN LESSKEY BROWSER \
             MANPATH MANPAGER TERM TERMINFO TERMINFO_DIRS TERMCAP XDG_STATE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR HTTP_PROXY HTTPS_PROXY \
             ALL_PROXY NO_PROXY SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF REQUESTS_CA_BUNDLE CURL_CA_BUNDLE CURL_HOME NIX_SSL_CERT_FILE \
             VIRTUALENVWRAPPER_HOOK_DIR VIRTUALENVWRAPPER_PYTHON WORKON_HOME PROJECT_HOME VENVWRAP_UNDO VENVWRAP_INSTALLER VIRTUAL_ENV \
             VIRTUAL_ENV_PROMPT VIRTUAL_ENV_DISABLE_PROMPT VIRTUALENV_PYTHON _ __PYVENV_LAUNCHER__ _OLD_VIRTUAL_PATH LANG LC_ALL";
        for name in obeyed.split_whitespace() {
            assert!(!may_be_brought(name), "{name}");
        }
        for each in env_vars::ALL {
            assert!(!may_be_put_back(each.name), "{}", each.name);
        }
        let lower = [
            "path",
            "fpath",
            "prompt",
            "fish_user_paths",
            "fish_greeting",
            "http_proxy",
            "status",
            "argv",
            "own",
            "Own",
        ];
        for name in lower.into_iter().chain(["", "1A", "A-B", "A B", "A=B", "\u{c4}", "A\n", "__venvwrap"]) {
            assert!(!may_be_put_back(name), "{name}");
        }
    }

    #[test]
    fn a_record_restores_condas_own_variables() {
        for name in [
            "CONDA_PREFIX",
            "CONDA_PREFIX_12",
            "CONDA_STACKED_2",
            "CONDA_SHLVL",
            "CONDA_DEFAULT_ENV",
            "__CONDA_SHLVL_0_OWN",
        ] {
            assert!(may_be_put_back(name) && !may_be_brought(name), "{name}");
        }
        for name in [
            "CONDA_EXE",
            "CONDA_PREFIX_",
            "CONDA_PREFIX_X",
            "__CONDA_SHLVL_0_PATH",
            "__CONDA_SHLVL__OWN",
            "__CONDA_SHLVL_0_",
            "CONDA_PYTHON_EXE",
        ] {
            assert!(!may_be_put_back(name), "{name}");
        }
    }
}
