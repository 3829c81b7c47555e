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

# A reminder that could not go by day does not come in the night.
Mia books Wednesday 22 April at 14:00
then a mail to Mia says "Booked: Wednesday 22 April, 2:00 pm"
The program is switched off until Wednesday 22 April at 03:00
then no mail to Mia
On Wednesday 22 April at 07:59:59
then no mail to Mia
1 second passes
then a mail to Mia says "Your session: Wednesday 22 April, 2:00 pm"
then no mail to Mia

# What waits for the morning goes on waiting, whatever happens to the sessions meanwhile; how late it is counts from its own hour.
On Monday 4 May at 10:00
Ada buys "Six sessions" from Ines and pays online
then a mail to Ada says "Receipt R-000004, and your first session"
The program is switched off until Wednesday 6 May at 21:00
Ines extends Ada's "Six sessions" to Saturday 31 October, because "a journey"
On Thursday 7 May at 07:59:59
then no mail to Ada
1 second passes
then a mail to Ada says "Your six sessions are ready when you are"
