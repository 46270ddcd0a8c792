"""Communication profiles: named sets of rules that a record can choose (F2)."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.db import transaction
from core.journal import Entry
from records import profiles
from records.models import Profile, Record
from rules.models import Rule

Make = Callable[..., Record]


@pytest.fixture
def vip(house: Any) -> Profile:
    return profiles.create({"name": "VIP-Kunden", "about": "Früher und öfter."}, "user:1")


def add(admin: FlaskClient, **given: str) -> Any:
    return admin.post("/profiles/new", data={"name": "", "about": "", "key": "", **given}, follow_redirects=True)


def test_f2_a_profile_is_added_and_its_key_is_made_of_its_name(admin: FlaskClient) -> None:
    page = add(admin, name="Fotoprodukte für Schüler", about="Mahnt nach 3, 7 und 14 Tagen.").text
    profile = Profile.get()
    assert (profile.key, profile.name, profile.position) == ("fotoprodukte-fuer-schueler", "Fotoprodukte für Schüler", 0)
    assert "Mahnt nach 3, 7 und 14 Tagen." in page and "fotoprodukte-fuer-schueler" in page
    assert Entry.get(Entry.what == "profile.created").data == {"profile": profile.key}


def test_two_profiles_of_one_name_have_two_keys_and_none_is_called_new(admin: FlaskClient) -> None:
    for name in ("Standard", "Standard", "New", "☃"):
        add(admin, name=name)
    assert [profile.key for profile in profiles.everyone()] == ["standard", "standard-2", "new-2", "profile"]
    assert all(admin.get(f"/profiles/{profile.key}").status_code == 200 for profile in profiles.everyone())


@pytest.mark.parametrize(("given", "sentence"), [
    ({"name": " "}, "Ein Name wird gebraucht."), ({"name": "n" * 101}, "höchstens 100"),
    ({"name": "x", "about": "a" * 501}, "höchstens 500"), ({"name": "a\x07b"}, "Steuerzeichen"),
    ({"name": "x", "key": "a/b"}, "Schrägstrich"), ({"name": "x", "key": ".."}, "Schrägstrich"),
    ({"name": "x", "key": "vip-kunden"}, "gibt es schon"), ({"name": "x", "key": "new"}, "gibt es schon"),
])
def test_a_profile_that_cannot_be_is_refused_at_its_field(
    admin: FlaskClient, vip: Profile, given: dict[str, str], sentence: str
) -> None:
    answer = add(admin, **given)
    assert answer.status_code == 422 and sentence in answer.text and Profile.select().count() == 1


def test_a_changed_profile_keeps_its_key(admin: FlaskClient, vip: Profile) -> None:
    admin.post("/profiles/vip-kunden", data={"name": "Stammkunden", "about": "", "key": "x"})
    assert [(one.key, one.name, one.about) for one in profiles.everyone()] == [("vip-kunden", "Stammkunden", "")]
    assert Entry.get(Entry.what == "profile.changed").data == {"profile": "vip-kunden", "fields": ["name", "about"]}
    assert admin.post("/profiles/vip-kunden", data={"name": ""}).status_code == 422
    assert profiles.label("vip-kunden") == "Stammkunden"


def test_profiles_stand_in_the_order_they_were_put_in(admin: FlaskClient) -> None:
    for name in ("A", "B", "C"):
        add(admin, name=name)
    for key, to in (("c", "up"), ("a", "down"), ("c", "up"), ("b", "down")):
        admin.post(f"/profiles/{key}/move", data={"to": to})
    assert [one.name for one in profiles.everyone()] == ["C", "A", "B"]


def test_f2_a_record_chooses_its_profile_in_the_form_and_shows_it(
    clerk: FlaskClient, vip: Profile, make_record: Make
) -> None:
    record = make_record("1001")
    page = clerk.get("/records/orders/1001/edit").text
    assert '<option value="vip-kunden">VIP-Kunden</option>' in page
    seen = {"seen": record.updated_at.isoformat(), "contact.name": "Ada Lovelace", "contact.email": "ada@example.org"}
    clerk.post("/records/orders/1001/edit", data={**seen, "profile": "vip-kunden"})
    assert Record.get().profile == "vip-kunden" and "VIP-Kunden" in clerk.get("/records/orders/1001").text


def test_a_profile_nobody_knows_is_shown_and_kept_as_it_is(clerk: FlaskClient, vip: Profile, make_record: Make) -> None:
    record = make_record("1001", profile="Sonderfall 7")
    assert "Sonderfall 7" in clerk.get("/records/orders/1001").text
    assert '<option value="Sonderfall 7" selected>' in clerk.get("/records/orders/1001/edit").text
    clerk.post("/records/orders/1001/edit", data={"seen": record.updated_at.isoformat(), "profile": "Sonderfall 7"})
    clerk.post("/records/orders/1001/edit", data={"seen": Record.get().updated_at.isoformat(), "total": "5,00"})
    assert Record.get().profile == "Sonderfall 7"


def test_without_any_profile_the_form_does_not_ask(clerk: FlaskClient) -> None:
    assert 'name="profile"' not in clerk.get("/records/orders/new").text


def test_a_profile_that_is_used_says_by_whom_before_it_goes(
    admin: FlaskClient, vip: Profile, make_record: Make, rule: Rule
) -> None:
    for number in ("1001", "1002"):
        make_record(number, profile="vip-kunden")
    rule.profile = "vip-kunden"
    rule.save()
    assert all(words in admin.get("/profiles").text for words in ("2\u00a0Vorgänge", "Eingang bestätigen"))
    question = admin.get("/profiles/vip-kunden/delete").text
    assert "2\u00a0Vorgänge nennen es" in question and "Eingang bestätigen" in question and Profile.select().exists()
    admin.post("/profiles/vip-kunden/delete")
    assert not Profile.select().exists() and Entry.select().where(Entry.what == "profile.deleted").exists()
    assert {record.profile for record in Record.select()} == {"vip-kunden"} == {Rule.get().profile}
    assert profiles.label("vip-kunden") == "vip-kunden" and "vip-kunden" in admin.get("/records/orders/1001").text


def test_texts_that_records_carry_can_become_profiles(admin: FlaskClient, make_record: Make) -> None:
    make_record("1001", profile="Standard")
    assert "/profiles/new?key=Standard" in admin.get("/profiles").text
    assert 'value="Standard"' in admin.get("/profiles/new?key=Standard").text
    add(admin, name="Standard", key="Standard")
    assert Profile.get().key == "Standard" and "/profiles/new?key=" not in admin.get("/profiles").text


def test_keys_and_names_of_others_stay_text(admin: FlaskClient, make_record: Make) -> None:
    hostile = "<script>x</script>?#%"
    with transaction():
        Profile.create(key="a?b#c%20", name=hostile)
    make_record("1001", profile="<b>fett</b>")
    page = admin.get("/profiles").text
    assert "<script>x" not in page and "<b>fett" not in page
    assert admin.get("/profiles/a%3Fb%23c%2520").status_code == 200 and "/profiles/a%3Fb%23c%2520" in page
    assert admin.get("/profiles/nobody").status_code == 404
