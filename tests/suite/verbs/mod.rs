//! The verbs, one file each: exact words on both streams, status, and what is on disk afterwards.

mod adopt; //      a project's .venv: moved or registered, refused, and the way back
mod allvirtualenv;
mod bad_input; //  every verb with what it cannot take: said, refused, nothing changed
mod cd;
mod cpvirtualenv;
mod diff;
mod find;
mod help; //       every verb's --help, with examples that can be typed
mod init;
mod installing; // mkvirtualenv with packages, and by another program
mod kernel;
mod lock;
mod lsvirtualenv;
pub(crate) mod mkvirtualenv;
mod mvvirtualenv;
mod note;
mod prompt;
mod prune;
mod python; //     list and find: each once, from anywhere; what is started for that
mod rmvirtualenv;
mod setup; //      the block in rc files: written, updated, refused, removed
mod short_words;
mod set;
mod showvirtualenv;
mod snapshot; //   exact copies, and the way back to them
mod store; //      every verb with a WORKON_HOME that cannot be used
mod trial; //      try: a program in a copy
mod undo;
mod untrusted;
mod uv;
mod upgrade; //       another Python: linked or rebuilt, refused, brought back; workon's repair
mod workon;
