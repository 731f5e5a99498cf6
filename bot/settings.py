"""What the operator sets: read from the environment once, at the start, and never guessed."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.addresses import TEAMS_HOSTS, is_loopback
from bot.schedule import periods_from
from storage.calendar import Period
from storage.retention import KEPT_DAYS

APP_TYPES = {"multitenant": "MultiTenant", "singletenant": "SingleTenant", "userassignedmsi": "UserAssignedMSI"}
_POSTGRESQL = ("postgresql+psycopg://", "postgresql://", "postgres://")


class WrongSettings(Exception):
    """The bot cannot start as it is set; `problems` says, one sentence each, what to do."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


_Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """Names as Azure gives them (in any case) and as hosting providers do; our own begin with BOUCLE_."""

    model_config = SettingsConfigDict(
        env_prefix="BOUCLE_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
        str_strip_whitespace=True,
    )

    app_id: str = Field(default="", validation_alias="MicrosoftAppId")
    app_password: SecretStr | None = Field(default=None, validation_alias="MicrosoftAppPassword")
    app_type: str = Field(default="MultiTenant", validation_alias="MicrosoftAppType")
    app_tenant: str = Field(default="", validation_alias="MicrosoftAppTenantId")
    # It may hold a password.
    database_url: str = Field(default="sqlite:///boucle.db", validation_alias="DATABASE_URL", repr=False)
    host: str = Field(default="127.0.0.1", validation_alias="HOST")
    port: int = Field(default=3978, ge=0, le=65_535, validation_alias="PORT")

    log_level: str = Field(default="info", pattern=r"^(?i:debug|info|warning|error)$")
    openid_metadata_url: str = "https://login.botframework.com/v1/.well-known/openidconfiguration"
    # The whole address of the authority, tenant included; empty: Microsoft's, as the app type asks.
    authority_url: str = ""
    # The directory ids that are served, apart from one another; empty: the one of MicrosoftAppTenantId, or everybody.
    tenants: _Words = ()
    # A loopback address here allows plain http to it: for measuring with authentication on.
    service_hosts: _Words = TEAMS_HOSTS
    # Messages and presses a minute, for each process; a person is promised sixty.
    person_limit: int = Field(default=120, ge=60, le=1_000_000)
    tenant_limit: int = Field(default=6_000, ge=60, le=10_000_000)
    # The weeks in which the school is closed: "2026-12-21/2027-01-03"; nobody is told anything then.
    closed: _Words = ()
    # The bodies whose members get a digest of the whole school each month.
    directors: _Words = ("Collège de Direction",)
    # Days for which what was said in conversation is kept; the plan and its record stay.
    kept_days: int = Field(default=KEPT_DAYS, ge=1, le=3_650)
    # What the app package says about the bot: a page that helps, the privacy statement, the terms of use.
    public_url: str = ""
    privacy_url: str = ""
    terms_url: str = ""

    @field_validator("app_type")
    @classmethod
    def _usual_spelling(cls, value: str) -> str:
        return APP_TYPES.get(value.lower(), value)

    @field_validator("database_url")
    @classmethod
    def _for_sqlalchemy(cls, value: str) -> str:
        for scheme in _POSTGRESQL:
            if value.startswith(scheme):
                return "postgresql+psycopg://" + value.removeprefix(scheme)
        return value

    @property
    def anonymous(self) -> bool:
        """True when nobody has to prove who they are: no app id, so on loopback only."""
        return not self.app_id

    @property
    def served_tenants(self) -> tuple[str, ...]:
        """The tenants whose rows we keep; one for everybody where none is set."""
        return self.allowed_tenants or ("default",)

    @property
    def allowed_tenants(self) -> tuple[str, ...]:
        """Lower-case directory ids that may speak to us; empty means everybody."""
        named = (self.app_tenant,) if self.app_type == "SingleTenant" or not self.tenants else self.tenants
        return tuple(dict.fromkeys(tenant.lower() for tenant in named if tenant))

    @property
    def closed_days(self) -> tuple[Period, ...]:
        return periods_from(self.closed)

    @property
    def authority(self) -> str:
        """Where the bot gets its own tokens."""
        tenant = self.app_tenant if self.app_type == "SingleTenant" else "botframework.com"
        return self.authority_url or f"https://login.microsoftonline.com/{tenant}"

    @property
    def loopback_service(self) -> bool:
        """True when Teams may be played by a program on this machine, over plain http."""
        return self.anonymous or any(is_loopback(host) for host in self.service_hosts)


