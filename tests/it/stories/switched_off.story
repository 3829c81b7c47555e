# What came due while the program was off: said if it is two days late at most and still true, else noted as skipped.
On Tuesday 14 April 2026 at 10:00 in Europe/Berlin
Ines offers "Six sessions": 6 sessions of 50 minutes for 540.00 USD, valid 90 days, standard
Nora buys "Six sessions" from Ines and pays online
1 hour passes
Mia buys "Six sessions" from Ines and pays online
Zoe buys "Six sessions" from Ines and pays online
Zoe books Thursday 16 April at 10:00
then a mail to Nora says "Receipt R-000001, and your first session"
then a mail to Mia says "Receipt R-000002, and your first session"
then a mail to Zoe says "Receipt R-000003, and your first session"
then a mail to Zoe says "Booked: Thursday 16 April, 10:00 am"

The program is switched off until Friday 17 April at 10:30
then the book-first nudge to Nora was not sent: "Its time was more than two days ago."
then a mail to Mia says "Your six sessions are ready when you are"
then it came on Friday 17 April at 10:30
then Zoe has 5 to book, 0 booked, 1 used
then the reminder nudge to Zoe was not sent: "Something has changed since; another message says so."
then the book-first nudge to Zoe was not sent: "A session was booked already."
then no mail to Nora
then no mail to Mia
then no mail to Zoe
