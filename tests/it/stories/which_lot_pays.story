# Worked example 4: the lot that runs out first pays, if it reaches the date; and where a credit returns to.
On Monday 4 May 2026 at 10:00 in Europe/Berlin
Ines works every day from 09:00 to 17:00
Ines offers "Spring": 1 sessions of 50 minutes for 90.00 USD, valid 28 days, standard
Ines offers "Summer": 5 sessions of 50 minutes for 450.00 USD, valid 89 days, standard
Nora buys "Summer" from Ines and pays online
Nora buys "Spring" from Ines and pays online
Mia buys "Summer" from Ines and pays online
Mia buys "Spring" from Ines and pays online
then Nora's "Spring" has 1 to book, use by Monday 1 June
then Nora's "Summer" has 5 to book, use by Saturday 1 August

# 10 June is within the two weeks of grace of the first, 20 June is not.
On Wednesday 20 May at 10:00
Nora books Wednesday 10 June at 10:00
then Nora's "Spring" has 0 to book, 1 booked
then Nora's "Summer" has 5 to book, 0 booked
Nora books Saturday 20 June at 10:00
then Nora's "Spring" has 0 to book, 1 booked
then Nora's "Summer" has 4 to book, 1 booked
Mia books Wednesday 10 June at 11:00
then Mia's "Spring" has 0 to book, 1 booked

# Before its date the credit goes back to the lot that paid.
On Monday 25 May at 10:00
Nora cancels Wednesday 10 June at 10:00
then Nora's "Spring" has 1 to book, 0 booked, 0 expired
then Nora's "Summer" has 4 to book, 1 booked

# After it, it would be lost, and the page says so before the click.
On Wednesday 3 June at 10:00
then Nora's "Spring" has 0 to book, 1 expired
then before Mia cancels Wednesday 10 June at 11:00 the page says "Your sessions reached their date on Monday 1 June, so a credit that comes back can no longer be booked. Moving the session keeps it."
Mia moves Wednesday 10 June at 11:00 to Monday 15 June at 11:00
then Mia's "Spring" has 0 to book, 1 booked, 0 expired
then Mia's "Summer" has 5 to book, 0 booked
On Tuesday 9 June at 10:00
Mia cancels Monday 15 June at 11:00
then Mia's "Spring" has 0 to book, 0 booked, 1 used, 0 expired
then Mia's "Summer" has 5 to book, 0 booked
