# What a person or a packager does with this checkout. Cargo knows how to build; this file knows the order of things
# and where they are installed. Longer work is in tests/tools/. Works with GNU make 3.81, which is what macOS has.

PREFIX ?= /usr/local
DESTDIR ?=

# zsh and fish hand over the tilde of `PREFIX=~/.local` as it is.
override PREFIX := $(patsubst ~/%,$(HOME)/%,$(PREFIX))
# Recipes read these two from the environment, so that a space or a quote in them is only a character.
export PREFIX DESTDIR

ROOT = "$$DESTDIR$$PREFIX"
# What `make generate` writes, in the directories of a prefix (a wheel takes them as they are).
GENERATED := generated/data
MAN_DIR = share/man/man1
BASH_DIR = share/bash-completion/completions
ZSH_DIR = share/zsh/site-functions
FISH_DIR = share/fish/vendor_completions.d
INIT_DIR = share/venvwrap
FISH_CONF_DIR = share/fish/vendor_conf.d
FISH_FUNCTION_DIR = share/fish/vendor_functions.d

# One place for what cargo makes, whatever the user's own cargo configuration says.
export CARGO_TARGET_DIR := $(CURDIR)/target

# What is built for: musl where rustup has it or can add it, for a program linked with it starts in a third of the time (glibc asks the
# processor many questions first); else what this machine has. Looked at only where something is built.
MUSL = $(shell uname -m)-unknown-linux-musl
TARGET = $(notdir $(patsubst %/lib,%,$(wildcard $(shell rustc --print sysroot 2>/dev/null)/lib/rustlib/$(MUSL)/lib)))
HOST = $(shell rustc -vV | sed -n 's/^host: //p')

# An eighth of the file. It is here, not in .cargo/config.toml, because tests unwind.
LINK = $(if $(findstring linux,$(or $(TARGET),$(HOST))),-C link-arg=-T.cargo/without-unwind-tables.ld)

