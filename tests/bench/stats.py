"""Medians and spreads of samples, ratios round by round, and whether a run was too noisy to publish."""
from __future__ import annotations

import statistics
from dataclasses import dataclass, field

# A run is noisy when one of these is exceeded. Load per core before it:
MOST_LOAD = 0.5
# processor time that others used while it ran, in cores:
MOST_OTHERS = 0.25
# the slowest calibration loop against the fastest:
MOST_DRIFT = 1.3
# the middle half of a figure's samples against its median, and the share of figures that may be wider:
WIDE = 0.4
MOST_WIDE = 0.2
FEWEST_ROUNDS = 3


@dataclass(frozen=True)
class Spread:
    """A median with the middle half of the samples."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, samples: list[float]) -> Spread:
        if len(samples) == 1:
            return cls(samples[0], samples[0], samples[0])
        low, _, high = statistics.quantiles(samples, n=4, method="inclusive")
        return cls(low, statistics.median(samples), high)

    def is_wide(self) -> bool:
        return self.median > 0 and self.high - self.low > WIDE * self.median


@dataclass
class Run:
    """What a benchmark run found: samples by key and round, facts about the machine, counted costs, missing peers."""

    samples: dict[str, dict[int, list[float]]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    costs: list[list[str]] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)

    def add(self, line: str) -> None:
        """Takes one line, ROUND|KEY|VALUE."""
        number, key, value = line.split("|")
        self.samples.setdefault(key, {}).setdefault(int(number), []).append(float(value))

    def all(self, key: str) -> list[float]:
        return [value for values in self.samples.get(key, {}).values() for value in values]

    def spread(self, key: str) -> Spread | None:
        values = self.all(key)
        return Spread.of(values) if values else None

    def ratio(self, ours: str, theirs: str) -> Spread | None:
        """Theirs through ours: of the medians, with the lowest and highest of a single round.

        A busy minute of the machine falls on both sides of a round, so that rounds tell more than samples."""
        one, other = self.spread(ours), self.spread(theirs)
        if not one or not other or not one.median:
            return None
        both = self.samples[ours].keys() & self.samples[theirs].keys()
        median = statistics.median
        of_rounds = [median(self.samples[theirs][at]) / median(self.samples[ours][at]) for at in both]
        whole = other.median / one.median
        return Spread(min([whole, *of_rounds]), whole, max([whole, *of_rounds]))

    def why_absent(self, key: str) -> str | None:
        """Why a peer with that key took no part."""
        return next((f"{name}: {why}" for name, why in self.absent.items() if key.startswith(f"{name}-")), None)


def too_busy(load: float, cores: int) -> str | None:
    """Why a run that is to be published may not start."""
    if load <= MOST_LOAD * cores:
        return None
    return f"the load is {load:.2f}, more than {MOST_LOAD * cores:.2f} ({cores} cores): wait for a quiet machine"


def noise(run: Run, keys: list[str]) -> list[str]:
    """Why the run is too noisy to publish, if it is; `keys` are those whose spread counts."""
    reasons = []
    busy = too_busy(float(run.facts["load"].split("|")[0]), int(run.facts["cores"]))
    if busy:
        reasons.append(busy)
    rounds = int(run.facts["rounds"])
    if rounds < FEWEST_ROUNDS:
        reasons.append(f"{rounds} rounds; a spread needs {FEWEST_ROUNDS}")
    others = float(run.facts.get("others", 0))
    if others > MOST_OTHERS:
        reasons.append(f"other processes used {others:.2f} cores while it ran, more than {MOST_OTHERS}")
    loops = run.all("calibration")
    if loops and max(loops) > MOST_DRIFT * min(loops):
        reasons.append(
            f"the same loop took {min(loops):.0f} to {max(loops):.0f} ms, more than {MOST_DRIFT} x apart"
        )
    spreads = [spread for spread in map(run.spread, keys) if spread]
    wide = sum(spread.is_wide() for spread in spreads)
    if wide > MOST_WIDE * len(spreads):
        reasons.append(
            f"{wide} of {len(spreads)} figures vary by more than {WIDE:.0%} of their median; {MOST_WIDE:.0%} may"
        )
    return reasons
