"""The forms of verbs, from a small table: a phrase names a group of verbs, and is told every form they take.

Everything is folded. A form may be a phrase of several words ("mis ... sur pied", "rond ... af"); it decides nothing.
"""

from collections.abc import Callable, Iterable
from typing import Any

TAGS = frozenset(["inf", "pres", "imp", "pp", "adj", "past", "fut", "cond", "ger"])
_VOWELS = "aeiou"
_UNSTRESSED = ("en", "el", "ig", "ander", "inner", "lever", "beter", "order", "inder")
"""Ends of Dutch stems whose last vowel is not doubled."""


class Verbs:
    """One language's verbs by group, each group's forms by their tag."""

    def __init__(self, language: str, table: dict[str, Any]) -> None:
        self._irregular: dict[str, list[str]] = {
            verb: [part.strip() for part in parts.split("|")] for verb, parts in table.get("irregular", {}).items()
        }
        conjugate: Callable[[str], dict[str, list[str]]] = {"fr": self._french, "en": self._english, "nl": self._dutch}[
            language
        ]
        self._lists = {name: [each.strip() for each in said.split(",")] for name, said in table["lists"].items()}
        self._groups: dict[str, dict[str, list[str]]] = {}
        for group, written in table["groups"].items():
            forms: dict[str, list[str]] = {tag: [] for tag in TAGS}
            for entry in (each.strip() for each in written.split(",")):
                verb, _, behind = entry.partition(" ")
                for tag, each in conjugate(verb).items():
                    forms[tag] += [f"{form} ... {behind}" if behind else form for form in each]
            self._groups[group] = forms

    @property
    def participles(self) -> frozenset[str]:
        """Every participle of one word but the French masculine singular, which may be another form."""
        return frozenset(form for forms in self._groups.values() for form in forms["adj"] if " " not in form)

    def forms(self, name: str) -> list[str]:
        """The forms of `group` or `group:tag+tag`, or what a list holds; an unknown name is a `KeyError`."""
        if name in self._lists:
            return self._lists[name]
        group, _, tags = name.partition(":")
        by_tag = self._groups[group]
        wanted: Iterable[str] = tags.split("+") if tags else by_tag
        return list(dict.fromkeys(form for tag in wanted for form in by_tag[tag]))

    # French: six forms of the present | participle | stem of the imperfect | stem of the future

    def _french(self, verb: str) -> dict[str, list[str]]:
        known = max((each for each in self._irregular if verb.endswith(each)), key=len, default="")
        if known:
            before = verb[: -len(known)]
            written = [[before + form for form in part.split()] for part in self._irregular[known]]
            present, participle, (imperfect,), (future,) = written
        else:
            present, participle, imperfect, future = _regular_french(verb)
        if len(participle) == 1:
            said = participle[0]
            participle = [said, f"{said}e", said if said[-1] == "s" else f"{said}s", f"{said}es"]
        return {
            "inf": [verb],
            "pres": present,
            "imp": [present[0], present[1], present[3], present[4]],
            "pp": participle,
            "adj": participle[1:],
            "past": [imperfect + end for end in ("ais", "ait", "aient")],
            "fut": [future + end for end in ("ai", "as", "a", "ons", "ez", "ont")],
            "cond": [future + end for end in ("ais", "ait", "ions", "iez", "aient")],
            "ger": [imperfect + "ant"],
        }

    # English: past | participle, where it is irregular

    def _english(self, verb: str) -> dict[str, list[str]]:
        doubled = verb + verb[-1] if _doubles(verb) else verb
        if verb[-1] == "e":
            past, going = f"{verb}d", verb[:-1] + "ing" if verb[-2:] not in ("ee", "oe") else f"{verb}ing"
        elif verb[-1] == "y" and verb[-2] not in _VOWELS:
            past, going = f"{verb[:-1]}ied", f"{verb}ing"
        else:
            past, going = f"{doubled}ed", f"{doubled}ing"
        says = _third(verb)
        parts = self._irregular.get(verb, [past, past])
        return {
            "inf": [verb],
            "pres": [verb, says],
            "imp": [verb],
            "pp": parts[1].split(),
            "adj": parts[1].split(),
            "past": parts[0].split(),
            "fut": [],
            "cond": [],
            "ger": [going],
        }

    # Dutch: participle | past | present, where it is irregular; "af|ronden" comes apart

    def _dutch(self, verb: str) -> dict[str, list[str]]:
        apart, _, bare = verb.rpartition("|")
        stem = _dutch_stem(bare)
        soft = bare.removesuffix("en").removesuffix("e")[-1:] in "tkfschpx"
        parts = self._irregular.get(bare, [])
        participle = parts[0] if parts else _dutch_participle(bare, stem, soft)
        past = (
            parts[1].split() if len(parts) > 1 else [stem + ("te" if soft else "de"), stem + ("ten" if soft else "den")]
        )
        says = stem if stem.endswith("t") else f"{stem}t"
        present = parts[2].split() if len(parts) > 2 else [stem, says, bare]
        whole = apart + participle
        adjective = f"{whole[:-1]}{whole[-1]}e" if whole.endswith(("d", "t")) else whole

        def split(forms: list[str]) -> list[str]:
            return [form for each in forms for form in (f"{each} ... {apart}", apart + each)] if apart else forms

        return {
            "inf": [apart + bare, *([f"{apart} te {bare}"] if apart else [])],
            "pres": split(present),
            "imp": [f"{present[0]} ... {apart}"] if apart else present[:1],
            "pp": [whole, adjective],
            "adj": [whole, adjective],
            "past": split(past),
            "fut": [],
            "cond": [],
            "ger": [f"{apart}{bare}d", f"{apart}{bare}de"],
        }


