import pytest

from app.core.errors import N_, Conflict, DomainError, Forbidden, Invalid, NotFound, TooMany
from app.core.money import Money


class TooSmall(Invalid):
    message = N_("Enter %(minimum)s or more.")
    field = "amount"


def test_an_error_carries_its_sentence_status_field_and_values():
    error = TooSmall(minimum=Money(500, "GBP"))
    assert (error.message, error.status, error.field) == ("Enter %(minimum)s or more.", 400, "amount")
    assert error.values == {"minimum": Money(500, "GBP")}


def test_an_error_may_bring_its_own_sentence_and_field():
    error = Conflict("The case has ended.", field="deadline")
    assert (error.message, error.status, error.field) == ("The case has ended.", 409, "deadline")
    assert Conflict.message != error.message


def test_an_error_reads_as_english_in_logs():
    assert str(TooSmall(minimum=5)) == "Enter 5 or more."
    assert str(DomainError("100% sure")) == "100% sure"


def test_what_may_not_be_known_answers_as_what_is_not_there():
    assert Forbidden().status == NotFound().status == 404
    assert Forbidden().message == NotFound().message


@pytest.mark.parametrize(("seconds", "minutes"), [(1, 2), (120, 2), (121, 3), (3600, 60)])
def test_too_many_says_when_to_try_again(seconds, minutes):
    error = TooMany(seconds)
    assert (error.status, error.retry_after, error.values) == (429, seconds, {"minutes": minutes})
