//! The tables of `lsvirtualenv`: one for the store, one that includes other tools' environments.

use std::path::Path;

use indicatif::HumanBytes;

use crate::commands::Session;
use crate::commands::details::Details;
use crate::environment::Environment;
use crate::fs::is_same;
use crate::output::{self, Column, Table};
use crate::shown::shown;

const WITH_ORIGIN: &[Column] =
    &[Column::shrinking("name"), Column::text("origin"), Column::text("python"), Column::path("path")];

const OF_STORE: &[Column] = &[
    Column::text(""),
    Column::shrinking("name"),
    Column::text("python"),
    Column::number("packages"),
    Column::text("last used"),
    Column::path("project"),
];

/// If the sizes were measured, they stand before the last column.
const SIZES: [Column; 2] = [Column::number("size"), Column::number("apparent")];

pub(super) fn with_origin(session: &Session<'_>, all: &[(Details, Environment)]) -> String {
    laid_out(WITH_ORIGIN, all, |details, environment| {
        let python = if details.broken { Some("broken") } else { details.python.as_deref() };
        let path = session.shown(environment.root());
        vec![details.shown_name.clone(), details.origin.to_owned(), python.unwrap_or("-").to_owned(), path]
    })
}

pub(super) fn of_store(session: &Session<'_>, all: &[(Details, Environment)]) -> String {
    let active = session.active_root();
    laid_out(OF_STORE, all, |details, environment| {
        let mark = if details.broken {
            output::alarming("!")
        } else if active.is_some_and(|active| is_same(active, environment.root())) {
            output::helpful("*")
        } else {
            String::new()
        };
        let mark = if details.locked { format!("{mark}#") } else { mark };
        let known = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        vec![
            mark,
            details.shown_name.clone(),
            known(details.python.as_ref().map(|version| shown(version).to_string())),
            known(details.packages.map(|packages| packages.to_string())),
            known(details.last_used().map(output::ago)),
            details.project.as_ref().map(|project| session.shown(Path::new(project))).unwrap_or_default(),
        ]
    })
}

fn laid_out(
    columns: &[Column],
    all: &[(Details, Environment)],
    cells: impl Fn(&Details, &Environment) -> Vec<String>,
) -> String {
    let mut columns = columns.to_vec();
    let last = columns.len() - 1;
    if all.iter().any(|(details, _)| details.size.is_some()) {
        columns.splice(last..last, SIZES);
    }
    let mut table = Table::new(&columns);
    for (details, environment) in all {
        let mut cells = cells(details, environment);
        let sizes = [details.size, details.apparent_size].into_iter().flatten();
        cells.splice(last..last, sizes.map(|size| HumanBytes(size).to_string()));
        table.push(cells);
    }
    table.text()
}
