"""What the demo shows: people, and cases in every state, made by the services that make them in life.

`life.tell` walks through the weeks before now, moment by moment: each thing happens at its own time (`clock.back_at`),
and after it the worker does its round, so deadlines, charges, retries and letters come about as they always do. What
happens is drawn from a fixed seed, so that two demos differ only in dates and secrets.

Backers save their cards on the provider's hosted pages. Whoever calls `life.tell` brings the hand that types there:
`demo.card_page.pay` knows the stand-in's pages, the portal knows none. `flask seed` brings no hand; it makes the people
and the cases, and nobody backs them.
"""

PASSPHRASE = "seven grey herons"  # noqa: S105 (what the links of one private page ask for; no secret)
