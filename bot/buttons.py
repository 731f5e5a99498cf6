"""What comes back from a button, checked before anything is made of it. It is a request, never a right."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, ValidationError

from bot.turn import ButtonPress

_Text = Annotated[StrictStr, Field(max_length=20_000)]
_Slot = _Text | StrictInt | StrictBool | None | Annotated[list[_Text | None], Field(max_length=2)]


class ButtonData(BaseModel):
    """The data of our buttons: the verb, the card's language, the version of what it was drawn from, and the slots.

    Without a version it can do what the same person can by typing, and no more.
    """

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, hide_input_in_errors=True)
    __pydantic_extra__: dict[str, _Slot]

    verb: Annotated[str, Field(max_length=40)]
    lang: Annotated[str, Field(max_length=8)] = ""
    version: Annotated[int, Field(ge=1, lt=2**31)] | None = None
    ref: Annotated[str, Field(max_length=32)] | None = None

    @property
    def slots(self) -> dict[str, Any]:
        named = {"version": self.version, "ref": self.ref}
        return dict(self.__pydantic_extra__) | {name: value for name, value in named.items() if value is not None}


NOTHING = ButtonPress(verb="", slots={}, language="")
"""What is no button of ours: the answer is the friendly one for a button that no longer counts."""


def read_press(action: Any) -> ButtonPress:
    """From `Action.Execute` ({verb, data}) or from its fallback (the data alone)."""
    if not isinstance(action, dict):
        return NOTHING
    data = action.get("data", action)
    if not isinstance(data, dict):
        return NOTHING
    try:
        found = ButtonData.model_validate({"verb": action.get("verb") or data.get("verb")} | data)
    except ValidationError:
        return NOTHING
    return ButtonPress(verb=found.verb, slots=found.slots, language=found.lang)
