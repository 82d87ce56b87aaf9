"""The test cards that the card page knows. Any future expiry date and any three digits go with them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card number, and what happens when it is saved and when it is charged."""

    number: str
    saved: str
    charged: str


CARDS = (
    Card("4242 4242 4242 4242", "Saved at once.", "Paid."),
    Card("4000 0025 0000 3155", "The bank asks for approval (3-D Secure).", "Paid, without asking again."),
    Card(
        "4000 0027 6000 3184",
        "The bank asks for approval.",
        "The bank asks again at every charge: the backer gets a letter with a link to approve it.",
    ),
    Card(
        "4000 0000 0000 0341",
        "Saved at once.",
        "Declined: the backer gets a letter with a link to enter another card.",
    ),
    Card("4000 0082 6000 3178", "The bank asks for approval.", "Declined: there is not enough money on it."),
    Card("4000 0000 0000 9995", "Refused on the card page: there is not enough money on it.", "Never saved."),
    Card("4000 0000 0000 0002", "Refused on the card page: the bank gives no reason.", "Never saved."),
)