_PROBLEMS = {
    "kept_days": "BOUCLE_KEPT_DAYS must be a whole number of days from 1 to 3650.",
    "port": "PORT must be a whole number from 0 to 65535.",
    "log_level": "BOUCLE_LOG_LEVEL must be debug, info, warning or error.",
    "person_limit": "BOUCLE_PERSON_LIMIT must be a whole number of messages a minute, 60 or more.",
    "tenant_limit": "BOUCLE_TENANT_LIMIT must be a whole number of messages a minute, 60 or more.",
}


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment and `env_file`; raises `WrongSettings` with everything that is wrong at once."""
    problems: list[str] = []
    instead: dict[str, Any] = {}
    while True:
        try:
            settings = Settings(**{"_env_file": env_file, **instead})
            break
        except (OSError, UnicodeDecodeError) as error:
            raise WrongSettings((f"{env_file} cannot be read as UTF-8 text: correct it or remove it.",)) from error
        except ValidationError as error:
            # Read on with the default in place of what is wrong, to find the rest.
            for field in {_field_of(each["loc"]) for each in error.errors()} - instead.keys():
                problems.append(_PROBLEMS.get(field, f"BOUCLE_{field.upper()} has a value that cannot be read."))
                instead[field] = Settings.model_fields[field].default
    problems += _problems_of(settings)
    if problems:
        raise WrongSettings(tuple(problems))
    return settings


def _field_of(location: tuple[int | str, ...]) -> str:
    name = str(location[0]).lower() if location else ""
    for field, info in Settings.model_fields.items():
        if name in (field, f"boucle_{field}", str(info.validation_alias).lower()):
            return field
    raise LookupError(f"no setting is called {name}")


def _problems_of(settings: Settings) -> list[str]:
    found = []
    password = settings.app_password.get_secret_value().strip() if settings.app_password else ""
    loopback = is_loopback(settings.host)
    if settings.app_type == "UserAssignedMSI":
        found.append(
            "MicrosoftAppType UserAssignedMSI is not supported yet: use SingleTenant or MultiTenant with a password."
        )
    elif settings.app_type not in APP_TYPES.values():
        found.append("MicrosoftAppType is not known: write MultiTenant or SingleTenant.")
    if settings.app_id and not password:
        found.append("MicrosoftAppId is set without MicrosoftAppPassword: set both, or neither to try it on loopback.")
    if password and not settings.app_id:
        found.append("MicrosoftAppPassword is set without MicrosoftAppId: set both, or neither to try it on loopback.")
    if settings.app_type == "SingleTenant" and not settings.app_tenant:
        found.append("MicrosoftAppType SingleTenant needs MicrosoftAppTenantId: set it to the directory (tenant) id.")
    if any("." in tenant for tenant in (settings.app_tenant, *settings.tenants)):
        found.append("MicrosoftAppTenantId and BOUCLE_TENANTS take directory (tenant) ids, not domain names.")
    if settings.app_type == "SingleTenant" and {one.lower() for one in settings.tenants} - {
        settings.app_tenant.lower()
    }:
        found.append(
            "BOUCLE_TENANTS names other directories than MicrosoftAppTenantId: that needs MicrosoftAppType MultiTenant."
        )
    if not settings.app_id and not loopback:
        found.append(
            f"HOST is {settings.host} but there is no MicrosoftAppId, so anybody could speak to the bot: "
            "set MicrosoftAppId and MicrosoftAppPassword, or HOST to 127.0.0.1."
        )
    if settings.app_id and settings.loopback_service and not loopback:
        found.append("BOUCLE_SERVICE_HOSTS names a loopback address: that is allowed only while HOST is loopback too.")
    if not settings.database_url.startswith(("sqlite:///", _POSTGRESQL[0])):
        found.append("DATABASE_URL must begin with sqlite:/// or postgresql:// (postgres:// is accepted too).")
    if settings.database_url in ("sqlite:///", "sqlite:///:memory:"):
        found.append("DATABASE_URL must name a file, such as sqlite:///boucle.db.")
    try:
        periods_from(settings.closed)
    except ValueError:
        found.append("BOUCLE_CLOSED takes days as 2026-12-21/2027-01-03, several of them separated by commas.")
    for name in ("openid_metadata_url", "authority_url", "public_url", "privacy_url", "terms_url"):
        url = getattr(settings, name)
        if url and not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            found.append(f"BOUCLE_{name.upper()} must begin with https://.")
    return found
