"""Zone names from outside, the lists to choose from, and offsets against the zone itself."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from coachapp.zones import (
    WELL_KNOWN,
    Offsets,
    UnknownZone,
    all_zones,
    city,
    local_days,
    offset_at,
    zone,
    zone_choices,
)


@pytest.mark.parametrize(
    "name", ["Europe/Madrid", "America/Argentina/Buenos_Aires", "UTC", "Asia/Calcutta", "Etc/GMT+5"]
)
def test_real_names_are_known(name):
    assert zone(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        ".",
        "..",
        "../etc/passwd",
        "/etc/passwd",
        "/usr/share/zoneinfo/Europe/Madrid",
        "Europe",
        "Europe/",
        "Europe/Madrid ",
        "Europe/Madrid\n",
        "Europe/Madrid\x00",
        "Europe/../Europe/Madrid",
        "europe/madrid",
        "Europe/Atlantis",
        "localtime",
        "posixrules",
        "Factory",
        "right/Europe/Madrid",
        "tzdata.zi",
        "zone.tab",
        "x" * 10_000,
        "Europe/" * 2000,
        "\ud800",
        "Ευρώπη/Μαδρίτη",
        "%2e%2e/etc/passwd",
    ],
)
def test_anything_else_is_refused_without_repeating_it(name):
    with pytest.raises(UnknownZone) as refused:
        zone(name)
    assert str(refused.value) == "not a time zone"


def test_the_first_list_has_about_sixty_cities_that_exist():
    assert 55 <= len(WELL_KNOWN) <= 75
    assert len(set(WELL_KNOWN)) == len(WELL_KNOWN)
    assert {zone(key).key for key in WELL_KNOWN} == set(WELL_KNOWN)
    assert set(WELL_KNOWN) <= set(all_zones())


def test_all_zones_are_places_and_sorted():
    assert len(all_zones()) > 400
    assert list(all_zones()) == sorted(all_zones())
    assert all("/" in name for name in all_zones())
    assert not {"UTC", "Etc/UTC", "US/Eastern", "localtime", "EST5EDT"} & set(all_zones())


def test_city_names_read_as_people_write_them():
    assert city("America/New_York") == "New York"
    assert city("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert city("America/Sao_Paulo") == "São Paulo"


def test_choices_show_the_time_there_and_keep_the_persons_own_zone():
    now = datetime(2026, 11, 10, 11, 42, tzinfo=UTC)
    shown = zone_choices(("Europe/Lisbon", "America/New_York"), now, "Asia/Kathmandu", "Europe/Lisbon")
    assert [(one.city, one.clock) for one in shown] == [
        ("Kathmandu", "17:27"),
        ("Lisbon", "11:42"),
        ("New York", "06:42"),
    ]


def test_days_in_a_zone_begin_and_end_at_its_midnights():
    begins, ends = local_days(date(2026, 3, 28), date(2026, 3, 29), ZoneInfo("Europe/Madrid"))
    assert (begins.astimezone(UTC), ends.astimezone(UTC)) == (
        datetime(2026, 3, 27, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "name", [*WELL_KNOWN, "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Chatham", "America/Nuuk"]
)
def test_offsets_of_two_years_are_the_zones_own(name):
    where = ZoneInfo(name)
    first = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) // 60
    instants = range(first, first + 2 * 365 * 1440, 97 * 3)
    walls = Offsets(where, instants[0], instants[-1]).walls(instants)
    assert walls == [minute + offset_at(where, minute) for minute in instants]


def test_a_change_is_found_to_the_minute():
    change = datetime(2026, 3, 29, 1, tzinfo=UTC)
    at = int(change.timestamp()) // 60
    offsets = Offsets(ZoneInfo("Europe/Madrid"), at - 3000, at + 3000)
    assert offsets.walls([at - 1, at]) == [at + 59, at + 120]
    assert offset_at(ZoneInfo("Europe/Madrid"), int((change - timedelta(minutes=1)).timestamp()) // 60) == 60
