"""Which names this server answers to, and whose requests change something: against DNS rebinding and foreign pages."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

from starlette.requests import Request

from magnitizdat.web.http.addresses import lan_address

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Serving(NamedTuple):
    """Where one server stands: the names it answers to, the path before all of its own, and what is in front of it."""

    hosts: frozenset[str] = LOOPBACK_NAMES
    base_path: str = ""
    tls: bool = False
    proxied: bool = False
    """A proxy on this machine speaks for the peers: it was announced by --base-path or --host."""
    any_name: bool = False
    """It is reached by addresses that it does not know itself, and each of its addresses has a long secret in it."""


def serving(
    addresses: Iterable[str] = (), *, names: Iterable[str] = (), base_path: str = "", tls: bool = False
) -> Serving:
    """Answer at these bound addresses and names; loopback is always there."""
    named = frozenset(map(plain_host, names))
    path = "/" + base_path.strip("/") if base_path.strip("/") else ""
    hosts = LOOPBACK_NAMES | frozenset(map(plain_host, addresses)) | named
    return Serving(hosts, path, tls=tls, proxied=bool(named or path))


def plain_host(host: str) -> str:
    """A Host header's name: without port, brackets, the last dot, in small letters."""
    text = host.strip().casefold()
    if text.startswith("["):
        inside, _, port = text[1:].partition("]")
        text = inside if re.fullmatch(":?[0-9]*", port, re.ASCII) else ""
    elif text.count(":") == 1:
        name, _, port = text.partition(":")
        text = name if re.fullmatch("[0-9]*", port, re.ASCII) else ""
    return text.removesuffix(".")


def is_everywhere(address: str) -> bool:
    """Whether an address stands for all of this machine's."""
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False


def host_for_others(request: Request, place: Serving) -> str | None:
    """By which name or address another device reaches this server, with its port; None where none can.

    The one that the request came by, unless that is this machine's own name for itself.
    """
    came_by = request.headers["host"]
    host, port = plain_host(came_by), came_by.rpartition(":")[2]
    if host not in LOOPBACK_NAMES and not is_loopback(host):
        return came_by
    others = sorted(each for each in place.hosts if each not in LOOPBACK_NAMES and not is_loopback(each))
    found = next((each for each in others if not is_everywhere(each)), None)
    found = found or (lan_address() if others else None)
    if found is None:
        return None
    shown = f"[{found}]" if ":" in found else found
    return shown if place.proxied or not port.isdigit() else f"{shown}:{port}"


def is_known_host(request: Request, place: Serving) -> bool:
    """Whether the request has exactly one Host, and it is ours: a name of ours, or the address that it came to."""
    hosts = request.headers.getlist("host")
    here = request.scope.get("server") or ("", 0)
    return len(hosts) == 1 and (place.any_name or plain_host(hosts[0]) in place.hosts | {here[0]})


def is_same_site(request: Request) -> bool:
    """Whether no page of anybody else's made this request: what changes something needs that.

    Programs send neither header. Source: Fetch standard, "Sec-Fetch-Site"; RFC 6454, 7.
    """
    if request.method in SAFE_METHODS:
        return True
    if request.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    scheme, _, authority = origin.partition("://")
    return scheme in {"http", "https"} and authority.casefold() == request.headers.get("host", "").casefold()


def peer_of(request: Request, place: Serving) -> str:
    """The address that the request comes from. A proxy is believed where one was announced and speaks from here."""
    direct = request.client.host if request.client else ""
    if place.proxied and is_loopback(direct):
        lines = request.headers.getlist(
            "x-forwarded-for"
        )  # the proxy's word is the last one, also on a line of its own
        told = lines[-1].rpartition(",")[2].strip() if lines else ""
        if told:
            return told if _is_address(told) else "unknown"
    return direct


def is_private(request: Request, place: Serving) -> bool:
    """Whether nobody between the person and this server reads along: TLS all the way, or this machine alone."""
    direct = request.client.host if request.client else ""
    if not (place.proxied and is_loopback(direct)):
        return request.url.scheme == "https" or is_loopback(direct)
    return request.headers.getlist("x-forwarded-proto")[-1:] == ["https"] or is_loopback(peer_of(request, place))


def is_loopback(address: str) -> bool:
    """Whether an address is this machine's own."""
    return _is_address(address) and ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True
