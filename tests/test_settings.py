"""What stops the start, in sentences; and what the operator's names become."""

from pathlib import Path

import pytest

from bot.settings import Settings, WrongSettings, load_settings

CREDENTIALS = {"MicrosoftAppId": "app", "MicrosoftAppPassword": "hidden-word"}
SINGLE = CREDENTIALS | {"MicrosoftAppType": "SingleTenant", "MicrosoftAppTenantId": "tenant-1"}


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for field, info in Settings.model_fields.items():
        for name in (str(info.validation_alias), f"BOUCLE_{field}"):
            for spelling in (name, name.upper(), name.lower()):
                monkeypatch.delenv(spelling, raising=False)


def settings_from(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return load_settings(None)


def test_nothing_set_is_anonymous_on_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch, {})
    assert settings.anonymous
    assert settings.loopback_service
    assert (settings.host, settings.port, settings.database_url) == ("127.0.0.1", 3978, "sqlite:///boucle.db")
    assert (settings.served_tenants, settings.allowed_tenants, settings.log_level) == (("default",), (), "info")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"MicrosoftAppType": "MultiTenent"}, "MicrosoftAppType is not known"),
        (CREDENTIALS | {"MicrosoftAppType": "Bot"}, "MicrosoftAppType is not known"),
        (CREDENTIALS | {"MicrosoftAppType": "UserAssignedMSI"}, "not supported yet"),
        ({"MicrosoftAppId": "app"}, "without MicrosoftAppPassword"),
        ({"MicrosoftAppId": "app", "MicrosoftAppPassword": " "}, "without MicrosoftAppPassword"),
        ({"MicrosoftAppPassword": "hidden-word"}, "without MicrosoftAppId"),
        ({"MicrosoftAppId": " ", "MicrosoftAppPassword": "hidden-word"}, "without MicrosoftAppId"),
        (CREDENTIALS | {"MicrosoftAppType": "SingleTenant"}, "needs MicrosoftAppTenantId"),
        (SINGLE | {"MicrosoftAppTenantId": "school.onmicrosoft.com"}, "not domain names"),
        ({"HOST": "0.0.0.0"}, "anybody could speak to the bot"),
        ({"HOST": "::"}, "anybody could speak to the bot"),
        ({"HOST": "boucle.example"}, "anybody could speak to the bot"),
        ({"PORT": "http"}, "PORT must be"),
        ({"PORT": "65536"}, "PORT must be"),
        ({"PORT": "-1"}, "PORT must be"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL must begin"),
        ({"DATABASE_URL": "boucle.db"}, "DATABASE_URL must begin"),
        ({"DATABASE_URL": "sqlite://boucle.db"}, "DATABASE_URL must begin"),
        ({"BOUCLE_LOG_LEVEL": "loud"}, "BOUCLE_LOG_LEVEL must be"),
        ({"BOUCLE_OPENID_METADATA_URL": "http://example.org"}, "BOUCLE_OPENID_METADATA_URL must begin"),
        (CREDENTIALS | {"HOST": "0.0.0.0", "BOUCLE_SERVICE_HOSTS": "127.0.0.1"}, "only while HOST is loopback"),
    ],
)
def test_the_start_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(WrongSettings) as refused:
        settings_from(monkeypatch, values)
    assert any(sentence in problem for problem in refused.value.problems)
    assert all(problem.endswith(".") for problem in refused.value.problems)
    assert "hidden-word" not in str(refused.value)


def test_all_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"PORT": "x", "BOUCLE_LOG_LEVEL": "x", "MicrosoftAppType": "x", "DATABASE_URL": "x", "HOST": "0.0.0.0"}
    with pytest.raises(WrongSettings) as refused:
        settings_from(monkeypatch, wrong)
    assert len(refused.value.problems) == 5


@pytest.mark.parametrize("name", ["MicrosoftAppId", "MICROSOFTAPPID", "microsoftappid"])
def test_names_are_taken_in_any_case(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    settings = settings_from(monkeypatch, {name: "app", "MICROSOFTAPPPASSWORD": "x", "microsoftapptype": "multitenant"})
    assert (settings.app_id, settings.app_type, settings.anonymous) == ("app", "MultiTenant", False)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:hidden-word@db:5432/b", "postgresql+psycopg://u:hidden-word@db:5432/b"),
        ("postgresql://db/b", "postgresql+psycopg://db/b"),
        ("postgresql+psycopg://db/b", "postgresql+psycopg://db/b"),
        ("sqlite:////var/boucle.db", "sqlite:////var/boucle.db"),
        ("", "sqlite:///boucle.db"),
    ],
)
def test_the_database_as_hosting_providers_name_it(monkeypatch: pytest.MonkeyPatch, given: str, used: str) -> None:
    settings = settings_from(monkeypatch, {"DATABASE_URL": given})
    assert settings.database_url == used
    assert "hidden-word" not in repr(settings)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_from(monkeypatch, CREDENTIALS)
    assert "hidden-word" not in repr(settings) + str(settings) + str(settings.model_dump())
    assert settings.app_password is not None
    assert settings.app_password.get_secret_value() == "hidden-word"


@pytest.mark.parametrize(
    ("values", "allowed"),
    [
        (CREDENTIALS, ()),
        (CREDENTIALS | {"MicrosoftAppTenantId": "Tenant-1"}, ("tenant-1",)),
        (CREDENTIALS | {"BOUCLE_TENANTS": " B ,,"}, ("b",)),
        (CREDENTIALS | {"MicrosoftAppTenantId": "tenant-1", "BOUCLE_TENANTS": "b, A, B"}, ("b", "a")),
        (SINGLE, ("tenant-1",)),
        (SINGLE | {"BOUCLE_TENANTS": "TENANT-1"}, ("tenant-1",)),
    ],
)
def test_which_tenants_may_speak(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, str], allowed: tuple[str, ...]
) -> None:
    settings = settings_from(monkeypatch, values)
    assert settings.allowed_tenants == allowed
    assert settings.served_tenants == (allowed or ("default",))


def test_the_authority_follows_the_app_type(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings_from(monkeypatch, CREDENTIALS).authority.endswith("/botframework.com")
    assert settings_from(monkeypatch, SINGLE).authority.endswith("/tenant-1")
    assert settings_from(monkeypatch, {"BOUCLE_AUTHORITY_URL": "https://a/b"}).authority == "https://a/b"


def test_an_env_file_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=4000\nHOST=localhost\nSOMETHING_ELSE=1\n")
    monkeypatch.setenv("PORT", "5000")
    settings = load_settings(file)
    assert (settings.port, settings.host) == (5000, "localhost")
    file.write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(WrongSettings, match="cannot be read"):
        load_settings(file)
    assert load_settings(tmp_path / "none").port == 5000


def test_a_bot_of_one_tenant_serves_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WrongSettings, match="needs MicrosoftAppType MultiTenant"):
        settings_from(monkeypatch, SINGLE | {"BOUCLE_TENANTS": "tenant-1, b"})