def _regular_french(verb: str) -> tuple[list[str], list[str], str, str]:
    stem, ending = verb[:-2], verb[-2:]
    if ending == "er":
        soft = f"{stem}e" if stem.endswith("g") else stem
        short = f"{stem[:-1]}i" if stem.endswith(("oy", "uy", "ay")) else stem
        if stem.endswith(("pel", "jet")):
            short = stem + stem[-1]
        present = [f"{short}e", f"{short}es", f"{short}e", f"{soft}ons", f"{stem}ez", f"{short}ent"]
        return present, [f"{stem}e"], soft, f"{short}er"
    if ending == "re":
        return [f"{stem}{end}" for end in ("s", "s", "", "ons", "ez", "ent")], [f"{stem}u"], stem, f"{stem}r"
    present = [f"{stem}{end}" for end in ("is", "is", "it", "issons", "issez", "issent")]
    return present, [f"{stem}i"], f"{stem}iss", f"{stem}ir"


def _third(verb: str) -> str:
    if verb.endswith(("s", "x", "z", "ch", "sh", "o")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb[-1] == "y" and verb[-2] not in _VOWELS else f"{verb}s"


def _doubles(verb: str) -> bool:
    """drop → dropped, commit → committed; open → opened."""
    short = len(verb) > 2 and verb[-1] not in "aeiouwxy" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
    return short and (sum(letter in _VOWELS for letter in verb) == 1 or verb.endswith(("mit", "fer")))


def _dutch_stem(bare: str) -> str:
    """The first person: maken → maak, geven → geef, stoppen → stop, openen → open."""
    if not bare.endswith("en"):
        return bare
    stem = bare[:-2]
    if len(stem) > 1 and stem[-1] == stem[-2] and stem[-1] not in _VOWELS:
        return stem[:-1]
    single = len(stem) > 1 and stem[-1] not in _VOWELS and stem[-2] in _VOWELS and stem[-3:-2] not in list(_VOWELS)
    if single and not (stem.endswith(_UNSTRESSED) and sum(letter in _VOWELS for letter in stem) > 1):
        stem = stem[:-1] + stem[-2] + stem[-1]
    return {"v": stem[:-1] + "f", "z": stem[:-1] + "s"}.get(stem[-1], stem)


def _dutch_participle(bare: str, stem: str, soft: bool) -> str:
    unstressed = bare.startswith(("be", "ge", "ver", "her", "ont", "vol", "over")) and len(bare) > 6
    ending = "" if stem.endswith(("d", "t")) else "t" if soft else "d"
    return ("" if unstressed else "ge") + stem + ending
