//! Any bytes survive every shell: in an environment's name, its prompt, and a line appended to its
//! `bin/activate`.
//!
//! The shell itself is the judge: a child reports its variables after `workon`, byte for byte, and
//! the shell reports what is left after `deactivate`.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;

use proptest::collection::vec;
use proptest::prelude::*;

use crate::support::pythons;
use crate::support::sandbox::{Sandbox, bytes};
use crate::support::shells::{MODES, Shell};
use crate::support::story::Story;
use crate::support::tally;

/// Values that must arrive unchanged.
#[derive(Debug, Clone)]
struct Case {
    /// The environment's name, which ends its path.
    name: Vec<u8>,
    prompt: Vec<u8>,
    /// The value that a line at the end of `bin/activate` assigns, and that a variable has before.
    value: Vec<u8>,
}

/// Every allowed byte except NUL, each once. The newline is last, where it is lost most easily.
fn every_byte(allowed: impl Fn(u8) -> bool) -> Vec<u8> {
    (1..=255).filter(|byte| *byte != b'\n').chain([b'\n']).filter(|byte| allowed(*byte)).collect()
}

/// PATH entries cannot contain a `:`. All other bytes may be in the name of a directory. (Apple's
/// file system requires UTF-8.)
fn in_names(byte: u8) -> bool {
    byte != b'/' && byte != b':' && (byte.is_ascii() || !cfg!(target_os = "macos"))
}

/// A value in pyvenv.cfg ends at the end of the line; Python counts a carriage return as one.
fn in_prompts(byte: u8) -> bool {
    !matches!(byte, b'\n' | b'\r')
}

/// Byte strings with more special characters of shells than chance would produce.
fn bytes_that(allowed: fn(u8) -> bool, longest: usize) -> impl Strategy<Value = Vec<u8>> {
    let special = proptest::sample::select(b"'\"\\$`!;&|<>(){}[]*?~#%=^ \t\n\r\x1b\x7f\xff\xc3\xa9".to_vec());
    vec(prop_oneof![special, 1..=255_u8, b'a'..=b'z'], 0..longest)
        .prop_map(move |bytes| bytes.into_iter().filter(|byte| allowed(*byte)).collect())
}

fn cases() -> impl Strategy<Value = Vec<Case>> {
    let case = (bytes_that(in_names, 60), bytes_that(in_prompts, 60), bytes_that(|_| true, 60));
    // Without duplicates, `.`, and names that look like options.
    vec(case, 1..6).prop_map(|cases| {
        let numbered = cases.into_iter().enumerate().map(|(number, (name, prompt, value))| {
            let name = [number.to_string().into_bytes(), name].concat();
            Case { name, prompt, value }
        });
        numbered.collect()
    })
}

/// The prompt as drawn: bytes that are not UTF-8 stay. The only invisible character that random
/// bytes produce is the soft hyphen.
fn drawn(prompt: &[u8]) -> Vec<u8> {
    let mut drawn = Vec::new();
    for chunk in prompt.utf8_chunks() {
        let drawn_as = |character: char| if character.is_control() || character == '\u{ad}' { '_' } else { character };
        drawn.extend(chunk.valid().chars().map(drawn_as).collect::<String>().into_bytes());
        drawn.extend_from_slice(chunk.invalid());
    }
    drawn
}

