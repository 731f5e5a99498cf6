"""Which addresses we may be called from and may call: known https hosts of Teams, never a private network.

The shape is kept narrow on purpose, so that no two URL parsers can disagree about the host.
"""

import ipaddress
import re
import socket
from collections.abc import Collection

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

# Teams gives https://smba.trafficmanager.net/emea/ and the like, GCC a host of its own
# (msteams-docs, "Send proactive messages"). trafficmanager.net is open to anybody: never a wildcard there.
TEAMS_HOSTS = ("smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com")

FILE_HOSTS = ("*.sharepoint.com", "*.sharepoint.us")
"""Where Teams keeps people's files: OneDrive, a host for each school (msteams-docs, "Send and receive files")."""

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<v6>[0-9a-f:.]{2,45})\]|(?P<host>[a-z0-9.-]{1,253}))(?::(?P<port>[0-9]{1,5}))?"
    r"(?:/[a-z0-9._~%/-]*)?",
    re.IGNORECASE,
)


def is_loopback(host: str) -> bool:
    """True for localhost, 127.0.0.0/8 and ::1; a name is never looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_public(address: str) -> bool:
    """True for an IP address that belongs to the public internet: not private, link-local, shared or multicast."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    return ip.is_global and not ip.is_multicast


def why_not_service(url: str, hosts: Collection[str] = TEAMS_HOSTS, *, loopback: bool = False) -> str | None:
    """Why `url` may not be used as a service address, or None when it may; `loopback` also allows http on loopback."""
    parts = _ADDRESS.fullmatch(url) if len(url) <= 2_000 else None
    if parts is None:
        return "the service address is not a plain http(s) address"
    host = (parts["v6"] or parts["host"]).lower()
    if loopback and is_loopback(host):
        return None
    if parts["scheme"].lower() != "https":
        return "the service address is not https"
    if parts["port"] not in (None, "443"):
        return "the service address has an odd port"
    if not any(_is_host(host, known) for known in hosts):
        return "the service address is on an unknown host"
    # An address in figures is never resolved, so it is looked at here.
    if _is_ip(host) and not is_public(host):
        return "the service address is in a private network"
    return None


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


_FILE_ADDRESS = re.compile(
    r"(?P<start>https?://(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9.-]{1,253})(?::[0-9]{1,5})?)/[!-~]{1,3900}", re.IGNORECASE
)


def why_not_file(url: str, hosts: Collection[str] = FILE_HOSTS, *, loopback: bool = False) -> str | None:
    """Why no file may be put at `url`, or None when it may; the path may be anything that a URL can hold."""
    parts = _FILE_ADDRESS.fullmatch(url)
    if parts is None or "\\" in url:
        return "the address of the file is not a plain http(s) address"
    return why_not_service(f"{parts['start']}/", hosts, loopback=loopback)


def _is_host(host: str, known: str) -> bool:
    known = known.lower()
    return host.endswith(known[1:]) if known.startswith("*.") else host == known


class PrivateAddress(OSError):
    """A host name led to an address that is not on the public internet."""


class PublicResolver(AbstractResolver):
    """Looks names up in a thread and refuses what leads into a private network (loopback only where it is allowed)."""

    def __init__(self, *, loopback: bool = False) -> None:
        self._inner = ThreadedResolver()
        self._loopback = loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not all(is_public(each["host"]) or (self._loopback and is_loopback(each["host"])) for each in found):
            raise PrivateAddress(f"{host} leads into a private network")
        return found

    async def close(self) -> None:
        await self._inner.close()
