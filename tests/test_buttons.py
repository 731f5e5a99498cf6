"""What comes back from a card may be anything: our buttons are read as drawn, all else gets a friendly answer."""

from typing import Any

import pytest

from bot.buttons import NOTHING, read_press
from tests.conversation import School, Someone
from tests.test_edge import SORRY


def test_our_buttons_are_read() -> None:
    data = {"verb": "mark_done", "lang": "fr", "ref": "TI-12", "version": 3}
    for action in ({"verb": "mark_done", "data": data}, data, {"data": data}):
        pressed = read_press(action)
        assert (pressed.verb, pressed.language, pressed.slots) == ("mark_done", "fr", {"ref": "TI-12", "version": 3})
    listed = read_press({"verb": "list_actions", "due": ["2026-03-01", None], "late": True, "page": 2, "axis": "A"})
    assert listed.slots == {"due": ["2026-03-01", None], "late": True, "page": 2, "axis": "A"}


def altered(**slots: Any) -> dict[str, Any]:
    return {"verb": "mark_done", "ref": "TI-12", "version": 1} | slots


@pytest.mark.parametrize(
    "action",
    [
        *(None, "mark_done", 7, [], {}, {"verb": 7}, {"verb": ["mark_done"]}, {"verb": "x" * 41}, {"data": "x"}),
        *({"data": {"verb": None}}, {"verb": "mark_done", "data": None}),
        *(altered(version=odd) for odd in ("3", True, 0, -1, 2**31, 1.5, [1])),
        *(altered(ref=odd) for odd in (12, "T" * 33, ["TI-12"], {"$ne": None})),
        *(altered(lang=odd) for odd in (7, "x" * 9, ["fr"])),
        *(altered(note=odd) for odd in ("x" * 20_001, {"a": 1}, 0.5)),
        *(altered(due=odd) for odd in (["a", "b", "c"], [1, 2], [["a"], None])),
    ],
)
def test_what_is_no_button_of_ours(action: Any) -> None:
    assert read_press(action) == NOTHING


async def test_altered_and_foreign_buttons_get_a_friendly_refusal(school: School) -> None:
    nadia = school.chat("nadia.lambert")
    before = school.rows('SELECT ref, status, version, "end" FROM action ORDER BY id')
    for verb, data in (
        ("mark_done", {"verb": "mark_done", "ref": {"$ne": None}}),
        ("drop_table", {"ref": "TI-12", "version": 1}),
        ("__class__", {}),
        ("mark_done", {"verb": "mark_done", "ref": "TI-12", "version": "1"}),
        ("mark_done", {"ref": "TI-12' OR 1=1 --", "version": 1}),
        ("mark_done", {"ref": "TI-999999", "version": 1}),
        ("mark_done", {"ref": "TI-12", "version": 99}),
        ("needs_choice", {"options": []}),
        ("not_understood", {}),
    ):
        card = await nadia.presses_data(verb, data)
        assert SORRY not in card, (verb, data)
        assert card.buttons, "a way on"
    assert school.rows('SELECT ref, status, version, "end" FROM action ORDER BY id') == before
    assert school.rows("SELECT count(*) FROM event")[0][0] == 0


async def test_a_button_that_is_pressed_again_acts_once(school: School) -> None:
    """Delivered twice, pressed twice, pressed by somebody else from an old card."""
    nadia, claire = school.chat("nadia.lambert"), school.chat("claire.dumont")
    card = await nadia.says("TI-12")
    done = card.button("Réalisée")

    async def press(someone: Someone) -> None:
        assert SORRY not in await someone.presses_data(done["verb"], done["data"])

    press_once = school.teams.press(nadia.person, nadia.place, done["verb"], done["data"])
    for _ in range(3):
        assert (await school.teams.send(school.url, press_once))[0] == 200
    await press(nadia)
    await press(claire)
    assert school.rows("SELECT count(*) FROM event")[0][0] == 1
    assert school.rows("SELECT status, version FROM action WHERE ref = 'TI-12'")[0] == ("done", 2)
