"""Which network addresses a calendar may be fetched from (pure): public ones, and those the settings allow."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

# Public by number, and yet no place for a calendar.
_NOT_FOR_US = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # set aside for protocols; one large host tells its machines things here
            "192.88.99.0/24",  # relays of 6to4, given up
            "168.63.129.16/32",  # the inside of one large host: what it tells its own machines
            "2001::/23",  # Teredo and other wrappings of an IPv4 address
            "2002::/16",  # 6to4: an IPv4 address inside
            "2001:db8::/32",
            "3fff::/20",
        ),
    )
)
_IN_USE = ip_network("2000::/3")
"""The only part of IPv6 that is given out; wrapped, mapped and translated IPv4 addresses lie outside."""


def networks(allowed: Iterable[str]) -> tuple[Network, ...]:
    """The networks of the setting FETCH_ALLOW."""
    return tuple(ip_network(each) for each in allowed)


def may_reach(address: str, allowed: tuple[Network, ...] = ()) -> bool:
    """Whether this numeric address may be connected to. A mapped IPv4 address is judged as what it stands for."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return any(found in network for network in allowed) or _is_public(found)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and (address not in _IN_USE or address.scope_id):
        return False
    if any(address in network for network in _NOT_FOR_US):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
