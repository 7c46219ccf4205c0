//! Parsers for formats whose program is not installed in a test, written after its documentation:
//! Nushell's and PowerShell's literals, `.env` files, systemd.exec(5), GitHub's workflow commands.
//! Each is strict: unknown text fails.

/// A variable in a file: its value, or `None` if it must be unset.
pub(super) type Said = (String, Option<Vec<u8>>);

/// Nushell: `hide-env`, and assignments of double-quoted strings or lists of strings, joined like
/// PATH.
pub(super) fn nu(text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("hide-env --ignore-errors ") {
            let (name, after) = after.split_once('\n').unwrap();
            said.push((name.to_owned(), None));
            rest = after;
            continue;
        }
        let (name, after) = rest.strip_prefix("$env.").unwrap().split_once(" = ").unwrap();
        let mut parts = Vec::new();
        let is_list = after.starts_with('[');
        rest = after.strip_prefix('[').unwrap_or(after);
        loop {
            let (value, after) = nu_string(rest);
            parts.push(value);
            rest = after;
            match rest.strip_prefix(", ") {
                Some(after) if is_list => rest = after,
                _ => break,
            }
        }
        rest = if is_list { rest.strip_prefix(']').unwrap() } else { rest };
        rest = rest.strip_prefix('\n').unwrap();
        said.push((name.to_owned(), Some(parts.join(":").into_bytes())));
    }
    said
}

fn nu_string(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.strip_prefix('"').unwrap().chars();
    loop {
        match characters.next().unwrap() {
            '"' => return (value, characters.as_str()),
            '\\' => value.push(characters.next().filter(|next| matches!(next, '"' | '\\')).unwrap()),
            other => value.push(other),
        }
    }
}

/// PowerShell: `Remove-Item Env:`, and assignments of single-quoted strings. Any two of its quote
/// characters stand for one.
pub(super) fn pwsh(text: &str) -> Vec<Said> {
    let is_quote = |character: char| matches!(character, '\'' | '\u{2018}'..='\u{201b}');
    let mut said = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("Remove-Item -ErrorAction Ignore -LiteralPath Env:") {
            let (name, after) = after.split_once('\n').unwrap();
            said.push((name.to_owned(), None));
            rest = after;
            continue;
        }
        let (name, after) = rest.strip_prefix("$env:").unwrap().split_once(" = '").unwrap();
        let mut value = String::new();
        let mut characters = after.chars();
        rest = loop {
            let character = characters.next().unwrap();
            if is_quote(character) {
                let mut ahead = characters.clone();
                if !ahead.next().is_some_and(is_quote) {
                    break characters.as_str();
                }
                characters = ahead;
            }
            value.push(character);
        };
        rest = rest.strip_prefix('\n').unwrap();
        said.push((name.to_owned(), Some(value.into_bytes())));
    }
    said
}

/// A `.env` file in the syntax that python-dotenv, Node, Ruby, and Compose read alike. Anything
/// that some of them expand or unescape fails.
pub(super) fn dotenv(text: &str) -> Vec<Said> {
    let line = |line: &str| {
        let (name, value) = line.split_once('=').unwrap();
        let quote = value.chars().next().filter(|quote| matches!(quote, '\'' | '"')).unwrap();
        let value = value[1..].strip_suffix(quote).unwrap();
        assert!(!value.contains([quote, '$', '\\', '`', '\r']), "{line}");
        (name.to_owned(), Some(value.as_bytes().to_vec()))
    };
    text.split_terminator('\n').map(line).collect()
}

/// systemd.exec(5), EnvironmentFile=: blanks around are dropped, quotes may follow one another and
/// span lines, and in double quotes a backslash counts before `"`, `\`, `` ` ``, `$` and the end of
/// a line.
pub(super) fn systemd(text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut characters = text.chars().peekable();
    while characters.peek().is_some() {
        let mut name = String::new();
        for character in characters.by_ref().take_while(|character| *character != '=') {
            assert!(matches!(character, 'A'..='Z' | '0'..='9' | '_'), "{text}");
            name.push(character);
        }
        let mut value = String::new();
        loop {
            match characters.next() {
                None | Some('\n') => break,
                Some(' ' | '\t' | '\r') => {}
                Some('\'') => value.extend(characters.by_ref().take_while(|character| *character != '\'')),
                Some('"') => loop {
                    match characters.next().unwrap() {
                        '"' => break,
                        '\\' => match characters.next().unwrap() {
                            '\n' => {}
                            next @ ('"' | '\\' | '`' | '$') => value.push(next),
                            next => value.extend(['\\', next]),
                        },
                        other => value.push(other),
                    }
                },
                Some(other) => panic!("an unquoted {other:?} in {text}"),
            }
        }
        let refused = |code: u32| matches!(code, 0xfdd0..=0xfdef | 0xfeff) || code & 0xfffe == 0xfffe;
        assert!(!value.chars().any(|character| refused(u32::from(character))), "{text}");
        said.push((name, Some(value.into_bytes())));
    }
    said
}

/// GitHub's runner, GITHUB_ENV: `NAME=value`, or `NAME<<END`, lines, `END`, depending on which sign
/// comes first in the line.
pub(super) fn github(text: &str) -> Vec<Said> {
    let mut said = Vec::new();
    let mut lines = text.split_terminator('\n');
    while let Some(line) = lines.next() {
        let (equals, heredoc) = (line.find('='), line.find("<<"));
        let (name, value) = match (equals, heredoc) {
            (Some(equals), heredoc) if heredoc.is_none_or(|heredoc| equals < heredoc) => {
                (&line[..equals], line[equals + 1..].to_owned())
            }
            (_, Some(heredoc)) => {
                let end = &line[heredoc + 2..];
                assert!(!end.is_empty());
                let mut value = Vec::new();
                loop {
                    match lines.next().expect("the end of the value") {
                        line if line == end => break,
                        line => value.push(line),
                    }
                }
                (&line[..heredoc], value.join("\n"))
            }
            _ => panic!("{line}"),
        };
        assert!(!name.is_empty());
        said.push((name.to_owned(), Some(value.into_bytes())));
    }
    said
}

/// GITHUB_PATH: one directory on each line, to go before PATH.
pub(super) fn github_path(text: &str, path: &[u8]) -> Vec<u8> {
    let lines = text.split(['\r', '\n']).filter(|line| !line.is_empty());
    lines.fold(path.to_vec(), |path, line| [line.as_bytes(), b":", &path].concat())
}