/// Activates and deactivates all environments in one shell, and compares the values.
fn arrives(shell: Shell, locale: &str, cases: &[Case]) -> Result<(), TestCaseError> {
    let mut sandbox = Sandbox::new();
    sandbox.set("LC_ALL", locale);
    let look = "/bin/sh -c 'printf \"%s\\0\" \"${VIRTUAL_ENV-none}\" \"${VIRTUAL_ENV_PROMPT-none}\" \"${MINE-none}\" \
                \"${PYTHONHOME-none}\" \"$PATH\"' >>$__story_records";
    let look = |story: Story| story.code(look.replace("$__story_records", "\"$__story_records\""), look);
    let mut story = Story::new();
    let mut expected: Vec<Vec<u8>> = Vec::new();
    let path = bytes(&sandbox.variables()[OsStr::new("PATH")]);
    for case in cases {
        let root = sandbox.minimal_environment(OsStr::from_bytes(&case.name));
        // Quoted like venv does, which preserves blanks at the ends.
        let prompt = [b"home = /usr/bin\nprompt = '", &case.prompt[..], b"'\n"].concat();
        fs::write(root.join("pyvenv.cfg"), prompt).unwrap();
        let activate = fs::read(root.join("bin/activate")).unwrap();
        let appended = [&activate[..], b"export MINE=", &Shell::Bash.quoted(&case.value), b"\n"].concat();
        fs::write(root.join("bin/activate"), appended).unwrap();

        story = look(story.export("PYTHONHOME", &case.value).run([b"workon", &case.name[..]]));
        story = look(story.run(["deactivate"])).unset("MINE");
        // With an empty prompt, the name is shown.
        let prompt = drawn(if case.prompt.is_empty() { &case.name } else { &case.prompt });
        let mine = if shell == Shell::Fish { b"none" } else { &case.value[..] };
        let inside = [bytes(root.join("bin")), path.clone()].join(&b':');
        expected.extend([[b"workon ", &case.name[..], b": 0"].concat(), bytes(&root), prompt, mine.to_vec()]);
        expected.extend([b"none".to_vec(), inside, b"deactivate: 0".to_vec(), b"none".to_vec(), b"none".to_vec()]);
        expected.extend([mine.to_vec(), case.value.clone(), path.clone()]);
    }
    expected.push(b"end".to_vec());
    let told = story.played(&sandbox, shell.plain());
    let shown = |records: &[Vec<u8>]| -> Vec<String> {
        records.iter().map(|record| record.escape_ascii().to_string()).collect()
    };
    prop_assert_eq!(shown(&told.records), shown(&expected), "{} {}: {}", shell.name(), locale, told);
    told.silent();
    Ok(())
}

/// Distinct names, sorted like lists.
fn names() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(bytes_that(in_names, 60), 1..4).prop_map(|names| {
        let numbered = names.into_iter().enumerate();
        numbered.map(|(number, name)| [number.to_string().into_bytes(), name].concat()).collect()
    })
}

/// Makes `allvirtualenv` pass these words to a program in these environments, and checks what the
/// program received.
fn reach(shell: Shell, names: &[Vec<u8>], words: &[Vec<u8>]) -> Result<(), TestCaseError> {
    let sandbox = Sandbox::new();
    let mut expected = Vec::new();
    for name in names {
        let root = sandbox.minimal_environment(OsStr::from_bytes(name));
        for word in [&bytes(root)].into_iter().chain(words) {
            expected.push(word.escape_ascii().to_string());
        }
    }
    let got = sandbox.write("got", "");
    let look = sandbox.write("look", "printf '%s\\0' \"$VIRTUAL_ENV\" \"$@\" >>\"$GOT\"\n");
    let command = [b"allvirtualenv".to_vec(), b"sh".to_vec(), bytes(look)];
    let story = Story::new().export("GOT", bytes(&got)).run(command.iter().chain(words));
    story.played(&sandbox, shell.plain());
    let text = fs::read(got).unwrap();
    let found: Vec<String> = text.split(|byte| *byte == 0).map(|word| word.escape_ascii().to_string()).collect();
    prop_assert_eq!(&found[..found.len() - 1], &expected[..], "{}", shell.name());
    Ok(())
}

#[test]
fn every_byte_arrives() {
    let name = every_byte(in_names);
    assert!(name.len() <= 255, "all that a name can have fits into one");
    let case = Case { prompt: every_byte(in_prompts), value: every_byte(|_| true), name };
    let cases = std::slice::from_ref(&case);
    for shell in Shell::ALL {
        arrives(shell, "C.UTF-8", cases).unwrap();
    }
    // Without UTF-8 in the locale, fish 3 itself damages every inherited variable.
    for shell in [Shell::Bash, Shell::Zsh] {
        arrives(shell, "C", cases).unwrap();
    }
}

