//! The visible text of a terminal, computed from its output.
//!
//! Implements the part of a VT100 that bash, zsh, and fish use to draw a prompt and a list: text,
//! cursor, erasing, insertion. Ignores colors, and treats every character as one column wide. The
//! tests' own marks are OSC commands that terminals do not show; they become [`Mark`]s.

/// The size of the terminal: wide enough that no line wraps.
pub(crate) const COLUMNS: usize = 240;
/// High enough that little scrolls away.
pub(crate) const ROWS: usize = 60;

/// A message from the rc files of `pty`, invisible on a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A prompt is about to be drawn. Sent once for each prompt.
    Prompt,
    /// The prompt is drawn, and the shell reads keys.
    Ready,
    /// The current command line.
    Line(Vec<u8>),
}

/// The numbers of the marks. Terminals ignore unknown private numbers.
pub(crate) const PROMPT: &str = "7770";
pub(crate) const READY: &str = "7771";
pub(crate) const LINE: &str = "7772";

/// The screen, and the state of the parser.
#[derive(Debug)]
pub(crate) struct Screen {
    rows: Vec<Vec<char>>,
    row: usize,
    column: usize,
    /// Lines that scrolled off the top.
    history: Vec<String>,
    state: State,
    /// Bytes of an incomplete character or command.
    pending: Vec<u8>,
    /// Replies to the shell's queries.
    pub(crate) answers: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Text,
    Escape,
    /// After `ESC (` and similar: one more byte follows.
    Charset,
    Csi,
    Osc,
    OscEscape,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            rows: vec![vec![' '; COLUMNS]; ROWS],
            row: 0,
            column: 0,
            history: Vec::new(),
            state: State::Text,
            pending: Vec::new(),
            answers: Vec::new(),
        }
    }
}

impl Screen {
    /// Draws, and returns the marks among the bytes.
    pub(crate) fn draw(&mut self, bytes: &[u8]) -> Vec<Mark> {
        bytes.iter().filter_map(|byte| self.take(*byte)).collect()
    }

