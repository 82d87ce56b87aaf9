"""What the pledge form refuses, and in which words."""

import pytest

from tests.pledges.backing import complaints, fill, hidden, said, send_again


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an amount of £5.00 or more."),
        ("0", "Enter an amount of £5.00 or more."),
        ("4.99", "Enter an amount of £5.00 or more."),
        ("5000.01", "Enter an amount of £5,000.00 or less."),
        ("9" * 40, "Enter an amount of £5,000.00 or less."),
        ("25,50", "Write pence after a full stop, such as 25.50."),
        ("-1", "Enter the amount without a minus sign."),
        ("1e3", "Enter the amount in figures, such as 25.50."),
        ("ten", "Enter the amount in figures, such as 25.50."),
        ("25\x00", "Enter the amount in figures, such as 25.50."),
        ("25.505", "Use fewer digits after the full stop, such as 25.50."),
    ],
)
def test_an_amount_that_cannot_be_pledged_is_told_at_its_field(client, river, typed, sentence):
    page = fill(client, f"/cases/{river}/back", amount_choice="other", amount_other=typed)
    assert (page.status_code, complaints(page)) == (400, [sentence])
    assert 'href="#amount_other"' in page.text
    assert 'aria-describedby="amount_other-hint amount_other-error"' in page.text


@pytest.mark.parametrize("typed", ["25.50", "۲۵٫۵۰", "٢٥٫٥٠", "£25.50", " 25.50 "])
def test_an_amount_is_understood_in_every_way_people_write_it(client, river, pledges, typed):
    page = fill(client, f"/cases/{river}/back", amount_choice="other", amount_other=typed)
    assert page.status_code == 303
    assert [pledge.amount.minor for pledge in pledges()] == [2550]


@pytest.mark.parametrize(
    ("choice", "typed", "minor"),
    [("0", "", 0), ("5", "", 125), ("15", "", 375), ("other", "0", 0), ("other", "1.23", 123)],
)
def test_the_tip_is_what_was_chosen_to_the_penny(client, river, pledges, choice, typed, minor):
    fill(client, f"/cases/{river}/back", tip_choice=choice, tip_other=typed)
    assert [pledge.tip.minor for pledge in pledges()] == [minor]


def test_half_a_penny_of_a_tip_is_rounded_up(client, river, pledges):
    fill(client, f"/cases/{river}/back", amount_choice="other", amount_other="5.10", tip_choice="5")
    assert [pledge.tip.minor for pledge in pledges()] == [26]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"amount_choice": "7"}, "Choose an amount, or choose ‘Other’ and enter one."),
        ({"tip_choice": "99"}, "Choose a tip, or ‘No tip’."),
        ({"tip_choice": "other", "tip_other": ""}, "Enter the tip, or choose ‘No tip’."),
        ({"tip_choice": "other", "tip_other": "-1"}, "Enter the amount without a minus sign."),
        ({"tip_choice": "other", "tip_other": "5000.01"}, "Enter a tip of £5,000.00 or less."),
        ({"shown": "nobody"}, "Choose how we should show your name."),
        ({"name": " "}, "Enter your full name."),
        ({"name": "a" * 121}, "Enter a name of at most 120 characters, on one line."),
        ({"name": "=?utf-8?q?x?="}, "Enter a name of at most 120 characters, on one line."),
        ({"email": ""}, "Enter an email address, such as name@example.org."),
        ({"email": "omid@example"}, "Enter an email address, such as name@example.org."),
        ({"email": "a@b.org\r\nBcc: c@d.org"}, "Enter an email address, such as name@example.org."),
        ({"message": "x" * 201}, "The message is 1 character too long. Use 200 or fewer."),
        ({"agree": ""}, "Tick the box to agree before you pledge."),
    ],
)
def test_each_wrong_field_has_its_own_sentence(client, river, pledges, fields, sentence):
    page = fill(client, f"/cases/{river}/back", **fields)
    assert (page.status_code, complaints(page)) == (400, [sentence])
    assert pledges() == []


def test_what_was_typed_is_kept_when_something_is_wrong(client, river):
    typed = {"amount_choice": "other", "amount_other": "1e3", "name": "Sara <b>", "message": "Go on"}
    page = fill(client, f"/cases/{river}/back", **typed)
    assert 'value="1e3"' in page.text and 'value="Sara &lt;b&gt;"' in page.text and "Go on</textarea>" in page.text
    assert "<title>Error: " in page.text


def test_a_message_of_200_characters_on_several_lines_is_taken(client, river, pledges):
    fill(client, f"/cases/{river}/back", message="\r\n".join(["x" * 99, "y" * 100]))
    assert [len(pledge.message) for pledge in pledges()] == [200]


def test_a_form_that_lost_its_key_is_refused(client, river, pledges):
    path = f"/cases/{river}/back"
    marks = hidden(client.get(path))
    assert send_again(client, path, marks, form_key="mine").status_code == 400
    assert pledges() == []


def test_no_tip_is_chosen_and_nothing_is_agreed_to_before_the_backer_does(client, river):
    page = client.get(f"/cases/{river}/back").text
    assert 'id="tip_choice-0" name="tip_choice" type="radio" value="0"' in page.replace("checked ", "")
    assert page.count("checked") == 3 and "checked" not in page.split('name="agree"')[0].rsplit("<input", 1)[1]


def test_the_fees_and_the_sums_add_up_before_anything_is_confirmed(client, river):
    page = fill(client, f"/cases/{river}/back", amount_choice="50", tip_choice="10", agree="")
    words = said(page)
    assert "To the case £47.47 Card fee, estimated £1.03 Platform fee £1.50 Your pledge £50.00" in words
    assert "Your pledge £50.00 Tip for Amicus £5.00 If the target is met £55.00 Charged today £0.00" in words


def test_without_script_the_sums_can_be_asked_for(client, river, pledges):
    page = fill(client, f"/cases/{river}/back", amount_choice="100", agree="", update="1")
    assert page.status_code == 200 and complaints(page) == [] and "Pledge £100.00" in said(page)
    assert pledges() == []


def test_in_persian_the_amounts_stand_in_persian(client, river):
    page = fill(client, f"/fa/cases/{river}/back", amount_choice="other", amount_other="۴٫۹۹")
    assert "۵٫۰۰\u00a0پوند" in complaints(page)[0] and 'value="۴٫۹۹"' in page.text
