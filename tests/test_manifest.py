"""The package for Teams: valid against the schema it declares, within the store's rules, never without an app id."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest
from jsonschema import Draft4Validator
from PIL import Image

from manifest.package import HERE, MissingAppId, WrongPackage, build_package, list_commands, read_manifest

APP_ID = "3f6c1f0e-8f54-4c63-9a52-6d0c5b7c1e11"
SCHEMAS = (
    Path(__file__).resolve().parents[1]
    / "node_modules"
    / "@microsoft"
    / "app-manifest"
    / "build"
    / "json-schemas/teams"
)
CORE_NAMES = ("teams", "microsoft", "outlook", "viva", "planner", "copilot", "loop", "chat", "meeting", "calendar")
SUPERLATIVES = re.compile(r"\b(meilleure?s?|best|number one|n° ?1|unique au monde|leader|révolutionn\w+)\b", re.I)


@pytest.fixture
def package(tmp_path: Path) -> dict[str, bytes]:
    """What a tenant would upload, file by file."""
    out = tmp_path / "boucle.zip"
    build_package(out, app_id=APP_ID, public_url="https://boucle.ecole.example", version="1.4.2")
    with ZipFile(out) as written:
        assert written.testzip() is None
        return {name: written.read(name) for name in written.namelist()}


@pytest.fixture
def manifest(package: dict[str, bytes]) -> dict[str, Any]:
    return dict(json.loads(package["manifest.json"]))


def _files_of_languages(manifest: dict[str, Any]) -> list[str]:
    return [language["file"] for language in manifest["localizationInfo"]["additionalLanguages"]]


def _texts(package: dict[str, bytes], manifest: dict[str, Any]) -> list[dict[str, str]]:
    """Name and descriptions in each language, under the keys of a language file."""
    first = {
        f"{what}.{length}": manifest[what][length] for what in ("name", "description") for length in ("short", "full")
    }
    return [first, *(json.loads(package[file]) for file in _files_of_languages(manifest))]


# The published schema


def _schema(kind: str, version: str) -> Draft4Validator:
    if not SCHEMAS.exists():
        pytest.skip(f"Not checked against Microsoft's {kind}schema.json v{version}: run npm ci --ignore-scripts")
    schema = json.loads((SCHEMAS / f"v{version}" / f"MicrosoftTeams.{kind}schema.json").read_text(encoding="utf-8-sig"))
    return Draft4Validator(schema)


def test_the_manifest_is_valid_against_the_schema_it_declares(manifest: dict[str, Any]) -> None:
    version = manifest["manifestVersion"]

    assert f"/v{version}/MicrosoftTeams.schema.json" in manifest["$schema"]
    _schema("", version).validate(manifest)
    _schema("", version).validate(read_manifest())


def test_language_files_are_valid_against_the_schema_of_the_same_version(
    package: dict[str, bytes], manifest: dict[str, Any]
) -> None:
    version = manifest["manifestVersion"]

    for file in _files_of_languages(manifest):
        texts = json.loads(package[file])
        assert f"/v{version}/MicrosoftTeams.Localization.schema.json" in texts["$schema"]
        _schema("Localization.", version).validate(texts)


def test_the_schema_would_notice_a_mistake(manifest: dict[str, Any]) -> None:
    schema = _schema("", manifest["manifestVersion"])

    assert not schema.is_valid(manifest | {"name": {"short": "B" * 31}})
    assert not schema.is_valid(manifest | {"surprise": True})


# What the package holds


def test_it_holds_the_manifest_the_languages_and_the_icons_and_nothing_else(package: dict[str, bytes]) -> None:
    assert sorted(package) == ["color.png", "en.json", "manifest.json", "outline.png"]
    for name in ("color.png", "en.json", "outline.png"):
        assert package[name] == (HERE / name).read_bytes()


def test_the_values_of_the_tenant_are_in_it(manifest: dict[str, Any]) -> None:
    assert manifest["id"] == manifest["bots"][0]["botId"] == APP_ID
    assert manifest["version"] == "1.4.2"
    assert manifest["developer"]["websiteUrl"] == "https://boucle.ecole.example"


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        build_package(tmp_path / name, app_id=f" {APP_ID.upper()} ", public_url=None, version="0.1.0")

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


@pytest.mark.parametrize("app_id", ["", "  ", "00000000-0000-0000-0000-000000000000", "0" * 32])
def test_without_an_app_id_there_is_no_package(tmp_path: Path, app_id: str) -> None:
    with pytest.raises(MissingAppId, match="Set MicrosoftAppId"):
        build_package(tmp_path / "boucle.zip", app_id=app_id, public_url=None, version="0.1.0")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"app_id": "boucle"}, "MicrosoftAppId is not an app id"),
        ({"version": "1.0"}, "version .* like 1.2.3"),
        ({"version": "1.0.0\n"}, "version .* like 1.2.3"),
        ({"public_url": "http://boucle.ecole.example"}, "public address must begin with https"),
        ({"privacy_url": "boucle.ecole.example/privacy"}, "privacy statement must begin with https"),
        ({"terms_url": "https:///terms"}, "terms of use must begin with https"),
    ],
)
def test_a_wrong_value_is_told_and_nothing_is_written(tmp_path: Path, wrong: dict[str, str], told: str) -> None:
    values: dict[str, Any] = {"app_id": APP_ID, "public_url": None, "version": "0.1.0"}

    with pytest.raises(WrongPackage, match=told):
        build_package(tmp_path / "boucle.zip", **(values | wrong))

    assert list(tmp_path.iterdir()) == []


# The store's rules, by their number


def test_48_valid_domains_name_no_tunnel_and_no_foreign_domain(manifest: dict[str, Any]) -> None:
    assert manifest["validDomains"] == []


def test_51_schema_and_version_are_released_and_every_scope_is_usable(manifest: dict[str, Any]) -> None:
    bot = manifest["bots"][0]

    assert tuple(map(int, manifest["manifestVersion"].split("."))) >= (1, 10)
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    assert sorted(scope for menu in bot["commandLists"] for scope in menu["scopes"]) == sorted(bot["scopes"])


def test_52_the_colour_icon_is_192_square_opaque_and_in_colour() -> None:
    with Image.open(HERE / "color.png") as icon:
        assert (icon.format, icon.size, icon.mode) == ("PNG", (192, 192), "RGB")
        colours = icon.getcolors(192 * 192) or []
        corner = icon.getpixel((0, 0))

    assert len(colours) > 50
    assert isinstance(corner, tuple)
    accent = read_manifest()["accentColor"].lstrip("#")
    assert all(abs(a - b) <= 8 for a, b in zip(corner, bytes.fromhex(accent), strict=True))


def test_52_the_outline_icon_is_32_square_white_on_transparent_without_a_margin() -> None:
    with Image.open(HERE / "outline.png") as icon:
        assert (icon.format, icon.size, icon.mode) == ("PNG", (32, 32), "RGBA")
        pixels = [icon.getpixel((x, y)) for x in range(32) for y in range(32)]
        edges = icon.getchannel("A").getbbox()

    assert all(isinstance(pixel, tuple) and (pixel[3] == 0 or pixel[:3] == (255, 255, 255)) for pixel in pixels)
    assert {pixel[3] for pixel in pixels if isinstance(pixel, tuple)} >= {0, 255}
    assert edges is not None
    assert edges[0] <= 1
    assert edges[1] <= 1
    assert edges[2] >= 31
    assert edges[3] >= 31


def test_53_every_language_says_everything_and_is_named_in_the_description(
    package: dict[str, bytes], manifest: dict[str, Any]
) -> None:
    menus = manifest["bots"][0]["commandLists"]
    wanted = {
        "$schema",
        *(f"{what}.{length}" for what in ("name", "description") for length in ("short", "full")),
        *(
            f"bots[0].commandLists[{menu}].commands[{command}].{field}"
            for menu in range(len(menus))
            for command in range(len(menus[menu]["commands"]))
            for field in ("title", "description")
        ),
    }

    assert manifest["localizationInfo"]["defaultLanguageTag"] == "fr"
    for file in _files_of_languages(manifest):
        assert set(json.loads(package[file])) == wanted
    french, english = _texts(package, manifest)
    assert "en français et en anglais" in french["description.full"]
    assert "in French and in English" in english["description.full"]


def test_54_the_addresses_are_https(manifest: dict[str, Any]) -> None:
    addresses = [value for key, value in manifest["developer"].items() if key.endswith("Url")]

    assert len(addresses) == 3
    assert all(urlsplit(address).scheme == "https" and urlsplit(address).hostname for address in addresses)


def test_55_the_name_is_our_own_and_the_description_is_short_and_claims_nothing(
    package: dict[str, bytes], manifest: dict[str, Any]
) -> None:
    for texts in _texts(package, manifest):
        assert texts["name.short"] == "Boucle"
        assert not any(name in texts["name.full"].lower() for name in CORE_NAMES)
        assert len(texts["description.full"].split()) <= 500
        assert texts["description.short"] != texts["description.full"]
        assert not SUPERLATIVES.search(" ".join(texts.values()))


def test_57_the_bot_is_no_one_way_street(manifest: dict[str, Any]) -> None:
    bot = manifest["bots"][0]

    assert bot["isNotificationOnly"] is False
    assert bot["supportsFiles"] is True


# The menus


def test_every_menu_has_commands_without_repetition_or_prefix() -> None:
    menus: dict[tuple[str, str], list[str]] = {}
    for command in list_commands():
        menus.setdefault((command.language, command.scope), []).append(command.title)

    assert set(menus) == {(language, scope) for language in ("fr", "en") for scope in ("personal", "team", "groupChat")}
    for titles in menus.values():
        assert 1 <= len(titles) <= 10
        assert len({title.casefold() for title in titles}) == len(titles)
        assert all(title == title.strip() and title[0].isalpha() and len(title) <= 128 for title in titles)


def test_the_menus_of_a_scope_are_equally_long_in_every_language() -> None:
    for scope in ("personal", "team", "groupChat"):
        counts = {
            language: sum(command.scope == scope and command.language == language for command in list_commands())
            for language in ("fr", "en")
        }
        assert len(set(counts.values())) == 1, counts


def test_a_command_names_nothing_a_tenant_may_lack() -> None:
    for command in list_commands():
        assert not re.search(r"\b[A-Z]{2,}\b|[…<>\[\]{}]", command.title)
