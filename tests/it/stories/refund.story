# Worked example 1: 540.00 for 6; 2 attended, 1 held, 3 free. The held one is released first, then 4 are unused.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
Nora books Wednesday 15 April at 10:00
Nora books Thursday 16 April at 10:00
On Friday 17 April at 10:00
Nora books Friday 24 April at 10:00
then Nora has 3 to book, 1 booked, 2 used
Ines refunds 4 sessions to Nora pro rata, canceling Friday 24 April at 10:00
then Nora has 0 to book, 0 booked, 2 used
then 360.00 USD are given back to Nora
then there are 2 receipts and 1 payments
then a mail to Nora says "Your refund of $360"
then in it stands "4 sessions that you had not used are taken back with it."
then in it stands "R-000002"

# There is nothing left to give back.
Ines refunds 1 sessions to Nora pro rata
then refused: "That is more than is unused."

# Made at the provider's own pages: a part asks which credits, and takes none by itself.
Mia buys "Six sessions" from Ines and pays online
180.00 USD of Mia's order are given back at the provider
The provider is polled
The provider is polled
then Mia has 6 to book
then 180.00 USD are given back to Mia
then a mail to Ines says "A part was given back: $180"
360.00 USD of Mia's order are given back at the provider
The provider is polled
then Mia has 0 to book
then 540.00 USD are given back to Mia
