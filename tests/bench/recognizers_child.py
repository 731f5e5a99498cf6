"""Runs Recognizers-Text in an environment of its own: phrases come in on stdin, answers and times go out as JSON lines.

The first line is the list of phrases, answered by everything that was recognised in each; every further line asks for
one timed round over all of them. Only the standard library and Recognizers-Text are imported here.
"""

import json
import sys
import time
from collections import defaultdict
from datetime import datetime
from typing import Any

from recognizers_date_time import DateTimeRecognizer

CULTURES = {"fr": "fr-fr", "en": "en-us", "nl": "nl-nl"}


def main() -> None:
    models: dict[str, Any] = {}
    missing: dict[str, str] = {}
    phrases = json.loads(sys.stdin.readline())
    for language in {phrase["lang"] for phrase in phrases}:
        culture = CULTURES[language]
        try:
            models[language] = DateTimeRecognizer(culture).get_datetime_model(culture, False)
        except ValueError as problem:
            missing[language] = f"{culture}: {problem}"
    work: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    answers: list[list[dict[str, Any]] | None] = []
    for phrase in phrases:
        model = models.get(phrase["lang"])
        today = datetime.fromisoformat(phrase["today"])
        if model is None:
            answers.append(None)
            continue
        work[phrase["lang"]].append((phrase["text"], today))
        answers.append([_told(found) for found in _parsed(model, phrase["text"], today)])
    _say({"answers": answers, "missing": missing})
    for _ in sys.stdin:
        seconds = {}
        for language, asked in work.items():
            model = models[language]
            begun = time.perf_counter()
            for text, today in asked:
                _parsed(model, text, today)
            seconds[language] = time.perf_counter() - begun
        _say({"seconds": seconds})


def _parsed(model: Any, text: str, today: datetime) -> list[Any]:
    try:
        found: list[Any] = model.parse(text, today)
    except Exception:  # A phrase that breaks the library is one it has no answer for.
        return []
    return found


def _told(found: Any) -> dict[str, Any]:
    resolution = found.resolution or {}
    return {"text": found.text, "type": found.type_name, "values": resolution.get("values") or []}


def _say(answer: dict[str, Any]) -> None:
    print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