    /// All lines, including those scrolled off the top, without trailing blanks and empty lines.
    pub(crate) fn text(&self) -> String {
        let shown = self.rows.iter().map(|row| row.iter().collect::<String>());
        let lines = self.history.iter().cloned().chain(shown);
        lines.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// Clears everything but the line with the cursor, which the shell keeps using.
    pub(crate) fn clear_above(&mut self) {
        let line = std::mem::replace(&mut self.rows[self.row], vec![' '; COLUMNS]);
        self.rows.iter_mut().for_each(|row| row.fill(' '));
        self.rows[0] = line;
        self.row = 0;
        self.history.clear();
    }

    fn take(&mut self, byte: u8) -> Option<Mark> {
        match (self.state, byte) {
            (State::Text, 0x1b) => {
                self.pending.clear();
                self.state = State::Escape;
            }
            (State::Text, 0..0x20 | 0x7f) => self.control(byte),
            (State::Text, _) => self.text_byte(byte),
            (State::Escape, b'[') => self.state = State::Csi,
            // Strings: operating system command, title, device control.
            (State::Escape, b']' | b'k' | b'P') => self.state = State::Osc,
            (State::Escape, b'(' | b')' | b'#' | b'%') => self.state = State::Charset,
            (State::Escape, b'M') => {
                self.row = self.row.saturating_sub(1);
                self.state = State::Text;
            }
            (State::Escape | State::Charset, _) => self.state = State::Text,
            (State::Csi, 0x40..=0x7e) => {
                self.state = State::Text;
                self.csi(byte);
                self.pending.clear();
            }
            (State::Osc, 0x1b) => self.state = State::OscEscape,
            (State::Osc, 7) | (State::OscEscape, _) => {
                self.state = State::Text;
                return mark(&std::mem::take(&mut self.pending));
            }
            (State::Csi | State::Osc, _) => self.pending.push(byte),
        }
        None
    }

    fn control(&mut self, byte: u8) {
        match byte {
            b'\n' => self.line_feed(),
            b'\r' => self.column = 0,
            8 => self.column = self.column.min(COLUMNS - 1).saturating_sub(1),
            b'\t' => self.column = ((self.column / 8 + 1) * 8).min(COLUMNS - 1),
            _ => {}
        }
    }

    fn text_byte(&mut self, byte: u8) {
        self.pending.push(byte);
        match std::str::from_utf8(&self.pending) {
            Ok(text) => {
                let character = text.chars().next().unwrap_or(' ');
                self.pending.clear();
                self.put(character);
            }
            // The rest of a character has not arrived yet.
            Err(error) if error.error_len().is_none() => {}
            Err(_) => {
                self.pending.clear();
                self.put('\u{fffd}');
            }
        }
    }

    /// A full line wraps only when the next character arrives (`xenl`). Shells rely on that.
    fn put(&mut self, character: char) {
        if self.column == COLUMNS {
            self.column = 0;
            self.line_feed();
        }
        self.rows[self.row][self.column] = character;
        self.column += 1;
    }

    fn line_feed(&mut self) {
        if self.row + 1 < ROWS {
            self.row += 1;
            return;
        }
        let gone = self.rows.remove(0);
        self.history.push(gone.into_iter().collect());
        self.rows.push(vec![' '; COLUMNS]);
    }

    fn csi(&mut self, command: u8) {
        let text = String::from_utf8_lossy(&self.pending).into_owned();
        let mut numbers = text.split(';').map(|number| number.parse::<usize>().ok());
        let first = numbers.next().flatten();
        let count = first.unwrap_or(1).max(1);
        let column = self.column.min(COLUMNS - 1);
        match command {
            b'A' => self.row = self.row.saturating_sub(count),
            b'B' => self.row = (self.row + count).min(ROWS - 1),
            b'C' => self.column = (self.column + count).min(COLUMNS - 1),
            b'D' => self.column = column.saturating_sub(count),
            b'G' => self.column = count.min(COLUMNS) - 1,
            b'd' => self.row = count.min(ROWS) - 1,
            b'H' | b'f' => {
                self.row = count.min(ROWS) - 1;
                self.column = numbers.next().flatten().unwrap_or(1).clamp(1, COLUMNS) - 1;
            }
            b'J' => {
                let (from, to) = match first.unwrap_or(0) {
                    0 => (self.row + 1, ROWS),
                    1 => (0, self.row),
                    _ => (0, ROWS),
                };
                self.rows[from..to].iter_mut().for_each(|row| row.fill(' '));
                self.erase_line(first);
            }
            b'K' => self.erase_line(first),
            b'P' => {
                let row = &mut self.rows[self.row];
                row.drain(column..(column + count).min(COLUMNS));
                row.resize(COLUMNS, ' ');
            }
            b'@' => {
                let row = &mut self.rows[self.row];
                row.splice(column..column, std::iter::repeat_n(' ', count));
                row.truncate(COLUMNS);
            }
            b'X' => self.rows[self.row][column..(column + count).min(COLUMNS)].fill(' '),
            // Queries: the kind of terminal (answer: VT102), and the position of the cursor.
            b'c' if matches!(text.as_str(), "" | "0") => self.answers.extend_from_slice(b"\x1b[?6c"),
            b'n' if text == "6" => {
                self.answers.extend_from_slice(format!("\x1b[{};{}R", self.row + 1, column + 1).as_bytes());
            }
            _ => {}
        }
    }

    fn erase_line(&mut self, which: Option<usize>) {
        let column = self.column.min(COLUMNS - 1);
        let row = &mut self.rows[self.row];
        match which.unwrap_or(0) {
            0 => row[column..].fill(' '),
            1 => row[..=column].fill(' '),
            _ => row.fill(' '),
        }
    }
}

fn mark(command: &[u8]) -> Option<Mark> {
    let mut parts = command.splitn(2, |byte| *byte == b';');
    match (std::str::from_utf8(parts.next()?).ok()?, parts.next()) {
        (PROMPT, _) => Some(Mark::Prompt),
        (READY, _) => Some(Mark::Ready),
        (LINE, Some(line)) => Some(Mark::Line(line.to_vec())),
        _ => None,
    }
}

#[test]
fn what_shells_draw_is_seen_as_a_person_sees_it() {
    let mut screen = Screen::default();
    let marks = screen.draw(b"\x1b[1;31m$ \x1b]7771\x07echo\x08\x08X\x1b[K Y\r\nab\x1b[2D\x1b[1@Z\x1b]7772;a b\x1b\\");
    assert_eq!(screen.text(), "$ ecX Y\nZab");
    assert_eq!(marks, [Mark::Ready, Mark::Line(b"a b".to_vec())]);
    // zsh starts a fresh line with a sign, blanks up to the margin, and a carriage return.
    screen = Screen::default();
    let fill = " ".repeat(COLUMNS - 1);
    screen.draw(format!("%{fill}\r \r$ one\r\n%{fill}\r \r$ tw\u{e9}").as_bytes());
    assert_eq!(screen.text(), "$ one\n$ tw\u{e9}");
}
