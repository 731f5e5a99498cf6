"""Makes the package a tenant uploads to Teams from the files beside this one; must never ship a placeholder id."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

HERE = Path(__file__).parent
TEMPLATE = HERE / "manifest.json"
EXAMPLE_URL = "https://boucle.example"

_SEMVER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_HTTPS = re.compile(r"https://[^\s/?#]+([/?#]\S*)?")
_COMMAND = re.compile(r"bots\[0\]\.commandLists\[(\d)\]\.commands\[(\d)\]\.title")
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first day a zip file knows: the same sources always give the same bytes."""


class WrongPackage(Exception):
    """The package cannot be made from these values; the message says what to set."""


class MissingAppId(WrongPackage):
    """There is no app id, or only the placeholder of the template."""

    def __init__(self) -> None:
        super().__init__("Set MicrosoftAppId to the app id of the bot's registration: the package carries it.")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A line of the bot's menu; its title is the text that is sent when a person chooses it."""

    language: str
    scope: str
    title: str


def build_package(
    out: Path,
    *,
    app_id: str,
    public_url: str | None,
    version: str,
    privacy_url: str = f"{EXAMPLE_URL}/privacy",
    terms_url: str = f"{EXAMPLE_URL}/terms",
) -> None:
    """Write the .zip: the manifest with these values, its language files, both icons, and nothing else.

    The defaults of the addresses are places that do not exist: before colleagues get the app, `public_url` must be a
    page that helps, `privacy_url` and `terms_url` the house's own, all readable without signing in. `version` is like
    1.2.3 and has to grow for Teams to take an update. Raises MissingAppId, or WrongPackage saying what to set.
    """
    manifest = read_manifest()
    manifest["version"] = _version(version)
    manifest["id"] = manifest["bots"][0]["botId"] = _app_id(app_id)
    manifest["developer"] |= {
        "websiteUrl": _https("The public address", public_url or EXAMPLE_URL),
        "privacyUrl": _https("The address of the privacy statement", privacy_url),
        "termsOfUseUrl": _https("The address of the terms of use", terms_url),
    }
    others = [*(language["file"] for language in _languages(manifest)), *manifest["icons"].values()]
    contents = {"manifest.json": json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"}
    contents |= {name: (HERE / name).read_bytes() for name in others}
    with ZipFile(out, "w") as package:
        for name, content in sorted(contents.items()):
            package.writestr(_entry(name), content)


def list_commands() -> Iterator[Command]:
    """Every command of every menu in every language: each has to be understood exactly as it stands here."""
    manifest = read_manifest()
    lists = manifest["bots"][0]["commandLists"]
    for menu in lists:
        for scope in menu["scopes"]:
            for command in menu["commands"]:
                language = manifest["localizationInfo"]["defaultLanguageTag"]
                yield Command(language=language, scope=scope, title=command["title"])
    for language in _languages(manifest):
        for key, text in json.loads((HERE / language["file"]).read_text(encoding="utf-8")).items():
            if found := _COMMAND.fullmatch(key):
                for scope in lists[int(found[1])]["scopes"]:
                    yield Command(language=language["languageTag"], scope=scope, title=text)


def read_manifest() -> dict[str, Any]:
    """The template: valid by itself, with placeholders for whatever belongs to one tenant."""
    manifest: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return manifest


def _languages(manifest: dict[str, Any]) -> list[dict[str, str]]:
    languages: list[dict[str, str]] = manifest["localizationInfo"]["additionalLanguages"]
    return languages


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _app_id(value: str) -> str:
    if not value.strip():
        raise MissingAppId
    try:
        app_id = UUID(value.strip())
    except ValueError:
        raise WrongPackage(f"MicrosoftAppId is not an app id (a GUID): {value!r}.") from None
    if not app_id.int:
        raise MissingAppId
    return str(app_id)


def _version(value: str) -> str:
    if not _SEMVER.fullmatch(value):
        raise WrongPackage(f"The version of the package must look like 1.2.3, not {value!r}.")
    return value


def _https(what: str, value: str) -> str:
    if not _HTTPS.fullmatch(value):
        raise WrongPackage(f"{what} must begin with https://, unlike {value!r}.")
    return value
