//! Offers to link an environment to its project again, after the project was moved or cloned anew.
//!
//! A cloned repository may claim to be any project, so nothing is linked without your consent.

use std::path::Path;

use super::Session;
use crate::environment::Environment;
use crate::error::Result;
use crate::keepsake;
use crate::output;
use crate::project::{self, identity::Identity};
use crate::shown::{operands, shown, typed_path};
use crate::verb::verb;
use crate::workon_home::WorkonHome;

/// The environment that was linked to the project in one of these directories, the nearest first,
/// if you want it linked to that. Without a question, prints the command that links it. Of several,
/// the default speaks for all.
pub(super) fn offer<'a>(
    session: &Session<'_>,
    home: &WorkonHome,
    directories: impl Iterator<Item = &'a Path>,
    may_ask: bool,
) -> Result<Option<Environment>> {
    let found = directories.map(|directory| {
        let identity = Identity::of(directory);
        let of = |identity| keepsake::of_moved_project(home, session.context, directory, &identity);
        (directory, identity.map(of).unwrap_or_default())
    });
    let Some((directory, mut environments)) = found.into_iter().find(|(_, environments)| !environments.is_empty())
    else {
        return Ok(None);
    };
    if environments.iter().any(|(environment, _)| home.is_default(environment.name())) {
        environments.retain(|(environment, _)| home.is_default(environment.name()));
    }
    let was_linked = |environment: &Environment, old: &Path| {
        format!("`{}` was linked to {}, which does not exist", shown(environment.name()), session.shown(old))
    };
    if environments.len() > 1 || !may_ask || !session.is_interactive || !output::can_ask() {
        for (environment, old) in &environments {
            let was_linked = was_linked(environment, old);
            let (name, here) = (operands(&[environment.name()]), typed_path(directory, session.context.home()));
            output::note(&format!(
                "{was_linked}; `{} {name} {here}` links it to this project",
                verb("setvirtualenvproject")
            ));
        }
        return Ok(None);
    }
    let Some((environment, old)) = environments.pop() else { return Ok(None) };
    let question = format!("{}. Link it to {}?", was_linked(&environment, &old), session.shown(directory));
    if !output::ask(&question)? {
        keepsake::decline(home, &environment, directory);
        return Ok(None);
    }
    project::link(&environment, session.context, directory)?;
    keepsake::remember(home, &environment, session.context);
    output::note(&format!("Linked `{}` to {}", shown(environment.name()), session.shown(directory)));
    Ok(Some(environment))
}
