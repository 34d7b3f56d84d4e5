"""Fetching a file from an address that somebody typed: only from the public internet, and never for long."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

import httpx

from territories.outward.deadline import within_deadline
from territories.outward.service import CompressedAnswer, UnreadableAnswer, read_within, request_headers

FETCH_SECONDS = 10.0
LONGEST_FILE = 5_000_000
MOST_REDIRECTS = 3
PORTS = {None, 80, 443}
IPV4_INSIDE = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))


class NotFetched(Exception):
    """The file is not to be had. The text says why, in French, for who typed the address."""


TOO_LONG = "Le fichier dépasse 5\u00a0Mo."
COMPRESSED = "L’adresse envoie un fichier compressé\u00a0: donnez celle d’un fichier .ics."


def fetch(url: str) -> bytes:
    """The file at an http or https address, redirects followed.

    The machine is looked up once, and the connection goes to what was found: an address of our own network is not
    asked, whatever its name says, now or at the second look.

    Raises:
        NotFetched: within ten seconds and a half at most.
    """
    with httpx.Client(
        transport=within_deadline(FETCH_SECONDS, resolve=public_address), timeout=FETCH_SECONDS
    ) as client:
        for _ in range(MOST_REDIRECTS + 1):
            _check(url)
            try:
                with client.stream("GET", url, headers=request_headers()) as response:
                    if response.is_redirect:
                        url = str(response.next_request.url) if response.next_request else ""
                        continue
                    response.raise_for_status()
                    return read_within(response, LONGEST_FILE)
            except httpx.HTTPStatusError as error:
                raise NotFetched(f"L’adresse répond {error.response.status_code}.") from error
            except UnreadableAnswer as error:
                raise NotFetched(COMPRESSED if isinstance(error, CompressedAnswer) else TOO_LONG) from error
            except (httpx.InvalidURL, UnicodeError) as error:
                raise NotFetched("Cette adresse est mal écrite.") from error
            except httpx.HTTPError as error:
                raise NotFetched("L’adresse ne répond pas à temps, ou pas comme il faut.") from error
    raise NotFetched("L’adresse renvoie trop de fois ailleurs.")


def _check(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotFetched("Cette adresse est mal écrite.") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or port not in PORTS:
        raise NotFetched("Indiquez une adresse en https, sans numéro de port.")
    if parts.username or parts.password:
        raise NotFetched("Indiquez une adresse sans identifiant ni mot de passe.")


def public_address(host: str) -> str:
    """The number of a machine of the public internet.

    Raises:
        NotFetched: there is none of that name, or it is one of a private network.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("Aucune machine n’a ce nom.") from error
    numbers = [str(one[4][0]) for one in found]
    if not all(_is_public(number) for number in numbers):
        raise NotFetched("Cette adresse n’est pas sur l’internet public.")
    return numbers[0]


def _is_public(number: str) -> bool:
    address = ipaddress.ip_address(number.partition("%")[0])
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    embedded = address.ipv4_mapped or address.sixtofour or _translated(address)
    return not address.is_site_local and (embedded is None or embedded.is_global)


def _translated(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a translator would ask for this one (RFC 6052; RFC 4291, 2.5.5.1)."""
    if any(address in network for network in IPV4_INSIDE):
        return ipaddress.IPv4Address(address.packed[-4:])
    return None
