//! Functions of libc that the standard library calls around a panic or a stack overflow, replaced
//! so that a release neither links nor runs what it has no use for. Linux only, where a definition
//! in the program comes before that of a library.
//!
//! A release aborts at a panic (Cargo.toml) and carries neither symbols nor tables for unwinding
//! (.cargo/without-unwind-tables.ld), so a backtrace has nothing to show. Its code would still be a
//! twentieth of the file: readers of DWARF, a demangler, a decompressor.
#![allow(unsafe_code, reason = "the linker looks for these functions by name")]

use std::ffi::{c_int, c_void};

use nix::libc::{ENOSYS, pthread_attr_t, pthread_t};

/// Walks no frames. The optimizer sees that the caller's function is never called, and drops it.
#[unsafe(no_mangle)]
extern "C" fn _Unwind_Backtrace(_called_per_frame: *const c_void, _its_argument: *mut c_void) -> c_int {
    0
}

/// The standard library asks at each start where the stack ends, only to say "stack overflow"
/// before the program dies of one; now it dies of SIGSEGV. With glibc the answer is a sixth of the
/// instructions of `workon`: /proc/self/maps, read with `sscanf`, which links 85 kB.
#[unsafe(no_mangle)]
extern "C" fn pthread_getattr_np(_thread: pthread_t, _attributes: *mut pthread_attr_t) -> c_int {
    ENOSYS
}

macro_rules! never_called {
    ($($name:ident),*) => {
        $(
            #[unsafe(no_mangle)]
            extern "C" fn $name() -> ! {
                std::process::abort()
            }
        )*
    };
}

// The rest of the unwinder, as far as the standard library and glibc name it. A part alone cannot
// be replaced: the linker takes the library's object whole, and finds the part defined twice.
never_called!(
    _Unwind_ForcedUnwind,
    _Unwind_GetCFA,
    _Unwind_GetDataRelBase,
    _Unwind_GetIPInfo,
    _Unwind_GetLanguageSpecificData,
    _Unwind_GetRegionStart,
    _Unwind_GetTextRelBase,
    _Unwind_Resume,
    _Unwind_SetGR,
    _Unwind_SetIP
);
