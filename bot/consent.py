"""An agreement to keep a file, or a refusal, as Teams brings it (`fileConsent/invoke`); nothing in it is believed."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

NAME = "fileConsent/invoke"

_Address = Annotated[str, Field(max_length=4_000)]


class _Part(BaseModel):
    model_config = ConfigDict(
        strict=True, extra="ignore", frozen=True, alias_generator=to_camel, hide_input_in_errors=True
    )


class UploadInfo(_Part):
    """Where the file goes (`upload_url`, good once and for a short time), and where it is found afterwards."""

    upload_url: _Address
    content_url: _Address = ""
    unique_id: Annotated[str, Field(max_length=200)] = ""


class Consent(_Part):
    action: Literal["accept", "decline"]
    context: Any = None
    upload_info: UploadInfo | None = None


def read_consent(value: Any) -> Consent | None:
    try:
        return Consent.model_validate(value)
    except ValidationError:
        return None
