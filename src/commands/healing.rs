//! Repairs an environment whose Python is missing, before a command uses it.
//!
//! Owns when to repair, and the messages. `health` links the other Python; `upgrade` rebuilds an
//! environment that has none of its version left.

use crate::config::Heal;
use crate::environment::Environment;
use crate::environment::origin::Origin;
use crate::error::{Error, Result, StoreError};
use crate::health;
use crate::output;
use crate::shown::shown;
use crate::workon_home::WorkonHome;

use super::Session;

/// The environment with a Python: as it is, or linked to another one of the same version if its own
/// is missing. Fails if there is none. Starts no Python that the cache describes.
pub(super) fn with_python(session: &Session<'_>, environment: Environment) -> Result<Environment> {
    match environment.check_python() {
        Ok(()) => Ok(environment),
        Err(broken) => match relinked(session, &environment)? {
            Some(healed) => Ok(healed),
            None => Err(broken),
        },
    }
}

/// The same for an environment whose `bin/python` has become another version. It stays as it is if
/// no Python of its own version can be linked: activating it works.
pub(super) fn with_own_version(session: &Session<'_>, environment: Environment) -> Environment {
    relinked(session, &environment).ok().flatten().unwrap_or(environment)
}

/// The environment, linked to another Python. `None` if settings forbid that, or if the environment
/// is of a kind that cannot be linked.
fn relinked(session: &Session<'_>, environment: &Environment) -> Result<Option<Environment>> {
    if environment.origin() != Origin::Store || session.config()?.heal == Heal::Never {
        return Ok(None);
    }
    let name = shown(environment.name());
    let before = environment.version().unwrap_or_default();
    let is_unlocked = WorkonHome::locate(session.context)?.require_unlocked(environment.name());
    let found = match is_unlocked.and_then(|()| health::relink(session.context, environment)) {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(None),
        Err(Error::PythonNotFound { .. }) => {
            let series = environment.series().map(|series| series.to_string()).unwrap_or_default();
            return Err(StoreError::NoPythonLeft { name: environment.name().to_owned(), series }.into());
        }
        Err(error) => {
            let (name, reason) = (environment.name().to_owned(), error.to_string());
            return Err(StoreError::NotRelinked { name, version: before, reason, remedy: error.hint() }.into());
        }
    };
    let healed = Environment::open(environment.root())?.filter(|healed| healed.check_python().is_ok());
    if healed.is_some() {
        let python = session.shown(&found.base_executable);
        output::note(&format!(
            "Linked `{name}` to Python {} ({python}): its Python {before} is missing",
            found.version
        ));
    }
    Ok(healed)
}
