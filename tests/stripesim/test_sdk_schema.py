from stripe.params import PaymentIntentConfirmParams, TransferCreateParams
from stripe.params.checkout import SessionCreateParams

from tests.stripesim.sdk_schema import problems


def test_a_right_request_has_no_problems():
    usage = {"card": {"stored_credential_usage": "unscheduled"}}
    confirm = {"payment_method": "pm_1", "off_session": True, "payment_method_options": usage}
    assert problems(PaymentIntentConfirmParams, confirm) == []
    save = {
        "mode": "setup",
        "currency": "gbp",
        "customer": "cus_1",
        "allowed_payment_method_types": ["card"],
        "success_url": "https://example.org",
        "setup_intent_data": {"metadata": {"pledge": "1"}},
        "custom_text": {"submit": {"message": "Nothing is charged today."}},
    }
    assert problems(SessionCreateParams, save) == []


def test_misspelt_names_are_found_at_any_depth():
    confirm = {"offsession": True, "payment_method_options": {"card": {"stored_credential": "x"}}}
    found = problems(PaymentIntentConfirmParams, confirm)
    assert "unknown parameter offsession" in found
    assert "unknown parameter payment_method_options.card.stored_credential" in found
    found = problems(SessionCreateParams, {"mode": "setup", "custom_text": {"submit": {"mesage": "x"}}})
    assert "unknown parameter custom_text.submit.mesage" in found


def test_wrong_types_values_and_missing_parameters_are_found():
    found = problems(TransferCreateParams, {"amount": "100", "currency": "gbp"})
    assert found == ["amount: int expected, not '100'", "missing destination"]
    found = problems(SessionCreateParams, {"line_items": [{"quantity": 1}, {"quantity": "1"}]})
    assert found == ["line_items[1].quantity: int expected, not '1'"]
