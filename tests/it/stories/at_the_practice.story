# Paying at the practice: the sessions land when the practitioner has the money.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora orders "Six sessions" from Ines to pay at the practice
then Nora's order is to be paid at the practice
then Nora has nothing
30 days pass
then Nora has nothing
Ines marks Nora's order paid in cash
then Nora's order is paid
then Nora has 6 to book, use by Wednesday 12 August
Ines marks Nora's order paid in cash
then there are 1 receipts and 1 payments
Mia orders "Six sessions" from Ines to pay at the practice
Ines withdraws Mia's order
then Mia's order is withdrawn
Ines marks Mia's order paid in cash
then refused: "Over"
Hana marks Mia's order paid in cash
then refused: "NotThere"
then there are 1 receipts and 1 payments
