//! File formats of the Python world, each read and written in one place.
//!
//! Owns the formats. The modules above decide which files to read, and what to do with them.

pub(crate) mod base64url;
pub(crate) mod conda_meta;
pub(crate) mod direct_url;
pub(crate) mod dist_info;
pub(crate) mod dotenv;
pub(crate) mod file_url;
#[cfg(test)]
mod fuzzed;
pub(crate) mod pylock;
pub(crate) mod pyvenv_cfg;
pub(crate) mod record;
pub(crate) mod requirement;
pub(crate) mod shebang;
