"""Only public addresses may be fetched from; every disguise of another one is seen through."""

import pytest

from coachapp.booking.outside.networks import may_reach, networks

PUBLIC = ["1.1.1.1", "93.184.216.34", "8.8.4.4", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"]
NOT_PUBLIC = {
    "loopback": ["127.0.0.1", "127.255.255.254", "::1"],
    "nothing": ["0.0.0.0", "0.1.2.3", "::"],
    "private": ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fd12::1", "fec0::1"],
    "link-local": ["169.254.1.1", "fe80::1", "fe80::1%2"],
    "metadata": ["169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254"],
    "shared": ["100.64.0.1", "100.127.255.255"],
    "multicast": ["224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1"],
    "reserved": ["240.0.0.1", "255.255.255.255", "4000::1", "198.18.0.1"],
    "documentation": ["192.0.2.1", "198.51.100.7", "203.0.113.9", "2001:db8::1", "3fff::1"],
    "mapped": ["::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"],
    "compatible": ["::127.0.0.1", "::10.0.0.1"],
    "translated": ["64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::1"],
    "wrapped": ["2002:7f00:1::", "2001::1", "2001:0:53aa:64c:0:fbff:80ff:fffe", "192.88.99.1"],
    "scoped": ["2606:4700:4700::1111%1"],
}


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_reached(address):
    assert may_reach(address)


@pytest.mark.parametrize("address", [each for group in NOT_PUBLIC.values() for each in group])
def test_no_other_address_may(address):
    assert not may_reach(address)


def test_a_mapped_address_is_judged_as_what_it_stands_for():
    assert may_reach("::ffff:1.1.1.1")
    assert may_reach("::ffff:10.1.2.3", networks(["10.0.0.0/8"]))


def test_a_network_of_the_settings_may_be_reached_and_no_other():
    allowed = networks(["10.0.0.0/8", "fd12::/16"])
    assert may_reach("10.255.0.1", allowed) and may_reach("fd12::7", allowed)
    assert not may_reach("127.0.0.1", allowed) and not may_reach("fd13::1", allowed)


@pytest.mark.parametrize("text", ["", "localhost", "1.1.1", "1.1.1.1/32"])
def test_what_is_no_address_at_all_is_an_error(text):
    with pytest.raises(ValueError, match="does not appear to be"):
        may_reach(text)
