//! Version numbers: of Pythons, of pip and uv, and of distributions (PEP 440).
//!
//! Owns parsing, comparing, and printing versions, and conditions on them. All code that reads a
//! version calls this module. Three types, from coarse to exact:
//!
//! - [`Series`]: `3.12`, the part of a Python's version that its packages depend on.
//! - [`Release`]: `3.12.1`, three numbers, for decisions such as "since Python 3.11" or "pip 25.1".
//! - [`Version`]: everything in PEP 440, `1!2.0rc1.post2.dev3+local`, for distributions.
//!
//! [`Specifiers`] are conditions on a `Version`: `>=3.11,<3.14`, `~=1.4`, `!=2.0.*`.

mod reader;
mod release;
mod specifiers;
mod version;

pub(crate) use release::{Release, Series, leading_numbers};
pub(crate) use specifiers::Specifiers;
pub(crate) use version::{Stage, Version};

#[cfg(test)]
mod peers;
