"""Made-up names of many origins, and work e-mail addresses."""

from __future__ import annotations

import unicodedata

import numpy as np

from pipelines.demo.columns import pa, pc
from pipelines.demo.dates import Ints

# Origins and their shares; a pool of names of each is drawn once and combined, so that names come twice.
LOCALES = {
    "en_US": 0.50,
    "es_MX": 0.16,
    "en_IN": 0.07,
    "fr_FR": 0.05,
    "pl_PL": 0.05,
    "pt_BR": 0.05,
    "de_DE": 0.04,
    "tr_TR": 0.03,
    "yo_NG": 0.03,
    "sv_SE": 0.02,
}
POOL = 160
SUFFIXES = ("Jr.", "III", "PhD")
SUFFIX_SHARE, DOUBLE_SHARE = 0.015, 0.04


def _pools(seed: int) -> list[tuple[list[str], list[str]]]:
    """First and last names of each origin, in alphabetical order."""
    from faker import Faker  # takes a while, and the simulation alone has no need of names

    pools: list[tuple[list[str], list[str]]] = []
    for locale in LOCALES:
        source = Faker(locale, use_weighting=False)
        source.seed_instance(seed)
        first = sorted({source.first_name() for _ in range(POOL)})
        last = sorted({source.last_name() for _ in range(POOL)})
        pools.append((first, last))
    return pools


def draw_names(rng: np.random.Generator, seed: int, count: int) -> list[str]:
    """Full names: first, last, for some a second last name or a suffix."""
    pools = _pools(seed)
    origin = rng.choice(len(pools), count, p=np.array(list(LOCALES.values())))
    starts = np.cumsum([0, *(len(first) for first, _ in pools)])[:-1]
    last_starts = np.cumsum([0, *(len(last) for _, last in pools)])[:-1]
    firsts = pa.array([name for first, _ in pools for name in first])
    lasts = pa.array([name for _, last in pools for name in last])
    first_sizes = np.array([len(first) for first, _ in pools])[origin]
    last_sizes = np.array([len(last) for _, last in pools])[origin]

    def drawn(start: Ints, size: Ints) -> Ints:
        return start[origin] + np.floor(rng.random(count) * size).astype(np.int64)

    first = firsts.take(pa.array(drawn(starts, first_sizes)))
    last = lasts.take(pa.array(drawn(last_starts, last_sizes)))
    second = lasts.take(pa.array(drawn(last_starts, last_sizes)))
    is_double = pa.array(rng.random(count) < DOUBLE_SHARE)
    last = pc.if_else(is_double, pc.binary_join_element_wise(last, second, "-"), last)
    suffix = pa.array(SUFFIXES).take(pa.array(rng.integers(0, len(SUFFIXES), count)))
    has_suffix = pa.array(rng.random(count) < SUFFIX_SHARE)
    last = pc.if_else(has_suffix, pc.binary_join_element_wise(last, suffix, " "), last)
    return pc.binary_join_element_wise(first, last, " ").to_pylist()


def addresses(names: list[str]) -> list[str]:
    """Distinct work e-mail addresses made from the names, in plain letters."""
    seen: dict[str, int] = {}
    result: list[str] = []
    for name in names:
        plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
        local = ".".join("".join(c for c in part if c.isalpha()) for part in plain.lower().split()[:3])
        local = local.strip(".") or "staff"
        seen[local] = seen.get(local, 0) + 1
        number = "" if seen[local] == 1 else str(seen[local])
        result.append(f"{local}{number}@pharmacy.example")
    return result


_LETTERS = str.maketrans({"ł": "l", "Ł": "L", "\u0131": "i", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "đ": "d"})
