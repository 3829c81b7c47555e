# Sessions that are given are worth nothing in the books, and are used before those that were paid for.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 30 days, standard
Nora buys "Six sessions" from Ines and pays online
Ines gives Nora 1 more like "Six sessions" for 30 days, because "the boiler broke"
then Nora has 7 to book, 0 booked
Nora books Tuesday 21 April at 10:00
then there are 1 receipts and 1 payments
Hana gives Nora 1 more like "Six sessions" for 30 days, because "kindness"
then refused: "NotThere"
then Nora has 6 to book, 1 booked
