//! Two tables, or JSON: what `upgrade` plans for each environment, and what it did.

use serde::Serialize;

use super::plan::{Action, Plan};
use crate::commands::json::Named;
use crate::commands::lsvirtualenv;
use crate::error::Result;
use crate::output::{self, Column, Table};
use crate::shown::shown;

/// The JSON of the plan, or of its results.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) workon_home: String,
    pub(super) environments: Vec<Row>,
}

/// One environment: `result` is `planned`, `nothing`, `linked`, `rebuilt` or `failed`.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    pub(super) named: Named,
    /// The version before.
    pub(super) from: String,
    /// The version after; `null` if it is unknown.
    pub(super) to: Option<String>,
    pub(super) packages: usize,
    pub(super) action: &'static str,
    pub(super) result: &'static str,
    /// Why it failed.
    pub(super) error: Option<String>,
    #[serde(skip)]
    pub(super) shown_name: String,
}

pub(super) const PLANNED: &[Column] = &[
    Column::shrinking("name"),
    Column::text("from"),
    Column::text("to"),
    Column::number("packages"),
    Column::text("action"),
];
pub(super) const DONE: &[Column] =
    &[Column::shrinking("name"), Column::text("from"), Column::text("to"), Column::text("result")];

impl Row {
    pub(super) fn planned(plan: &Plan) -> Self {
        let (action, to) = match &plan.action {
            Action::Nothing(python) | Action::Keep(python, _) => ("nothing", Some(python)),
            Action::Link(python) => ("link", Some(python)),
            Action::Rebuild(python) => ("rebuild", Some(python)),
            Action::Refuse(_) => ("refused", None),
        };
        let error = match &plan.action {
            Action::Refuse(error) => Some(error.to_string()),
            _ => None,
        };
        Self {
            named: Named::of(&plan.environment),
            from: plan.from.clone(),
            to: to.map(|python| python.version.to_string()),
            packages: plan.packages,
            action,
            result: if error.is_some() { "failed" } else { "planned" },
            error,
            shown_name: shown(plan.environment.name()).to_string(),
        }
    }
}

/// Prints a table: name, from, to, and the cells of `rest`.
pub(super) fn show(columns: &'static [Column], rows: &[Row], rest: impl Fn(&Row) -> Vec<String>) -> Result<()> {
    if rows.is_empty() {
        lsvirtualenv::say_if_none(true);
        return Ok(());
    }
    let mut table = Table::new(columns);
    for row in rows {
        let to = row.to.clone().unwrap_or_default();
        table.push([vec![row.shown_name.clone(), row.from.clone(), to], rest(row)].concat());
    }
    output::data(table.text().as_bytes())
}
