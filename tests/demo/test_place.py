"""The demo's folder, ports and settings."""

import socket

import pytest

from config import Settings, unknown_names
from demo.place import STRIPE_ACCOUNT, Place, Unusable


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path / "demo", 8800)


def test_the_portal_understands_every_setting_of_the_demo(place, monkeypatch):
    for name, value in place.environment().items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert unknown_names(place.environment()) == []
    assert (settings.base_url, settings.checkout_origin) == ("http://localhost:8800", "http://127.0.0.1:8802")
    assert settings.sqlalchemy_url == f"sqlite:///{place.database}"
    assert settings.stripe_secret_key.get_secret_value().split("_")[2] == STRIPE_ACCOUNT


def test_settings_of_another_portal_do_not_reach_the_demo(place, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/live")
    monkeypatch.setenv("AMICUS_CURRENCY", "USD")
    assert not {"DATABASE_URL", "AMICUS_CURRENCY"} & set(place.environment())


def test_a_folder_is_held_by_one_demo_at_a_time(place):
    with place.taken(), pytest.raises(Unusable, match="running already"), Place(place.folder, 8900).taken():
        pass
    with place.taken():
        pass


def test_a_folder_with_other_things_is_left_alone(place):
    place.folder.mkdir()
    (place.folder / "thesis").touch()
    with pytest.raises(Unusable, match="holds other things"), place.taken():
        pass
    assert (place.folder / "thesis").exists()


def test_starting_afresh_forgets_everything(place):
    with place.taken():
        place.logs.mkdir()
        for file in (place.database, place.stand_in_file, place.mail_file, place.clock_file, place.logs / "web.log"):
            file.touch()
        place.mark_seeded()
        place.empty()
        assert not place.is_seeded() and len(list(place.folder.iterdir())) == 1


@pytest.mark.parametrize("before", [0, 3])
def test_each_of_the_four_ports_must_be_free(tmp_path, before):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(Unusable, match=r"Port \d+ is in use"):
            Place(tmp_path, other.getsockname()[1] - before).check_ports()
