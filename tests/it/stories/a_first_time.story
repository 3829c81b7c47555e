# A first time is chosen with the package. It is kept while it is paid for, for one buyer and not for two; it is booked with
# the payment, once, however often the news comes; and a time that is lost leaves the sale and the credits as they are.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Ines lets buyers of "Six sessions" choose a first time

Nora orders "Six sessions" from Ines to pay online, to begin on Thursday 16 April at 10:00
Mia orders "Six sessions" from Ines to pay online, to begin on Thursday 16 April at 10:00
then refused: "That time was just taken."
Nora pays by card
Nora comes back from the payment page
The provider's webhook about Nora's order comes
The provider's webhook about Nora's order comes
The provider is polled
then Nora's order is paid
then Nora has 5 to book, 1 booked, 0 used
then 1 of the sessions of Ines stands on Thursday 16 April at 10:00
then there are 1 receipts and 1 payments
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Ines says "Sold: 6 sessions"
then a mail to Nora says "Booked: Thursday 16 April, 10:00 am"
then a mail to Ines says "Booked: Thursday 16 April, 10:00 am"
then no other mails

# Zoe leaves the payment page open. After 40 minutes it closes, and her time is Mia's.
Zoe orders "Six sessions" from Ines to pay online, to begin on Friday 17 April at 11:00
39 minutes pass
Mia orders "Six sessions" from Ines to pay at the practice, to begin on Friday 17 April at 11:00
then refused: "That time was just taken."
2 minutes pass
Mia orders "Six sessions" from Ines to pay at the practice, to begin on Friday 17 April at 11:00
Ines marks Mia's order paid in cash
then Mia has 5 to book, 1 booked, 0 used
then 1 of the sessions of Ines stands on Friday 17 April at 11:00

# At the practice nothing is kept: whose payment is marked first has the time.
Ada orders "Six sessions" from Ines to pay at the practice, to begin on Monday 20 April at 09:00
Eve orders "Six sessions" from Ines to pay at the practice, to begin on Monday 20 April at 09:00
Ines marks Eve's order paid in cash
Ines marks Ada's order paid in cash
then Eve has 5 to book, 1 booked, 0 used
then Ada has 6 to book, 0 booked, 0 used