# A copy with a fixed name: `sudo make install` needs neither cargo nor rustc in root's PATH.
BINARY := target/venvwrap
SOURCES := $(shell find Cargo.toml Cargo.lock .cargo src shell -type f)
# Where tests/tools/prepare.sh installs from PyPI.
PEERS := target/peers/bin
SHELL_SCRIPTS := $(wildcard shell/*.bash shell/*.sh shell/standalone/activate packaging/*.sh tests/tools/*.sh tests/bench/*.sh tests/suite/support/*.bash .ci/run)
ZSH_SCRIPTS := $(wildcard shell/*.zsh shell/shared.sh shell/start.sh shell/initialize.sh tests/suite/support/*.zsh)
FISH_SCRIPTS := $(wildcard shell/*.fish shell/standalone/*.fish tests/tools/*.fish tests/suite/support/*.fish)

# Where faults, hostile values and odd shells are tried.
FAULTS := promises robustness quoting running_in states in_use activation:: protocol trusted meddling names beside keepsake pointers \
          elsewhere::conda doctor::pasted verbs::bad_input verbs::store verbs::rmvirtualenv verbs::undo verbs::untrusted verbs::workon

# Packages that no compiler makes.
QUICK_KINDS = tarball $(if $(shell command -v dpkg-deb),deb) recipes

# Tests with random values in the suite; those of the modules are named `fuzzed`.
RANDOM_VALUES := quoting:: states::

.PHONY: help build demo test test-faults test-random lint generate check-generated install uninstall dist package-test release picture print-target bench figures clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' Makefile

build: musl ## build the release binary
	cargo rustc --release --locked --target $(or $(TARGET),$(HOST)) --bin venvwrap -- $(LINK)
	install -m 755 target/$(or $(TARGET),$(HOST))/release/venvwrap $(BINARY)

# A directory is asked for, not TARGET: make remembers what it saw there.
.PHONY: musl
musl:
	@[ "$$(uname -s)" != Linux ] || [ -d "$$(rustc --print target-libdir --target $(MUSL) 2>/dev/null)" ] || \
	    rustup target add $(MUSL) || \
	    echo 'make: $(MUSL) is not installed, and rustup cannot add it: linking with glibc' >&2

$(BINARY): $(SOURCES)
	$(MAKE) build

demo: $(BINARY) ## build, then play the main job in your shell, in a scratch directory
	@tests/tools/demo.sh $(BINARY)

# The optimizer of the release works on one core for minutes; the linters have the other.
test: ## install missing test tools where allowed, then lint, run every test, and try the packages that are made quickly
	$(MAKE) -j2 lint $(BINARY)
	tests/tools/tallied.sh cargo test --locked
	tests/tools/released.sh $(BINARY) contract:: keepsake::
	$(MAKE) check-generated
	$(MAKE) package-test KINDS="$(QUICK_KINDS)"

test-faults: ## only the tests with faults, hostile values and odd shells, and how many there were (docs/faults.md)
	tests/tools/prepare.sh
	tests/tools/tallied.sh cargo test --locked --bin venvwrap --test suite -- fuzzed:: $(FAULTS)

test-random: ## the property tests with new random values, ROUNDS times (10); a failure names the seed to repeat it
	tests/tools/prepare.sh
	set -e; for round in $$(seq $(or $(ROUNDS),10)); do \
	    PROPTEST_RNG_SEED=random tests/tools/tallied.sh cargo test --locked --bin venvwrap --test suite -- fuzzed:: $(RANDOM_VALUES); \
	done

lint: ## formatting, clippy, spelling, dependencies, workflows, and the linter of each shell and of the manual
	tests/tools/prepare.sh
	cargo fmt --check
	$(PEERS)/typos
	$(PEERS)/jactionlint
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --quiet --locked --no-deps --document-private-items
	shellcheck $(SHELL_SCRIPTS)
	set -e; for file in $(ZSH_SCRIPTS); do zsh -n "$$file"; done
	set -e; for file in $(FISH_SCRIPTS); do fish --no-execute "$$file"; done
	fish_indent --check $(FISH_SCRIPTS)
	$(PEERS)/nu --no-config-file tests/tools/lint.nu
	mandoc -T lint -W error $(GENERATED)/$(MAN_DIR)/*.1
	$(PEERS)/cargo-deny --locked check --hide-inclusion-graph licenses bans sources
	$(PEERS)/cargo-shear --locked

generate: $(BINARY) ## rewrite man pages and completions in generated/, and the reference in docs/
	tests/tools/generate.sh $(BINARY)

check-generated: $(BINARY) ## fail if they differ from what the binary prints
	tests/tools/generate.sh --check $(BINARY)

install: $(BINARY) ## install below PREFIX (/usr/local), staged in DESTDIR; SHIMS=1 adds virtualenvwrapper.sh
	@case "$$PREFIX" in /*) ;; *) echo "make install: PREFIX is not an absolute path: '$$PREFIX'" >&2; exit 2 ;; esac
	install -d $(ROOT)/bin $(ROOT)/$(MAN_DIR) $(ROOT)/$(BASH_DIR) $(ROOT)/$(ZSH_DIR) $(ROOT)/$(FISH_DIR) $(ROOT)/$(FISH_CONF_DIR) $(ROOT)/$(FISH_FUNCTION_DIR) \
	    $(ROOT)/$(INIT_DIR)
	install -m 755 $(BINARY) $(ROOT)/bin/venvwrap
	set -e; for directory in $(MAN_DIR) $(BASH_DIR) $(ZSH_DIR) $(FISH_DIR); do \
	    install -m 644 $(GENERATED)/$$directory/* $(ROOT)/$$directory; \
	done
	set -e; for shell in bash zsh fish; do \
	    $(BINARY) init $$shell --executable "$$PREFIX/bin/venvwrap" --share "$$PREFIX/share" --into $(ROOT)/share; \
	done
	test -z "$(SHIMS)" || install -m 755 shell/virtualenvwrapper.sh shell/virtualenvwrapper_lazy.sh $(ROOT)/bin

uninstall: ## remove what install put there, given the same PREFIX and DESTDIR
	rm -f $(ROOT)/bin/venvwrap $(ROOT)/$(BASH_DIR)/venvwrap $(ROOT)/$(ZSH_DIR)/_venvwrap $(ROOT)/$(FISH_DIR)/venvwrap.fish
	set -e; for page in $(GENERATED)/$(MAN_DIR)/*.1; do rm -f $(ROOT)/$(MAN_DIR)/"$${page##*/}"; done
	set -e; for shell in bash zsh fish; do \
	    for part in init functions automatic; do rm -f $(ROOT)/$(INIT_DIR)/$$part.$$shell; done; \
	done
	rm -f $(ROOT)/$(FISH_CONF_DIR)/venvwrap.fish
	set -e; for name in deactivate $$(sed -n 's/^function //p' shell/commands.fish); do \
	    rm -f $(ROOT)/$(FISH_FUNCTION_DIR)/$$name.fish $(ROOT)/$(FISH_DIR)/$$name.fish; \
	done
	@# A virtualenvwrapper.sh of somebody else's stays.
	@set -e; for shim in virtualenvwrapper.sh virtualenvwrapper_lazy.sh; do \
	    ! cmp -s shell/$$shim $(ROOT)/bin/$$shim || rm -f $(ROOT)/bin/$$shim; \
	done
	@! test -d $(ROOT)/$(INIT_DIR) || rmdir $(ROOT)/$(INIT_DIR)

dist: $(BINARY) ## build the packages into dist/, KINDS="tarball deb recipes wheel sdist crate"
	packaging/build.sh $(BINARY) $(KINDS)

package-test: package-tools dist ## install each package in a scratch place, and say how long it takes to a working workon
	packaging/test.sh $(KINDS)

.PHONY: package-tools
package-tools:
	tests/tools/prepare.sh $(if $(filter-out $(QUICK_KINDS),$(or $(KINDS),wheel)),--packages)

release: ## prepare release VERSION in dist/ (RELEASING.md)
	packaging/release.sh $(VERSION)

picture: $(BINARY) ## draw docs/session.svg from a real session
	tests/tools/picture.sh $(BINARY)

# For packaging/build.sh.
print-target:
	@echo $(or $(TARGET),$(HOST))

bench: $(BINARY) ## measure beside the other tools, in four minutes; ROUNDS=1 is a quick look
	@tests/bench/run.sh $(BINARY)

figures: $(BINARY) ## the same, and write docs/figures.md and docs/figures.svg if the machine was quiet
	@tests/bench/run.sh --write $(BINARY)

clean: ## remove target/ and dist/
	cargo clean
	rm -rf dist
