"""What we hold about somebody: all of it, nothing of anybody else, and no column that names a person forgotten."""

import json

from app.accounts.personal import Person
from app.database import metadata
from app.privacy import registry
from tests.privacy import holding

POINTS = ("email", "to_address", "customer_email")


def columns():
    """Columns that point to a person: by account, or by address."""
    for table in metadata.tables.values():
        for column in table.columns:
            targets = {key.target_fullname for key in column.foreign_keys}
            named = column.name in POINTS or column.name.endswith("_email") or column.name in ("actor_id", "created_by")
            if "users.id" in targets or named:
                yield f"{table.name}.{column.name}"


def test_every_column_that_names_a_person_is_exported_or_has_a_reason():
    thought_of = registry.held() | registry.NOT_HELD.keys()
    missing = set(columns()) - thought_of
    assert len(set(columns())) > 20
    assert not missing, f"Let a personal.py give these out, or say in privacy.registry.NOT_HELD why not: {missing}"
    assert registry.held() - set(columns()) <= {"cases.lawyer_id"} and not registry.held() & registry.NOT_HELD.keys()


def test_a_room_that_is_left_out_is_noticed():
    """The control."""
    left = registry.held(room for room in registry.ROOMS if "pledges.email" not in room.HOLDS)
    assert {"pledges.email", "pledges.user_id"} <= set(columns()) - left - registry.NOT_HELD.keys()


def test_everybody_gets_all_of_their_own_and_nothing_of_the_other(db):
    both = {word: holding.account(word) for word in ("zqone", "zqtwo")}
    for word, other in (("zqone", "zqtwo"), ("zqtwo", "zqone")):
        said = json.dumps(registry.about(Person.of(both[word])))
        for own in (f"Nam{word} Family", f"Said {word}", f"Firefox {word}", f"Firm{word} Legal", f"Firm{word} anew"):
            assert own in said
        for own in (f"Titled {word}", f"Wish {word}", f"Nam{word} Client", f"paper{word}.pdf", f"moved-{word}@"):
            assert own in said
        assert other not in said.lower()


def test_all_kinds_are_there_and_no_secret_is(db):
    user = holding.account("zqone")
    found = registry.about(Person.of(user))
    empty = {name for name, value in found.items() if value in ([], {}, None)}
    assert empty == {"passkeys", "staff_roles", "checks", "decisions"}
    said = json.dumps(found)
    assert user.password_hash not in said and "token_hash" not in said and "totp" not in said and "seed" not in said


def test_an_address_without_an_account_gets_what_was_made_with_it(db):
    holding.guest("zqguest", "zqguest@example.org")
    holding.account("zqone")
    found = registry.about(Person(None, "zqguest@example.org"))
    assert [row["name"] for row in found["pledges"]] == ["Namzqguest Family"] * 2
    assert len(found["reports"]) == len(found["client_consents"]) == len(found["invitations"]) == 1
    assert "zqone" not in json.dumps(found).lower() and "account" not in found


def test_what_an_unconfirmed_account_was_given_by_its_address_is_not_theirs(db):
    user = holding.account("zqone")
    user.confirmed_at = None
    found = registry.about(Person.of(user))
    assert found["pledges"] and not found["client_consents"] and not found["invitations"] and not found["reports"]


def test_whoever_types_somebody_elses_address_learns_nothing_of_them(db):
    """With a pledge, or for an account that is never confirmed."""
    holding.guest("zqvictim", "zqvictim@example.org")
    thief = holding.accounts.register("thief@example.org", "Thief", holding.PASSWORD)
    pledge = holding.pledge("thief", "zqvictim@example.org", holding.P.RELEASED, user_id=thief.id)
    squatter = holding.accounts.register("zqvictim@example.org", "Squatter", holding.PASSWORD)
    squatter.confirmed_at = None
    (letter,) = registry.about(Person.of(thief))["letters"]
    assert letter["kind"] == "pledges.thanks" and pledge.user_id == thief.id
    assert registry.about(Person.of(squatter))["letters"] == []


def test_a_private_case_has_no_name_in_the_file_of_its_backer(db):
    case, _token = holding.stages.live_private(title="Zqhidden matter")
    holding.pledge("zqone", "zqone@example.org", holding.P.RELEASED, case)
    found = registry.about(Person(None, "zqone@example.org"))
    assert [row["case"] for row in found["pledges"]] == [None] and "zqhidden" not in json.dumps(found).lower()
