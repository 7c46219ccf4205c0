//! The layout of all lists: lower-case headers, two spaces between columns, no wider than the
//! terminal.
//!
//! Widths are in terminal cells: a CJK character takes two, a combining character none.

use std::borrow::Cow;

use dialoguer::console::{measure_text_width, truncate_str};

const GAP: &str = "  ";

/// Replaces the text that was cut.
const MARK: &str = "…";

/// A column is not shortened below this, nor below its header.
const NARROWEST: usize = 10;

/// A column: its header, and how its cells are laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    header: &'static str,
    layout: Layout,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Whole,
    CutAtEnd,
    CutAtStart,
    Right,
}

impl Column {
    /// Text that is always shown whole.
    pub(crate) const fn text(header: &'static str) -> Self {
        Self { header, layout: Layout::Whole }
    }

    /// Text that loses its end if the terminal is too narrow.
    pub(crate) const fn shrinking(header: &'static str) -> Self {
        Self { header, layout: Layout::CutAtEnd }
    }

    /// A path, which loses its start, because paths differ at the end.
    pub(crate) const fn path(header: &'static str) -> Self {
        Self { header, layout: Layout::CutAtStart }
    }

    /// Numbers, aligned at their last digit.
    pub(crate) const fn number(header: &'static str) -> Self {
        Self { header, layout: Layout::Right }
    }

    fn can_shrink(self) -> bool {
        matches!(self.layout, Layout::CutAtEnd | Layout::CutAtStart)
    }

    /// A cell of exactly this width.
    fn laid_out(self, cell: &str, width: usize) -> String {
        let cell = match self.layout {
            Layout::CutAtStart => end_of(cell, width),
            _ => truncate_str(cell, width, MARK),
        };
        let padding = " ".repeat(width.saturating_sub(measure_text_width(&cell)));
        if self.layout == Layout::Right { padding + &cell } else { cell.into_owned() + &padding }
    }
}

/// The mark and the end of a text, in this width.
fn end_of(text: &str, width: usize) -> Cow<'_, str> {
    if measure_text_width(text) <= width {
        return text.into();
    }
    let ends = text.char_indices().map(|(at, _)| &text[at..]);
    let end = ends.skip(1).find(|end| measure_text_width(end) < width).unwrap_or_default();
    format!("{MARK}{end}").into()
}

#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row of legible text, which may be colored; cells left out at the end stay empty.
    pub(crate) fn push(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }

    /// The lines for stdout. Without rows there are no headers, so that programs read an empty
    /// list.
    pub(crate) fn text(&self) -> String {
        self.fitted(super::terminal_width())
    }

    /// `limit` is the longest line, in cells; `None` for no limit.
    fn fitted(&self, limit: Option<usize>) -> String {
        let mut text = String::new();
        if self.rows.is_empty() {
            return text;
        }
        let widths = self.widths(limit);
        let headers = self.columns.iter().map(|column| column.header.to_owned()).collect();
        for row in std::iter::once(&headers).chain(&self.rows) {
            let cells = row.iter().zip(&self.columns).zip(&widths);
            let line: Vec<String> = cells.map(|((cell, column), width)| column.laid_out(cell, *width)).collect();
            text.push_str(line.join(GAP).trim_end());
            text.push('\n');
        }
        text
    }

    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let header_widths: Vec<usize> = self.columns.iter().map(|column| measure_text_width(column.header)).collect();
        let mut widths = header_widths.clone();
        for row in &self.rows {
            for (cell, width) in row.iter().zip(&mut widths) {
                *width = measure_text_width(cell).max(*width);
            }
        }
        let Some(limit) = limit else { return widths };
        let gaps = GAP.len() * (widths.len() - 1);
        while widths.iter().sum::<usize>() + gaps > limit {
            let can_shrink =
                |at: &usize| self.columns[*at].can_shrink() && widths[*at] > NARROWEST.max(header_widths[*at]);
            let Some(widest) = (0..widths.len()).filter(can_shrink).max_by_key(|at| widths[*at]) else { break };
            widths[widest] -= 1;
        }
        widths
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[Column::shrinking("name"), Column::number("size"), Column::path("path")];

    fn table(rows: &[[&str; 3]]) -> Table {
        let mut table = Table::new(COLUMNS);
        for row in rows {
            table.push(row.map(str::to_owned));
        }
        table
    }

    #[test]
    fn columns_align_by_what_a_terminal_draws() {
        let text =
            table(&[["日本", "9", "/a"], ["e\u{301}te\u{301}", "10", ""], ["\u{1b}[31mred\u{1b}[0m", "8", "/b"]])
                .fitted(None);
        let expected =
            "name  size  path\n日本     9  /a\ne\u{301}te\u{301}     10\n\u{1b}[31mred\u{1b}[0m      8  /b\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_widest_column_is_shortened_to_the_terminal() {
        let long = "/home/me/a/long/directory";
        let rows = table(&[["日本語のとても長い名前", "9", long], ["x", "10", "/b"]]);
        for limit in [30, 31, 40, 50] {
            let text = rows.fitted(Some(limit));
            let widest = text.lines().map(measure_text_width).max().unwrap();
            assert!(widest <= limit && widest + 1 >= limit, "{limit}: {widest}\n{text}");
            assert_eq!(text.lines().nth(2).unwrap().split_whitespace().collect::<Vec<_>>(), ["x", "10", "/b"]);
        }
        assert!(rows.fitted(Some(40)).contains('…') && !rows.fitted(None).contains('…'));
        // Below that nothing is left to read.
        let narrowest = rows.fitted(Some(3));
        assert!(narrowest.contains("日本語の…") && narrowest.contains("…directory"), "{narrowest}");
    }

    #[test]
    fn without_rows_nothing_is_printed() {
        assert_eq!(table(&[]).fitted(Some(80)), "");
    }
}