/// A name or a prompt that hides or reorders text must not reach the terminal, whoever draws it:
/// the shell, a theme that reads VIRTUAL_ENV_PROMPT, or a list.
#[test]
fn characters_that_hide_or_reorder_text_are_never_drawn() {
    const HIDING: [&str; 9] =
        ["\u{202e}", "\u{ad}", "\u{3164}", "\u{fff9}", "\u{e0041}", "\u{200b}", "\u{2066}", "\u{115f}", "\u{85}"];
    let sandbox = Sandbox::new();
    let hostile = HIDING.map(|hiding| format!("a{hiding}b")).concat();
    let (drawn, escaped) = ("a_b".repeat(9), HIDING.map(|hiding| format!("a{}b", hiding.escape_default())).concat());
    for name in ["x", &hostile] {
        let root = sandbox.minimal_environment(name);
        fs::write(root.join("pyvenv.cfg"), format!("home = /usr/bin\nprompt = {hostile}\n")).unwrap();
    }
    let hides = |text: &str| HIDING.iter().any(|hiding| text.contains(hiding));
    for shell in Shell::ALL {
        let label = match shell {
            Shell::Fish => "functions -q fish_prompt; or function fish_prompt; end\nworkon x\nfish_prompt",
            _ => "PS1='$ '\nworkon x\nbuiltin printf '%s' \"$PS1\"",
        };
        // zsh has a prompt only if it is interactive.
        let mode =
            if shell == Shell::Zsh { MODES.iter().find(|mode| mode.name == "zsh -i").unwrap() } else { shell.plain() };
        let answer = mode.run(&sandbox, format!("{label}\nbuiltin printf '%s\\n' \"$VIRTUAL_ENV_PROMPT\"\n"));
        let text = answer.status(0).stdout_text();
        assert!(
            text.starts_with(&format!("({drawn}) ")) && text.ends_with(&format!("{drawn}\n")),
            "{shell:?}: {text:?}"
        );
    }
    for words in [&["lsvirtualenv", "--json"][..], &["showvirtualenv", "--json", "x"], &["env", "x", "-f", "json"]] {
        let text = sandbox.run(words).status(0).stderr("").stdout_text();
        assert!(!hides(&text), "{words:?}: {text:?}");
    }
    let text = sandbox.run(["showvirtualenv", &hostile]).status(0).stderr("").stdout_text();
    assert!(!hides(&text) && text.contains(&escaped), "{text:?}");
    for words in [
        ["mkvirtualenv", "--prompt", &hostile, "y"],
        ["mkvirtualenv", "-q", "--without-pip", &hostile.replace('x', "z")],
    ] {
        let answer = sandbox.run(words);
        assert!(!hides(&answer.stderr_text()), "{words:?}");
    }
    // The scripts that the doctor writes contain the text as it is drawn.
    let python = pythons::complete().path.to_str().unwrap();
    sandbox.run(["mkvirtualenv", "-q", "--without-pip", "-p", python, "made"]).status(0);
    let root = sandbox.environment("made");
    let cfg = fs::read_to_string(root.join("pyvenv.cfg")).unwrap();
    fs::write(root.join("pyvenv.cfg"), format!("{cfg}prompt = {hostile}\n")).unwrap();
    let scripts = ["activate", "activate.fish", "activate.csh", "activate.nu", "Activate.ps1"];
    for script in scripts {
        fs::remove_file(root.join("bin").join(script)).unwrap();
    }
    sandbox.run(["doctor", "--fix", "made"]);
    for script in scripts {
        let text = fs::read_to_string(root.join("bin").join(script)).unwrap();
        assert!(!hides(&text) && text.contains(&drawn), "{script}: {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_arrive(cases in cases()) {
        for shell in Shell::ALL {
            arrives(shell, "C.UTF-8", &cases)?;
            tally::add("values of random bytes, through a shell and back", 3 * cases.len());
        }
    }

    /// A plan with random words, executed in random environments.
    #[test]
    fn random_words_reach_the_command(names in names(), words in vec(bytes_that(|_| true, 40), 1..6)) {
        for shell in Shell::ALL {
            reach(shell, &names, &words)?;
            tally::add("random plans, carried out by a shell", 1);
        }
    }
}
