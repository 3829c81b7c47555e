# Worked example 9: 2 used, 1 held for tomorrow, 3 free: the 3 wait, tomorrow's stays. Lost, the 3 are taken back.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
Nora books Wednesday 15 April at 10:00
Nora books Thursday 16 April at 10:00
On Thursday 16 April at 12:00
Nora books Friday 17 April at 11:00
Nora's bank questions the payment
The provider is polled
The provider is polled
then Nora has 0 to book, 1 booked, 2 used
then a mail to Ines says "A payment is questioned: $540"
Nora books Monday 20 April at 10:00
then refused: "There is no session left to book."
Ines refunds 0 sessions to Nora pro rata
then refused: "The bank questions this payment."
On Friday 17 April at 16:00
then Nora has 0 to book, 0 booked, 3 used
Nora's bank decides for Nora
The provider is polled
then Nora has 0 to book, 0 booked, 3 used
then 540.00 USD are given back to Nora
then a mail to Ines says "The payment was taken back: $540"
then there are 2 receipts and 1 payments

# Won, they come back with the days that they waited.
Mia buys "Six sessions" from Ines and pays online
then Mia has 6 to book, use by Thursday 16 July
Mia's bank questions the payment
The provider is polled
then Mia has 0 to book
On Monday 27 April at 16:00
Mia's bank decides for Ines
The provider is polled
then Mia has 6 to book, use by Sunday 26 July
then 0.00 USD are given back to Mia
