# Worked example 5: 24 hours are 24 hours. The clocks go forward in the night before the session, so that the limit
# is at nine the day before, to the second.
On Tuesday 24 March 2026 at 10:00 in Europe/Berlin
Ines works every day from 09:00 to 17:00
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
Mia buys "Six sessions" from Ines and pays online
Zoe buys "Six sessions" from Ines and pays online
Nora books Sunday 29 March at 10:00

On Saturday 28 March at 08:59:59
Nora cancels Sunday 29 March at 10:00
then Nora has 6 to book, 0 booked, 0 used
Mia books Sunday 29 March at 10:00
1 second passes
Mia cancels Sunday 29 March at 10:00
then Mia has 6 to book, 0 booked, 0 used
Zoe books Sunday 29 March at 10:00
1 second passes
then before Zoe cancels Sunday 29 March at 10:00 the page says "It is later than 24 hours before, so this session’s credit is used. It would have come back until Saturday 28 March, 9:00 am."
Zoe cancels Sunday 29 March at 10:00
then Zoe has 5 to book, 0 booked, 1 used
